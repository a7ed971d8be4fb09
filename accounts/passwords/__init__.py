"""What bounds the verification of a password: its length, its cost, how many at once."""
