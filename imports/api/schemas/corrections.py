"""Error groups, and what corrects them."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from imports.api.schemas.jobs import JobInfo
from imports.api.schemas.records import ProblemInfo
from imports.core.corrections import Asks
from imports.core.corrections.written import WrittenGroup


class CorrectionKindInfo(Schema):
    """A correction that may help an error group, and what it asks for."""

    correction: str = Field(
        description="Name of the correction, to be sent as `correction`; docs/results.md lists"
        " them."
    )
    asks: Asks = Field(
        description="What to send with it: `nothing`; the value of a `choice`, a `text`, or the key"
        " of a group or role that exists (`membership`) as `value`; new `values` by old ones.",
    )
    title: str = Field(description="What its button says.")
    label: str = Field(description="What the value is. Empty where it asks for none.")
    help: str = Field(description="What to know about it. Empty for nothing.")
    warning: str = Field(description="What is lost, or when it is wrong. Empty for nothing.")


class OfferedChoice(Schema):
    """A value to choose, and how many of the first records it helps."""

    value: str = Field(description="To be sent as `value`.")
    label: str = Field(description="What pages call it.")
    helps: int = Field(description="Number of the first records that it helps; 0 if not tried.")


class OfferedValue(Schema):
    """A value of the file that can be replaced."""

    value: str = Field(description="The value, to be sent as a name in `values`.")
    count: int = Field(description="Number of the first records that have it.")


class TrialInfo(Schema):
    """What a correction does to the first records of an error group; nothing was written."""

    tried: int = Field(description="Number of records that it was tried on.")
    corrected: int = Field(description="Number of them that no longer have the problem.")
    imported: int = Field(description="Number of these that would be imported.")
    skipped: int = Field(description="Number of these that would be skipped.")
    left: ProblemInfo | None = Field(
        description="What most of the others fail for next. Null where none does.",
    )


class CorrectionOfferInfo(CorrectionKindInfo):
    """A correction that helps the first records of an error group."""

    choices: list[OfferedChoice] = Field(
        description="Of one that asks for a choice: its choices, those that help most first.",
    )
    values: list[OfferedValue] = Field(
        description="Of one that asks for values: those of the first records.",
    )
    trial: TrialInfo | None = Field(description="Of one that asks for nothing: what it does.")


class CorrectionInfo(Schema):
    """A correction of a job."""

    number: int = Field(description="Number in its job, from 1.")
    correction: str = Field(description="Name of the correction; docs/results.md lists them.")
    sentence: str = Field(description="What it does.")
    group: WrittenGroup | None = Field(
        description="Error group that it was chosen for before the run. Null for one of a retry.",
    )
    attempt: int = Field(description="Attempt from which on it holds; 1 for the run.")
    is_undone: bool = Field(description="Whether it holds no more.")
    statuses: dict[str, int] = Field(
        description="Records that it corrects by status: before the run as the dry run foresees"
        " them. Empty for none, and where no dry run had it.",
    )


class CorrectedInfo(Schema):
    """What a correction has begun."""

    retried: int = Field(description="Number of records that are tried again; 0 before the run.")
    job: JobInfo = Field(description="The job as it is now.")


class ErrorGroupInfo(Schema):
    """What several records fail for, the first row of them, and what may correct them."""

    error_group: str = Field(
        description="Id of the group, 32 hexadecimal digits, to be sent as `error_group` of a"
        " query or retry.",
    )
    count: int = Field(description="Number of records that fail for it.")
    first_row: int = Field(description="Number of the first row that fails for it.")
    problem: ProblemInfo = Field(description="What these records have in common.")
    group: WrittenGroup = Field(description="The same, to be sent with a correction.")
    corrections: list[CorrectionKindInfo] = Field(
        description="Corrections that can be tried, and what each asks for.",
    )


class ErrorGroupDetails(ErrorGroupInfo):
    """An error group with the corrections that help its first records."""

    offers: list[CorrectionOfferInfo] = Field(
        description="Corrections that help, tried on the first records.",
    )


class ErrorGroupPage(Schema):
    """A page of error groups."""

    error_groups: list[ErrorGroupInfo] = Field(
        description="At most `limit` error groups, the most frequent first.",
    )
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page.",
    )


class CorrectionPage(Schema):
    """A page of corrections."""

    corrections: list[CorrectionInfo] = Field(description="At most `limit` corrections, in order.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page.",
    )
