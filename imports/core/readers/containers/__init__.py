"""Files opened as what their first bytes say, each with its members or tables."""
