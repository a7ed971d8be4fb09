"""Finds the users of a source system who are missing from its export, and disables them."""
