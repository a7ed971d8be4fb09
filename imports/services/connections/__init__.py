"""Connections: other programs that write users, batch by batch."""
