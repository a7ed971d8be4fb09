"""What a file's first rows tell: how to read it, and the system it comes from."""
