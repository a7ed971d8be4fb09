"""Files of several tables that libraries read: databases and workbooks."""
