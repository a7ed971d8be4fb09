"""Lists users who are missing from an export of their source system, and disables them."""
