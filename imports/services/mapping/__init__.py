"""Say which column goes where, and try it on a sample."""
