"""The dry run, and what it asks to be decided."""
