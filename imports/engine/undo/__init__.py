"""Undo runs batch by batch."""
