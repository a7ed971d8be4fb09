"""What a dry run or run found, for programs."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import Field


class PlanInfo(Schema):
    """What waits for a second person's approval, or has it; approving is done on the page alone."""

    id: int = Field(description="Id of the plan.")
    state: str = Field(
        description="`waiting` for approval, `approved`, `rejected`, or `changed` since approval.",
    )
    digest: str = Field(
        description="Stands for what is planned for every row, and for what the plan was made"
        " from; the approval is for this digest.",
    )


class ReportInfo(Schema):
    """What the dry run found, and the import plan that was made from it."""

    state: str = Field(description="State of the job, as in JobInfo.")
    report: dict[str, Any] | None = Field(
        description="Counts by status (`statuses`), `problems`, `decisions`, `fields`,"
        " `columns`, `passwords` and data that is not imported (`lost`, `unread`,"
        " `memberships`), as docs/dry-run.md describes them. Null while there is no"
        " dry run of the job.",
    )
    plan: PlanInfo | None = Field(
        description="The import plan of this dry run. Null where imports need no approval.",
    )


class ImportedColumn(Schema):
    """A source column, or several in a template, and the target field it goes to."""

    source: str = Field(
        description="Source column or path; or a template of several, such as `{First} {Last}`.",
    )
    target: str = Field(
        description="Target field, such as `profile.email`; docs/record-format.md lists them.",
    )


class ProblemCount(Schema):
    """How many records have a problem, by its code, field and column."""

    code: str = Field(description="Problem code; docs/problems.md lists them.")
    severity: str = Field(
        description="`error` (the record fails), `warning` (something is imported otherwise) or"
        " `info`.",
    )
    count: int = Field(description="Number of records.")
    field: str = Field(
        description="Target field, such as `profile.email`. Empty where it concerns none.",
    )
    column: str = Field(description="Source column. Empty where it concerns none.")
    title: str = Field(description="The problem in a few words.")


class FileFindingInfo(Schema):
    """Something about the file as a whole, such as that it is one page of several."""

    code: str = Field(
        description="Kind of remark: `root_cause`, `source_system_ambiguous`, `more_records`,"
        " `without_users`, `imported_before` or `arrive_disabled`.",
    )
    text: str = Field(description="The remark in sentences, for people.")
    job: int | None = Field(None, description="The job that the remark names.")


class DecisionValue(Schema):
    """A distinct value that a decision is about."""

    value: str = Field(
        description="The value itself; of a secret only its outline, such as `hex, 64"
        " characters`; `*` for all others.",
    )
    count: int = Field(description="Number of records with this value.")
    choice: str = Field(
        description="Id of the choice that was made. Empty while nobody has decided.",
    )
    choices: list[str] = Field(description="Ids of the choices that fit this value.")
    proposal: str = Field(
        description="Id of the choice that is proposed. Empty where there is no good guess.",
    )
    settled: bool = Field(
        description="Whether it needs no answer, because it can mean nothing but the proposal.",
    )


class DecisionChoice(Schema):
    """A way to answer a decision."""

    id: str = Field(description="What an answer says.")
    label: str = Field(description="What pages call it.")


class DecisionInfo(Schema):
    """What the operator decides before the run."""

    code: str = Field(
        description="Kind of decision, and problem code of the records that wait for it;"
        " docs/dry-run.md lists them.",
    )
    column: str = Field(
        description="Source column, or the target field where it is filled by no column.",
    )
    answer: str = Field(description="Name of the answer in `answers`: `CODE:COLUMN`.")
    title: str = Field(description="The question.")
    text: str = Field(description="What was found, with the most frequent values and their counts.")
    advice: str = Field(description="What to do. Empty where no value needs an answer.")
    count: int = Field(description="Number of records that it is about.")
    open: int = Field(description="Number of records that wait for an answer.")
    choices: list[DecisionChoice] = Field(
        description="All choices of this kind of decision; not all fit every value.",
    )
    values: list[DecisionValue] = Field(
        description="Distinct values, those that need an answer first, then the most frequent;"
        " of very many,"
        " the rest is counted together.",
    )


class NotImportedInfo(Schema):
    """Data of the file that reaches no field."""

    what: str = Field(description="Source column, or other data of the file in words.")
    records: int = Field(description="Number of records that have it.")
    why: str = Field(description="Why it is not imported.")


class PasswordCount(Schema):
    """How many records bring a password of a format.

    Besides the formats of hashes there are `unknown` (a hash that cannot be used; the text says
    why), `plain` and `none`; empty where the record fails for another reason.
    """

    format: str = Field(
        description="Password format, by the id that docs/hash-formats.md lists; or `unknown`,"
        " `plain`, `none` or empty.",
    )
    count: int = Field(description="Number of records.")
    text: str = Field(
        description="The format with its parameters, or why the password cannot be used.",
    )


class SummaryInfo(Schema):
    """The report of a job, as `import_users --json` prints it under `report`.

    Once the run has begun, its problems and decisions are those of the records that failed.
    """

    provider: str = Field(description="Source system that reads the file.")
    mapping: list[ImportedColumn] = Field(
        description="What goes where: one entry for each rule of the mapping.",
    )
    unmapped: list[str] = Field(description="Source columns that are not imported.")
    problems: list[ProblemCount] = Field(
        description="Problems by code, field and column, the most frequent first.",
    )
    notices: list[FileFindingInfo] = Field(
        description="What concerns the file as a whole, the gravest first.",
    )
    decisions: list[DecisionInfo] = Field(description="Decisions, the open ones first.")
    not_imported: list[NotImportedInfo] = Field(
        description="Data of the file that is not imported.",
    )
    passwords: list[PasswordCount] = Field(
        description="Password summary: how many records bring which password format.",
    )
