"""What people and programs can do with import jobs. Views, commands and tasks only call these."""
