"""How source systems write single values: dates, lists, names and JSON."""
