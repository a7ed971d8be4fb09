"""What a row of the catalogue says about a kind of problem."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from imports.core.problems.conflict_kinds import Reason, Resolution

# What no correction does needs another mapping, and so another import.
ANOTHER_MAPPING = (
    "import the file again with another mapping; in mode “skip”, users already imported are not"
    " changed."
)


class Severity(StrEnum):
    """An `error` fails the record; a `warning` changes it; `info` only explains it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def label(self) -> str:
        """Return what people call it."""
        return "Information" if self is Severity.INFO else self.value.capitalize()


class ProblemStage(StrEnum):
    """Where on its way from the file to the store a record meets a problem."""

    READ = "read"
    MAP = "map"
    VALIDATE = "validate"
    MATCH = "match"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """Everything that all problems of one kind have in common.

    `message` is a format string over the problem's params. `advice` tells the operator what to do;
    `afterwards`, where that differs, what is left to do when the import has begun, which locks its
    mapping and rules. `grouped_by` names the parameter by which problems of the kind are told apart
    when they are counted.

    Of a conflict, `reason` and `resolution` say what was met and what was done about it; a reason
    of None with a resolution stands for that of the problem's field. `variant_of`
    is the code of the kind that tells of the same conflict when something else is done about it.
    `is_collision` says that the record was skipped for the sake of another one, so that its row is
    kept, to be edited and tried again.

    `membership` says what the parameter `key` names. `summary_label` is what the password summary
    calls passwords that cannot be used for this reason; empty for a problem of anything else.
    `hides_columns` says that a value may stand under the header of another column, and so escape
    its mask; `is_empty_list`, of a file, that there is nothing to read in it.
    """

    stage: ProblemStage
    severity: Severity
    code: str
    title: str
    message: str
    advice: str = ""
    afterwards: str = ""
    grouped_by: str = ""
    reason: Reason | None = None
    resolution: Resolution | None = None
    variant_of: str = ""
    is_collision: bool = False
    membership: Literal["", "group", "role"] = ""
    summary_label: str = ""
    hides_columns: bool = False
    is_empty_list: bool = False

    def advise(self, *, has_begun: bool) -> str:
        """Return what to do about the problem, before or after its import has begun."""
        return self.afterwards if has_begun and self.afterwards else self.advice
