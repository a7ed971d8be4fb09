"""What the dry run finds in a file besides the statuses: counted by chunk, added up for the job."""

from imports.core.dry_run.columns import ColumnUse
from imports.core.dry_run.disabled import describe_disabled
from imports.core.dry_run.file_findings import (
    EarlierImport,
    FileFinding,
    LeaverCount,
    describe_earlier,
    list_file_findings,
)
from imports.core.dry_run.findings import Findings, name_row
from imports.core.dry_run.losses import Loss, list_losses
from imports.core.dry_run.passwords import list_passwords
from imports.core.dry_run.report import build_report, forget_people, hide_values
from imports.core.dry_run.shapes import (
    CountedReport,
    DryRunReport,
    ErrorGroup,
    Example,
    FileReport,
    Store,
)

__all__ = [
    "ColumnUse",
    "CountedReport",
    "DryRunReport",
    "EarlierImport",
    "ErrorGroup",
    "Example",
    "FileFinding",
    "FileReport",
    "Findings",
    "LeaverCount",
    "Loss",
    "Store",
    "build_report",
    "describe_disabled",
    "describe_earlier",
    "forget_people",
    "hide_values",
    "list_file_findings",
    "list_losses",
    "list_passwords",
    "name_row",
]
