"""The queries behind the pages, the command and the API."""

from imports.selectors.jobs import STEPS, Progress, get_progress, get_totals
from imports.selectors.results import (
    Cause,
    Minute,
    count_minutes,
    count_reasons,
    find_cause,
    list_causes,
    list_records,
    list_records_of_user,
)

__all__ = [
    "STEPS",
    "Cause",
    "Minute",
    "Progress",
    "count_minutes",
    "count_reasons",
    "find_cause",
    "get_progress",
    "get_totals",
    "list_causes",
    "list_records",
    "list_records_of_user",
]
