"""What the API takes and answers; the OpenAPI document is made of these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

from imports.core.decisions import Answer
from imports.core.mapping import Mapping
from imports.core.planning.conflicts import Mode
from imports.models import Status
from imports.services.mapping.mappings import MAX_CHUNK_ROWS, MIN_CHUNK_ROWS

MAX_ROW = 2**63 - 1
# Single rows of one request.
MAX_ROWS = 200_000
Row = Annotated[int, Field(ge=1, le=MAX_ROW)]


class Given(Schema):
    """What is sent; a member that there is not is a mistake, and none is passed over."""

    model_config = ConfigDict(extra="forbid")


class Policies(Given):
    """Resolutions by reason and policies by field, where they differ from the mode's."""

    conflicts: dict[str, str] = {}
    field_policies: dict[str, str] = {}


class Limits(Given):
    """Records a second, and the per cent of failed records above which the job pauses.

    Null is no limit. It does not pause before `failure_sample` records are written.
    """

    rate_limit: int | None = Field(default=None, ge=1, le=1_000_000)
    failure_threshold: int | None = Field(default=None, ge=0, le=99)
    failure_sample: int = Field(default=200, ge=1, le=1_000_000_000)


class NewMapping(Given):
    """A mapping or the name of a kept template; without either, the mapping that the job has.

    `answers` are to the provider's questions, by name, of which secrets are stored encrypted and
    never answered; and to decisions, by `CODE:COLUMN`: a choice, or an object with a choice for
    each distinct value (`*` for all others). The report of the dry run lists both.
    """

    mapping: Mapping | None = None
    template: str = ""
    answers: dict[str, Answer] = {}
    mode: Mode = Mode.SKIP
    chunk_rows: int | None = Field(default=None, ge=MIN_CHUNK_ROWS, le=MAX_CHUNK_ROWS)


class NewJob(NewMapping):
    """All there is to choose about a job; `read` are the reading options of docs/reading.md."""

    name: str = Field(default="", max_length=200)
    provider: str = ""
    read: dict[str, str] = {}
    policies: Policies = Policies()
    limits: Limits = Limits()


class NewTemplate(Given):
    """The name under which a job's mapping is kept."""

    name: str = Field(min_length=1, max_length=200)
    description: str = ""


class NewRun(Given):
    """Whether to stop after the first rows, for somebody to look at them.

    A job that had no dry run as it is now is run only `without_dry_run`.
    """

    pilot: bool = False
    without_dry_run: bool = False


class Rows(Given):
    """The records that are meant: these rows, or without them all that can be."""

    rows: list[Row] | None = Field(default=None, min_length=1, max_length=MAX_ROWS)


class RecordQuery(Rows):
    """Which records are meant; all that is given has to hold.

    `search` is a row number or the start of an identifier, `error_group` one of those that
    /jobs/{job_id}/error-groups lists, `chunk` a number such as 3, or 2.3 in the second attempt.
    """

    status: Status | None = None
    reason: str = Field(default="", pattern=r"^[a-z_]{0,50}$")
    error_group: str = Field(default="", pattern=r"^([0-9a-f]{32})?$")
    stage: str = Field(default="", pattern=r"^[a-z_]{0,20}$")
    chunk: str = Field(default="", pattern=r"^(([0-9]{1,9}\.)?[0-9]{1,9})?$")
    search: str = Field(default="", max_length=300)
    first_row: int | None = Field(default=None, ge=0, le=MAX_ROW)
    last_row: int | None = Field(default=None, ge=0, le=MAX_ROW)


class NewRetry(RecordQuery):
    """Which failed records to try again, and answers to the decisions that they wait for.

    `answers` are by `CODE:COLUMN` as those of a mapping, and hold for these records alone.
    """

    answers: dict[str, Answer] = {}


class NewUndo(Rows):
    """Whom to undo in spite of what happened to them since."""

    signed_in: bool = False
    changed: bool = False
    touched_later: bool = False


class FileInfo(Schema):
    name: str
    size: int
    sha256: str


class ProgressInfo(Schema):
    """How far the present phase is, in `unit`s; the rate is in units a second."""

    phase: str
    unit: str
    done: int
    total: int
    rate: float
    remaining_seconds: int | None


class JobInfo(Schema):
    """A job. `unmapped` says what its mapping lacks, when it was just made.

    `digest` stands for all of it: sent as If-Match, it has an action refused that depends on what
    has changed since. It is empty in lists.
    """

    id: int
    digest: str
    name: str
    state: str
    phase: str
    attempt: int
    file: FileInfo
    provider: str
    source: str
    template: str | None
    mode: str
    chunk_rows: int
    policies: Policies
    limits: Limits
    totals: dict[str, int]
    progress: ProgressInfo | None
    error: str
    automatic_pause: str
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    unmapped: list[str] = []


class JobPage(Schema):
    """Jobs, newest first; `next` is the `before` of the page that follows."""

    jobs: list[JobInfo]
    next: int | None


class ColumnInfo(Schema):
    name: str
    filled: float
    shape: str
    looks_secret: bool


class MappingInfo(Schema):
    """A job's mapping, without answers that are secrets, and the columns of its file."""

    mapping: dict[str, Any]
    columns: list[ColumnInfo]


class PlanInfo(Schema):
    """What waits for a second person's approval, or has it; approving is done on the page alone."""

    id: int
    state: str
    digest: str


class ReportInfo(Schema):
    """What the dry run found; null while there is none. A plan only where those are approved."""

    state: str
    report: dict[str, Any] | None
    plan: PlanInfo | None


class ImportedColumn(Schema):
    """A source column, or several in a template, and the target field it goes to."""

    source: str
    target: str


class ProblemCount(Schema):
    """How many records have a problem, by its code, field and column."""

    code: str
    severity: str
    count: int
    field: str
    column: str
    title: str


class NoticeInfo(Schema):
    """Something about the file as a whole, such as that it is one page of several."""

    code: str
    text: str
    job: int | None = Field(None, description="The job that the notice names.")


class DecisionValue(Schema):
    """A distinct value that a decision is about; `choices` are the ids of those that fit it.

    `settled` values need no answer: they can mean nothing but the proposal, which was taken.
    """

    value: str
    count: int
    choice: str
    choices: list[str]
    proposal: str
    settled: bool


class DecisionChoice(Schema):
    id: str
    label: str


class DecisionInfo(Schema):
    """What the operator decides before the run; `open` records wait for it.

    `answer` is the name under which the answer is given.
    """

    code: str
    column: str
    answer: str
    title: str
    text: str
    advice: str
    count: int
    open: int
    choices: list[DecisionChoice]
    values: list[DecisionValue]


class NotImportedInfo(Schema):
    """Something of the file that reaches no field; `records` are those that have it."""

    what: str
    records: int
    why: str


class PasswordCount(Schema):
    """How many records bring a password of a format.

    Besides the formats of hashes there are `unknown` (a hash that cannot be used; the text says
    why), `plain` and `none`; empty where the record fails for another reason.
    """

    format: str
    count: int
    text: str


class SummaryInfo(Schema):
    """The report of a job, as `import_users --json` prints it under `report`.

    Once the run has begun, its problems and decisions are those of the records that failed.
    """

    provider: str
    mapping: list[ImportedColumn]
    unmapped: list[str]
    problems: list[ProblemCount]
    notices: list[NoticeInfo]
    decisions: list[DecisionInfo]
    not_imported: list[NotImportedInfo]
    passwords: list[PasswordCount]


class ProblemInfo(Schema):
    code: str
    severity: str
    title: str
    message: str
    advice: str
    field: str
    column: str


class ChangeInfo(Schema):
    field: str
    old: str
    new: str


class AttemptInfo(Schema):
    attempt: int
    status: str
    written_at: datetime
    problems: list[ProblemInfo]


class RecordInfo(Schema):
    row: int
    line: int | None
    attempt: int
    status: Status
    reason: str
    subject_id: str
    username: str
    email: str
    user_id: int | None
    undone_at: datetime | None
    problems: list[ProblemInfo]


class CellInfo(Schema):
    """One column of a source row; a secret is masked."""

    column: str
    text: str
    is_masked: bool


class RecordDetails(RecordInfo):
    """A record with what it changed of an existing user, and its earlier attempts.

    `source` is the row of a failed record, for who may see values; null otherwise.
    """

    source: list[CellInfo] | None

    changes: list[ChangeInfo]
    attempts: list[AttemptInfo]


class RecordPage(Schema):
    """Records in file order; `next` is the `after` of the page that follows."""

    records: list[RecordInfo]
    next: int | None


class ReasonInfo(Schema):
    code: str
    title: str
    advice: str
    count: int


class ErrorGroupInfo(Schema):
    """What several records fail for, and the first row of them."""

    error_group: str
    count: int
    first_row: int
    problem: ProblemInfo


class RetryInfo(Schema):
    retried: int
    job: JobInfo


class UndoInfo(Schema):
    """The latest undo of a job; `counts` by status, those that were left by reason."""

    state: str
    total: int | None
    counts: dict[str, int]
    error: str
    started_at: datetime
    finished_at: datetime | None


class UndoPreviewInfo(Schema):
    """What undoing would come to, and the latest undo if there was one.

    Many records are counted in the background: until `counted_at` is set, all counts are zero and
    `progress` says how far that is. Ask again.
    """

    removed: int = 0
    restored: int = 0
    gone: int = 0
    left: dict[str, int] = {}
    fields: dict[str, int] = {}
    counted_at: datetime | None = None
    progress: ProgressInfo | None = None
    # Of the job with this preview: sent as If-Match, an undo that would do otherwise is refused.
    digest: str = ""
    latest: UndoInfo | None


class TemplateInfo(Schema):
    id: int
    name: str
    version: int
    description: str
    columns: int
    created_at: datetime


class DayInfo(Schema):
    """The users of a source on a day; `formats` counts legacy hashes by format."""

    source: str
    label: str
    day: date
    users: int
    returned: int
    never_returned: int
    current: int
    foreign: int
    without_password: int
    locked_out: int
    formats: dict[str, int]


class SourceInfo(Schema):
    """A source day by day, and the days by which shares of its users will have returned."""

    latest: DayInfo
    days: list[DayInfo]
    half_life_days: float | None
    expected: dict[str, date]
