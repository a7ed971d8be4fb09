"""What the admin shows of imports beside the pages of their own."""

from imports.admin import directories, invitations, jobs, notifications, sources, templates

__all__ = ["directories", "invitations", "jobs", "notifications", "sources", "templates"]
