"""What the admin shows of imports beside the pages of their own."""

from imports.admin import (
    connections,
    directories,
    invitations,
    jobs,
    notifications,
    sources,
    templates,
)

__all__ = [
    "connections",
    "directories",
    "invitations",
    "jobs",
    "notifications",
    "sources",
    "templates",
]
