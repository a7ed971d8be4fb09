"""Files that hold several tables: databases and workbooks, and the join of their rows."""
