"""What a dry run or run found, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from imports.api.schemas.records import ProblemInfo
from imports.core.problems.kinds import Severity
from imports.models import PlanState
from imports.states import JobState


class PlanInfo(Schema):
    """What waits for a second person's approval, or has it; approving is done on the page alone."""

    id: int = Field(description="Id of the plan.")
    state: PlanState = Field(description="How it stands.")
    digest: str = Field(
        description="Stands for what is planned for every row, and for what the plan was made"
        " from; the approval is for this digest.",
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
    severity: Severity = Field(description="What it does to the record.")
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


class ExampleInfo(Schema):
    """A record of an error group, or one that changes a user."""

    row: int = Field(description="Number of the record in the file, from 1.")
    who: str = Field("", description="E-mail address, user name or subject id. Empty for none.")
    value: str = Field(
        "",
        description="The value that the problem is about; of a secret, a mask. Empty without the"
        " permission `imports.view_importrecord_values`, like `old` and `new`.",
    )
    old: str = Field("", description="Value before the import, of a field that changes.")
    new: str = Field("", description="Value after the import, of a field that changes.")
    other: str = Field("", description="Whom an earlier row is about that the problem names.")
    params: dict[str, Any] = Field(
        default_factory=dict,
        description="Particulars of the problem by which the records of its error group differ.",
    )


class FoundProblem(ProblemInfo):
    """A problem that a dry run found: how many records have it, and the first of them."""

    params: dict[str, Any] = Field(
        default_factory=dict,
        description="Particulars of the problem that its records have in common.",
    )
    count: int = Field(description="Number of records.")
    examples: list[ExampleInfo] = Field(description="The first records, at most three.")


class DifferenceInfo(Schema):
    """A field of existing users that updates would change."""

    field: str = Field(description="Target field, such as `profile.email`.")
    count: int = Field(description="Number of records that would change it.")
    examples: list[ExampleInfo] = Field(description="The first records, at most three.")


class FieldCountInfo(Schema):
    """In how many records the values of a target field stand, and arrive."""

    field: str = Field(description="Target field, such as `profile.email`.")
    stands: int = Field(description="Records that have a value in the file.")
    arrives: int = Field(description="Records whose planned record has one.")


class MatchInfo(Schema):
    """How many records would find an existing user by a matching key."""

    key: str = Field(description="Matching key, as in Policies.")
    values: int = Field(description="Records that have a value of it.")
    users: int = Field(description="Records of which a user here has the value.")


class RootCauseInfo(Schema):
    """The one cause for which more than half of the records are not imported."""

    code: str = Field(description="Problem code, or `in_use` for all values in use together.")
    field: str = Field(description="Target field. Empty where it concerns none.")
    column: str = Field(description="Source column. Empty where it concerns none.")
    count: int = Field(description="Records that are not imported because of it.")
    planned: int = Field(description="Records of users in the file.")
    fields: list[tuple[str, int]] = Field(
        description="Of values in use, each target field with the number of records.",
    )


class PeopleInfo(Schema):
    """What the records that would be created or updated say about their accounts."""

    last_sign_ins: dict[str, int] = Field(
        description="Records by the year of their last sign-in; under an empty year those without.",
    )
    disabled: int = Field(description="Accounts that arrive disabled.")
    unverified: int = Field(description="Accounts whose e-mail address is not verified.")
    without_logins: int = Field(0, description="Accounts with nothing to sign in with.")


class DryRunInfo(Schema):
    """What a dry run found. A pair is of a name and the number of records that have it."""

    finished_at: datetime = Field(description="When the dry run ended.")
    statuses: dict[str, int] = Field(
        description="Records by the status that they would have: `created`, `updated`, `skipped`"
        " or `failed`.",
    )
    unchanged: int = Field(description="Skipped records whose user is the same already.")
    problems: list[FoundProblem] = Field(
        description="Problems of records, the most frequent first.",
    )
    columns: list[FoundProblem] = Field(
        description="What looks wrong with whole columns, and fields in which fewer values arrive"
        " than the file has (`values_missing`).",
    )
    decisions: list[DecisionInfo] = Field(description="Decisions, the open ones first.")
    root_cause: RootCauseInfo | None = Field(
        description="Why most records are not imported. Null where no cause stands out.",
    )
    fields: list[FieldCountInfo] = Field(
        description="Target fields, with how many values stand in the file, and arrive.",
    )
    differences: list[DifferenceInfo] = Field(
        description="Fields of existing users that updates would change.",
    )
    matches: list[MatchInfo] = Field(
        description="How many records would find a user by each matching key.",
    )
    passwords: list[PasswordCount] = Field(
        description="Password summary: how many records bring which password format.",
    )
    people: PeopleInfo = Field(
        description="How many accounts are stale, disabled, unverified or without a login.",
    )
    disabled_by: list[tuple[str, str, int]] = Field(
        description="Source column, value and number of records of the values that disable"
        " accounts.",
    )
    lost: list[tuple[str, int]] = Field(
        description="Pairs of source columns that are not imported. Empty name: further ones.",
    )
    lost_parts: list[tuple[str, int]] = Field(
        description="Pairs of other data, in words, for which there is no field.",
    )
    unread: list[tuple[str, int, bool]] = Field(
        description="Paths within imported columns that are not read, the number of records, and"
        " whether another value is used instead.",
    )
    memberships: list[tuple[str, int]] = Field(
        description="Pairs of columns in which records that are not users name their members.",
    )


class ReportInfo(Schema):
    """What the dry run found, and the import plan that was made from it."""

    state: JobState = Field(description="State of the job, as in JobInfo.")
    report: DryRunInfo | None = Field(
        description="What the dry run found. Null while there is no dry run of the job.",
    )
    plan: PlanInfo | None = Field(
        description="The import plan of this dry run. Null where imports need no approval.",
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
