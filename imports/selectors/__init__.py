"""The queries behind the pages, the command and the API."""

from imports.selectors.jobs import (
    STEPS,
    Progress,
    count_reasons,
    get_progress,
    get_totals,
    list_records,
    list_records_of_user,
)

__all__ = [
    "STEPS",
    "Progress",
    "count_reasons",
    "get_progress",
    "get_totals",
    "list_records",
    "list_records_of_user",
]
