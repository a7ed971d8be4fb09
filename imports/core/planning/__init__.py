"""Decide what becomes of one record: record + what exists + policies -> plan."""
