"""Carry out imports on the database: read what exists, plan, write, record the statuses."""
