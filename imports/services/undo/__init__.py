"""Undo runs, and preview that."""
