"""What the API takes and answers; the OpenAPI document is made of these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

from imports.core.decisions import Answer
from imports.core.mapping import Mapping
from imports.core.planning.conflicts import Mode
from imports.core.planning.matching import SUBJECT_ID
from imports.core.planning.stages import READING
from imports.core.problems.conflict_kinds import RecordStage
from imports.models import Status
from imports.services.mapping.mappings import MAX_CHUNK_ROWS, MIN_CHUNK_ROWS

MAX_ROW = 2**63 - 1
# Single rows of one request.
MAX_ROWS = 200_000
STAGE_PATTERN = rf"^({'|'.join([READING, *RecordStage])})?$"
Row = Annotated[int, Field(ge=1, le=MAX_ROW)]


class Given(Schema):
    """What is sent; a member that there is not is a mistake, and none is passed over."""

    model_config = ConfigDict(extra="forbid")


class Policies(Given):
    """Resolutions by reason and policies by field, where they differ from the mode's."""

    conflicts: dict[str, str] = Field(
        default_factory=dict,
        description="What to do by reason: `skip`, `overwrite`, `fail` or `stop`. A reason that"
        " is not named has the resolution of the mode. The table of reasons is in"
        " docs/conflicts.md.",
    )
    field_policies: dict[str, str] = Field(
        default_factory=dict,
        description="What an update does by target field or group of fields, such as"
        " `profile.phone`: `overwrite`, `fill`, `newer`, `union`, `keep` or"
        " `unless_used`, as in docs/conflicts.md. Each field that is not named has"
        " its default.",
    )
    matching_key: str = Field(
        default=SUBJECT_ID,
        description="By what existing users are found: `subject_id`, `email`, `username`, `phone`,"
        " `external_login`, or `attribute:` and the name of a unique attribute, as in"
        " docs/conflicts.md. An e-mail address or phone number has to be verified both here and in"
        " the file for the user to be updated.",
    )


class Limits(Given):
    """How fast a job writes, and when it pauses automatically."""

    rate_limit: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="Records a second that all workers together may write. Null: no limit.",
    )
    failure_threshold: int | None = Field(
        default=None,
        ge=0,
        le=99,
        description="Per cent of failed records above which the job pauses automatically. Null:"
        " it never does.",
    )
    failure_sample: int = Field(
        default=200,
        ge=1,
        le=1_000_000_000,
        description="Records that have to be written before the failure threshold counts.",
    )


class NewMapping(Given):
    """A mapping or the name of a mapping template; without either, the mapping that the job has.

    Of the `answers`, secrets are stored encrypted and are in no response. The answer to a decision
    is a choice, or an object with a choice for each distinct value (`*` for all others). The report
    of the dry run lists the decisions.
    """

    mapping: Mapping | None = Field(
        default=None,
        description="The column mapping as in docs/mapping.md. Null: that of the template, else"
        " the one that the job has, which is the proposed one at first. Not together"
        " with a template.",
    )
    template: str = Field(
        default="",
        description="Name of a mapping template, such as `HR` for its latest version or `HR@2`"
        " for its second. The owner of the client needs the permission to view"
        " templates.",
    )
    answers: dict[str, Answer] = Field(
        default_factory=dict,
        description="Answers to the questions of the source system, by name, and to decisions,"
        " by `CODE:COLUMN`. They are added to those of the mapping and replace"
        " answers of the same name.",
    )
    mode: Mode = Field(default=Mode.SKIP, description="The preset of the conflict policy.")
    chunk_rows: int | None = Field(
        default=None,
        ge=MIN_CHUNK_ROWS,
        le=MAX_CHUNK_ROWS,
        description="Batch size: the rows that are written together. Null: as the job has it,"
        " which is at first the setting of the installation.",
    )


class NewJob(NewMapping):
    """All there is to choose about a job, as the JSON of the form field `options`."""

    name: str = Field(
        default="",
        max_length=200,
        description="Name of the job on pages. Empty: the name of the file.",
    )
    provider: str = Field(
        default="",
        description="Source system, by the name that docs/providers.md lists. Empty: that of the"
        " mapping or template, else the detected format.",
    )
    read: dict[str, str] = Field(
        default_factory=dict,
        description="Reading options by name, such as `delimiter`, where the detected ones are"
        " wrong; docs/reading.md lists them.",
    )
    policies: Policies = Field(
        default=Policies(),
        description="Where the conflict policy differs from the mode.",
    )
    limits: Limits = Field(default=Limits(), description="Rate limit and failure threshold.")


class NewTemplate(Given):
    """What a job's mapping is saved as."""

    name: str = Field(
        min_length=1,
        max_length=200,
        description="Name of the template. Where a template has this name, it gets a new"
        " version, unless the mapping is that of its latest.",
    )
    description: str = Field(default="", description="What the template is for. Empty: as it is.")


class NewRun(Given):
    """How to run; without a body, all records of a job that had a dry run."""

    pilot: bool = Field(
        default=False,
        description="Pause after the pilot, the first records of the file. Their number is the"
        " setting `IMPORT_FIRST_SLICE_ROWS` of the installation. A resume imports the"
        " rest.",
    )
    without_dry_run: bool = Field(
        default=False,
        description="Run although the job as it is now had no dry run.",
    )


class Rows(Given):
    """The records that are meant: these rows, or without them all that can be."""

    rows: list[Row] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_ROWS,
        description="Row numbers in the file, from 1, in any order. Null: all rows.",
    )


class RecordQuery(Rows):
    """Which records are meant; all that is given has to hold."""

    status: Status | None = Field(
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


class NewRetry(RecordQuery):
    """Which failed records to try again, and answers to the decisions that they wait for.

    The answers hold for these records alone, whenever they are retried.
    """

    answers: dict[str, Answer] = Field(
        default_factory=dict,
        description="Answers to decisions, by `CODE:COLUMN`: a choice, or an object of choices"
        " by value. Without any, records are tried again as they are.",
    )


class NewUndo(Rows):
    """Whom to undo in spite of what happened to them since."""

    signed_in: bool = Field(
        default=False,
        description="Also undo users who have signed in since the record was written.",
    )
    changed: bool = Field(
        default=False,
        description="Also undo users who were changed here since the record was written.",
    )
    touched_later: bool = Field(
        default=False,
        description="Also undo users whom a later import changed; better undo that import first.",
    )


class FileInfo(Schema):
    """The file of a job; its content is in no response."""

    name: str = Field(description="Name under which the file was uploaded.")
    size: int = Field(description="Size in bytes, not encrypted.")
    sha256: str = Field(
        description="SHA-256 of the content, as 64 lower-case hexadecimal digits. Empty for the"
        " job of a legacy directory, which has no file.",
    )


class ProgressInfo(Schema):
    """How far the present phase is."""

    phase: str = Field(description="What is being done, in words for people.")
    unit: str = Field(
        description="What the counts are of: `bytes` while the file is read, then `rows`.",
    )
    done: int = Field(description="Units that are done.")
    total: int = Field(description="Units that there are in this phase; 0 until that is known.")
    rate: float = Field(
        description="Units a second since the phase began or the job was resumed; 0 while it is"
        " paused.",
    )
    remaining_seconds: int | None = Field(
        description="Estimate of the seconds until the phase ends. Null while the rate is 0.",
    )


class JobInfo(Schema):
    """A job as it is now.

    Its `digest`, sent as If-Match, has an action refused that depends on what has changed since.
    """

    id: int = Field(description="Id of the job, which the URLs of its operations have.")
    digest: str = Field(
        description="Stands for everything on which an action can depend, to be sent as"
        " If-Match. Empty in lists.",
    )
    name: str = Field(description="Name that was given at the upload, else that of the file.")
    state: str = Field(
        description="State of the job: `draft` (lacks a mapping), `mapped` (ready for a dry"
        " run), `dry_running`, `dry_run_done`, `running`, `paused`, `completed`,"
        " `cancelled`, `errored` (stopped by an error that is not a record's),"
        " `standing` (just-in-time migration, open for sign-ins), `undoing` or"
        " `undone`.",
    )
    phase: str = Field(
        description="What the workers are doing: `staging` (reading the file), `indexing`"
        " (looking for duplicates), `planning` (the dry run proper), `comparing`"
        " (with the approved plan) or `writing`. Empty while they do nothing.",
    )
    attempt: int = Field(description="1 for the first run; every retry adds 1.")
    file: FileInfo = Field(description="The file that was uploaded.")
    provider: str = Field(
        description="Source system that reads the file, by the name that docs/providers.md lists.",
    )
    source: str = Field(
        description="Name of the source to which its users belong: the mapping's `source_name`,"
        " else the source system.",
    )
    template: str | None = Field(
        description="Mapping template from which the mapping was taken, with its version, in"
        " words. Null: none.",
    )
    mode: str = Field(description="Preset of the conflict policy: `skip`, `update` or `fail`.")
    chunk_rows: int = Field(description="Batch size: the rows that are written together.")
    policies: Policies = Field(description="Where the conflict policy differs from the mode.")
    limits: Limits = Field(description="Rate limit and failure threshold.")
    totals: dict[str, int] = Field(
        description="Number of records by status (`created`, `updated`, `skipped`, `failed`), of"
        " those without a status yet (`pending`) and of all (`total`). A record that"
        " was retried counts with its latest status. All are 0 until the file has"
        " been read once.",
    )
    progress: ProgressInfo | None = Field(
        description="Progress of the present phase or undo. Null unless the job is busy,"
        " paused or being undone.",
    )
    error: str = Field(
        description="Why the job stopped with an error. Empty unless it did.",
    )
    automatic_pause: str = Field(
        description="Why the job paused automatically. Empty unless it did.",
    )
    created_by: str = Field(
        description="Name of the user who created the job, or for whom a client did.",
    )
    created_at: datetime = Field(description="When the job was created.")
    started_at: datetime | None = Field(
        description="When the run began. Null before; from then on mapping and conflict policy"
        " are locked.",
    )
    finished_at: datetime | None = Field(
        description="When the run ended, whether completed, cancelled or stopped by an error."
        " Null while it has not.",
    )
    unmapped: list[str] = Field(
        default_factory=list,
        description="What the mapping lacks, one sentence each. Given only in the response to an"
        " upload.",
    )


class JobPage(Schema):
    """A page of jobs."""

    jobs: list[JobInfo] = Field(description="At most `limit` jobs, newest first.")
    next: int | None = Field(
        description="Send it as `before` for the page that follows. Null on the last page.",
    )


class ColumnInfo(Schema):
    """A source column, by its values at the head of the file."""

    name: str = Field(
        description="Source column, as rules of a mapping name it: a header, or a dotted path in"
        " JSON.",
    )
    filled: float = Field(
        description="Share of the records at the head of the file that have a value there, from"
        " 0 to 1.",
    )
    shape: str = Field(
        description="What most of the values look like: `boolean`, `date`, `email`, `hash`,"
        " `number`, `phone`, `url` or `uuid`. Empty for other text.",
    )
    looks_secret: bool = Field(
        description="Whether its values are taken for secrets, and masked wherever they are shown.",
    )


class MappingInfo(Schema):
    """A job's mapping, without answers that are secrets, and the columns of its file."""

    mapping: dict[str, Any] = Field(
        description="The column mapping as in docs/mapping.md; the one that is proposed until"
        " another is saved.",
    )
    columns: list[ColumnInfo] = Field(description="The columns found at the head of the file.")


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


class ProblemInfo(Schema):
    """A problem of a record, or what the problems of an error group have in common."""

    code: str = Field(description="Problem code; docs/problems.md lists them.")
    severity: str = Field(
        description="`error` (the record fails), `warning` (something is imported otherwise) or"
        " `info`.",
    )
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
    status: str = Field(
        description="Status that the record had: `created`, `updated`, `skipped` or `failed`.",
    )
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


class ErrorGroupInfo(Schema):
    """What several records fail for, and the first row of them."""

    error_group: str = Field(
        description="Id of the group, 32 hexadecimal digits, to be sent as `error_group` of a"
        " query or retry.",
    )
    count: int = Field(description="Number of records that fail for it.")
    first_row: int = Field(description="Number of the first row that fails for it.")
    problem: ProblemInfo = Field(description="What these records have in common.")


class RetryInfo(Schema):
    """A retry that has begun."""

    retried: int = Field(description="Number of records that are tried again.")
    job: JobInfo = Field(description="The job, which is running again.")


class UndoInfo(Schema):
    """An undo of a job, or of some of its records."""

    state: str = Field(
        description="`running`, `finished`, or `errored` (stopped by an error; undo again to go"
        " on).",
    )
    total: int | None = Field(
        description="Number of records to go through. Null until they are counted.",
    )
    counts: dict[str, int] = Field(
        description="Records that it went through, by status: `removed`, `restored`, `gone`, and"
        " `left:REASON` for those that were kept, with a reason as in the undo"
        " preview. Empty until some are done.",
    )
    error: str = Field(description="Why it stopped with an error. Empty unless it did.")
    started_at: datetime = Field(description="When the undo began.")
    finished_at: datetime | None = Field(description="When the undo ended. Null while it runs.")


class UndoPreviewInfo(Schema):
    """What undoing would come to, and the latest undo if there was one.

    Many records are counted in the background: until `counted_at` is set, all counts are zero and
    `progress` says how far that is. Ask again.
    """

    removed: int = Field(
        default=0,
        description="Records whose user, whom they created, would be removed.",
    )
    restored: int = Field(
        default=0,
        description="Records whose user, whom they updated, would be restored.",
    )
    gone: int = Field(default=0, description="Records whose user has been deleted meanwhile.")
    left: dict[str, int] = Field(
        default_factory=dict,
        description="Records that would be kept as they are, by reason: `protected` (an"
        " administrator), `more_powerful` (may do more than you), `may_not_delete`,"
        " `may_not_change`, `credentials_in_use`, `touched_later` (by a later"
        " import), `signed_in`, `changed`, `value_taken` (an earlier value is already"
        " in use) or `no_image` (earlier values were purged); see docs/undo.md.",
    )
    fields: dict[str, int] = Field(
        default_factory=dict,
        description="Users whom updates changed, by target field: what a restore resets.",
    )
    counted_at: datetime | None = Field(
        default=None,
        description="When this was counted. Null while it is being counted.",
    )
    progress: ProgressInfo | None = Field(
        default=None,
        description="Progress of the counting. Null once it has ended.",
    )
    digest: str = Field(
        default="",
        description="As the `digest` of the job, with this preview as well: sent as If-Match, it"
        " has an undo refused that would do anything else. Empty while it is being"
        " counted.",
    )
    latest: UndoInfo | None = Field(
        description="The latest undo of the job. Null where there was none.",
    )


class TemplateInfo(Schema):
    """A version of a mapping template."""

    id: int = Field(description="Id of this version, which its URL has.")
    name: str = Field(description="Name of the template; all its versions have it.")
    version: int = Field(description="Number of the version, from 1.")
    description: str = Field(description="What the template is for. Empty for none.")
    columns: int = Field(description="Number of columns of the file for which it was saved.")
    created_at: datetime = Field(description="When this version was saved.")


class DayInfo(Schema):
    """The users of a source as they were when last counted on a day."""

    source: str = Field(description="Name of the source, which its URL has.")
    label: str = Field(description="What pages call the source.")
    day: date = Field(description="Day of the count, in UTC.")
    users: int = Field(description="Users of the source.")
    returned: int = Field(description="Users who have signed in here.")
    never_returned: int = Field(description="Users who have not yet signed in here.")
    current: int = Field(
        description="Users whose password has the preferred format of this installation.",
    )
    foreign: int = Field(description="Users whose password is a legacy hash.")
    without_password: int = Field(description="Users without a password.")
    locked_out: int = Field(
        description="Users without a password, e-mail address, external login and passkey, who"
        " cannot sign in at all.",
    )
    formats: dict[str, int] = Field(
        description="Users with a legacy hash, by the prefix of its password format.",
    )


class SourceInfo(Schema):
    """The migration progress of a source day by day, and its forecast."""

    latest: DayInfo = Field(description="The latest count.")
    days: list[DayInfo] = Field(
        description="One count a day of the last 90 days, oldest first; a day without a count is"
        " missing.",
    )
    half_life_days: float | None = Field(
        description="Days in which half of those who have not yet signed in do, at the rate of"
        " the last 14 days. Null without such a rate.",
    )
    expected: dict[str, date] = Field(
        description="Day by which a share of all users will have signed in, by share: `0.9`,"
        " `0.95` and `0.99`. A share that is reached already, or will not be within"
        " ten years, is missing.",
    )
