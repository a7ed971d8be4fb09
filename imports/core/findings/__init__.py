"""What the check finds in a file besides the outcomes: counted by chunk, added up for the job."""

from imports.core.findings.columns import ColumnUse
from imports.core.findings.disabled import describe_disabled
from imports.core.findings.findings import Findings, name_row
from imports.core.findings.losses import Loss, list_losses
from imports.core.findings.notices import list_notices
from imports.core.findings.passwords import list_passwords
from imports.core.findings.report import build_report, forget_people, hide_values

__all__ = [
    "ColumnUse",
    "Findings",
    "Loss",
    "build_report",
    "describe_disabled",
    "forget_people",
    "hide_values",
    "list_losses",
    "list_notices",
    "list_passwords",
    "name_row",
]
