"""The records of a job, and which of them are meant."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from imports.api.schemas.given import Given, Word
from imports.core.planning.stages import READING
from imports.core.problems.conflict_kinds import RecordStage
from imports.core.problems.kinds import Severity
from imports.models import Status

MAX_ROW = 2**63 - 1
# Single rows of one request.
MAX_ROWS = 200_000
STAGE_PATTERN = rf"^({'|'.join([READING, *RecordStage])})?$"
Row = Annotated[int, Field(ge=1, le=MAX_ROW)]


class Rows(Given):
    """The records that are meant: these rows, or without them all that can be."""

    rows: list[Row] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_ROWS,
        description="Row numbers in the file, from 1, in any order. Null: all rows.",
    )


class RecordQuery(Rows, strict=False):
    """Which records are meant; all that is given has to hold."""

    status: Word[Status] | None = Field(
        default=None,
        description="Only records with this status. Null: with any.",
    )
    reason: str = Field(
        default="",
        pattern=r"^[a-z_]{0,50}$",
        description="Only records whose status was decided by this problem code. Empty: by any.",
    )
    error_group: str = Field(
        default="",
        pattern=r"^([0-9a-f]{32})?$",
        description="Only records of this error group, by its id of 32 hexadecimal digits."
        " Empty: of any.",
    )
    stage: str = Field(
        default="",
        pattern=STAGE_PATTERN,
        description="Only records that failed in this stage: `profile`, `authenticators` or"
        " `memberships`, or `reading` where the row never became a record. Empty: any record.",
    )
    chunk: str = Field(
        default="",
        pattern=r"^(([0-9]{1,9}\.)?[0-9]{1,9})?$",
        description="Only rows that were written in this chunk: its number, such as 3, or 2.3"
        " for the third chunk of the second attempt. Empty: any.",
    )
    search: str = Field(
        default="",
        max_length=300,
        description="A row number, the beginning of a subject id, user name or e-mail address, or a"
        " whole phone number. Empty: any record.",
    )
    first_row: int | None = Field(
        default=None,
        ge=0,
        le=MAX_ROW,
        description="Number of the first row that is meant. Null: from the beginning of the file.",
    )
    last_row: int | None = Field(
        default=None,
        ge=0,
        le=MAX_ROW,
        description="Number of the last row that is meant. Null: to the end of the file.",
    )


class ProblemInfo(Schema):
    """A problem of a record, or what the problems of an error group have in common."""

    code: str = Field(description="Problem code; docs/problems.md lists them.")
    severity: Severity = Field(description="What it does to the record.")
    title: str = Field(description="The problem in a few words.")
    message: str = Field(
        description="The problem in full, without secrets. Empty where the records of an error"
        " group differ in it.",
    )
    advice: str = Field(
        description="What to do, as it is possible now: mapping and policies are locked once the"
        " run has begun.",
    )
    field: str = Field(
        description="Target field, such as `profile.email`. Empty where it concerns none.",
    )
    column: str = Field(description="Source column. Empty where it concerns none.")


class ChangeInfo(Schema):
    """A field of an existing user that a record changed."""

    field: str = Field(description="Target field, such as `profile.email`.")
    old: str = Field(
        description="Value before the import, as text; of a secret only its format. Empty for"
        " none.",
    )
    new: str = Field(
        description="Value after the import, as text; of a secret only its format. Empty for none.",
    )


class AttemptInfo(Schema):
    """An earlier status of a record that was retried."""

    attempt: int = Field(description="1 for the first run, 2 for the first retry.")
    status: Status = Field(description="Status that the record had.")
    written_at: datetime = Field(description="When it had this status.")
    problems: list[ProblemInfo] = Field(description="Problems of the record in this attempt.")


class RecordInfo(Schema):
    """A record of a file, and its latest status."""

    row: int = Field(description="Number of the record in the file, from 1.")
    line: int | None = Field(
        description="Line of the file on which the record begins. Null where its format has no"
        " lines.",
    )
    attempt: int = Field(
        description="Attempt that gave the record its status; 1 for the first run.",
    )
    status: Status = Field(description="Status of the record.")
    reason: str = Field(
        description="Code of the problem that decided the status. Empty where none did.",
    )
    subject_id: str = Field(
        description="Subject id, the matching key. Empty where none could be read.",
    )
    username: str = Field(description="User name in the record. Empty for none.")
    email: str = Field(description="E-mail address in the record. Empty for none.")
    user_id: int | None = Field(
        description="Id here of the user whom the record created, updated or matched. Null for"
        " none.",
    )
    undone_at: datetime | None = Field(
        description="When the record was undone. Null unless it was.",
    )
    problems: list[ProblemInfo] = Field(
        description="Problems of the record, warnings and information among them.",
    )


class CellInfo(Schema):
    """One column of a source row; a secret is masked."""

    column: str = Field(description="Source column.")
    text: str = Field(description="Value in the file, as text; of a secret, a mask.")
    is_masked: bool = Field(
        description="Whether the value is a secret, and only a mask of it is shown.",
    )


class RecordDetails(RecordInfo):
    """A record with what it changed of an existing user, and its earlier attempts."""

    source: list[CellInfo] | None = Field(
        description="The source row, column by column, of a record whose row is kept for a"
        " retry. Null for others, once it was purged, and without the permission"
        " `imports.view_importrecord_values`.",
    )

    changes: list[ChangeInfo] = Field(
        description="What the record changed of an existing user. Empty for any other.",
    )
    attempts: list[AttemptInfo] = Field(
        description="Earlier attempts, the latest first. Empty for a record that was not retried.",
    )


class RecordPage(Schema):
    """A page of records."""

    records: list[RecordInfo] = Field(description="At most `limit` records, in file order.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page.",
    )


class ReasonInfo(Schema):
    """A problem code that decided the status of records."""

    code: str = Field(
        description="Problem code that decided the status; docs/problems.md lists them.",
    )
    title: str = Field(description="The problem in a few words.")
    advice: str = Field(description="What to do about it. Empty for nothing.")
    count: int = Field(description="Number of records.")


class ReasonPage(Schema):
    """A page of reasons."""

    reasons: list[ReasonInfo] = Field(description="At most `limit` reasons, most frequent first.")
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page.",
    )
