"""What the admin shows of imports beside the pages of their own."""

from imports.admin import directories, jobs, notices, sources, templates

__all__ = ["directories", "jobs", "notices", "sources", "templates"]
