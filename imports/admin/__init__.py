"""What the admin shows of imports beside the pages of their own."""

from imports.admin import jobs, notices, sources, templates

__all__ = ["jobs", "notices", "sources", "templates"]
