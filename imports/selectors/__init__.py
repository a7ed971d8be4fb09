"""The queries behind the pages, the command and the API."""

from imports.selectors.corrections import (
    MadeCorrection,
    list_corrections,
    list_corrections_of,
    list_run_corrections,
)
from imports.selectors.decisions import list_decisions
from imports.selectors.jobs import (
    Progress,
    count_attempt,
    find_refusal,
    get_progress,
    get_totals,
    list_grantors,
    measure_undoing,
)
from imports.selectors.leavers import count_kinds, list_leavers, tell_leavers
from imports.selectors.reports import (
    build_summary,
    list_earlier_imports,
    list_job_findings,
    list_job_losses,
    read_report,
)
from imports.selectors.results import (
    Minute,
    count_minutes,
    count_reasons,
    find_error_group,
    list_error_groups,
    list_records,
    list_records_of_user,
)

__all__ = [
    "MadeCorrection",
    "Minute",
    "Progress",
    "build_summary",
    "count_attempt",
    "count_kinds",
    "count_minutes",
    "count_reasons",
    "find_error_group",
    "find_refusal",
    "get_progress",
    "get_totals",
    "list_corrections",
    "list_corrections_of",
    "list_decisions",
    "list_earlier_imports",
    "list_error_groups",
    "list_grantors",
    "list_job_findings",
    "list_job_losses",
    "list_leavers",
    "list_records",
    "list_records_of_user",
    "list_run_corrections",
    "measure_undoing",
    "read_report",
    "tell_leavers",
]
