"""What the check finds in a file besides the outcomes: counted by chunk, added up for the job."""

from imports.core.findings.columns import ColumnUse
from imports.core.findings.disabled import describe_disabled
from imports.core.findings.findings import Findings, name_row
from imports.core.findings.report import build_report, forget_people, hide_values

__all__ = [
    "ColumnUse",
    "Findings",
    "build_report",
    "describe_disabled",
    "forget_people",
    "hide_values",
    "name_row",
]
