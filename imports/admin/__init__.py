"""What the admin shows of imports beside the pages of their own."""

from imports.admin import directories, invitations, jobs, notices, sources, templates

__all__ = ["directories", "invitations", "jobs", "notices", "sources", "templates"]
