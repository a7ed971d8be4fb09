"""What the dry run finds in a file besides the statuses: counted by chunk, added up for the job."""

from imports.core.dry_run.columns import ColumnUse
from imports.core.dry_run.disabled import describe_disabled
from imports.core.dry_run.findings import Findings, name_row
from imports.core.dry_run.losses import Loss, list_losses
from imports.core.dry_run.notices import EarlierImport, describe_earlier, list_notices
from imports.core.dry_run.passwords import list_passwords
from imports.core.dry_run.report import build_report, forget_people, hide_values

__all__ = [
    "ColumnUse",
    "EarlierImport",
    "Findings",
    "Loss",
    "build_report",
    "describe_disabled",
    "describe_earlier",
    "forget_people",
    "hide_values",
    "list_losses",
    "list_notices",
    "list_passwords",
    "name_row",
]
