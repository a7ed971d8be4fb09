"""Works on columns: the values of many rows for one field, not one record after the other."""
