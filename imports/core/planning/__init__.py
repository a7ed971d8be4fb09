"""Decide the status of one record: record + what exists + policies -> plan."""
