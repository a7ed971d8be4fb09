"""Undo runs, and say beforehand what that comes to."""
