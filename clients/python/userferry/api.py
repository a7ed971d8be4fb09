"""The types and operations of the Userferry API; written from its OpenAPI document.

Do not edit: imports/api/client.py of Userferry writes this file.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from userferry.transport import Content, Operation, Parameter, Transport

class AcceptedBatch(TypedDict):
    """More records than are written in the request: a job imports them in the background"""

    job: JobInfo

class AccountState(TypedDict):
    """Reads a state, flag or date as true for active and false for disabled accounts"""

    kind: NotRequired[Literal['account_state']]
    means: NotRequired[Literal['status', 'enabled', 'disabled', 'disabled_since', 'disabled_note', 'enabled_since', 'disabled_until', 'enabled_until', 'enabled_from', 'expires']]
    active_words: NotRequired[list[str]]
    disabled_words: NotRequired[list[str]]
    asks: NotRequired[bool]
    blanks: NotRequired[Literal['ignore', 'ask']]

class ActivityEntry(TypedDict):
    """A line of the activity log of a job"""

    id: int
    at: str
    actor: str
    sentence: str
    detail: str

class ActivityPage(TypedDict):
    """A page of the activity log"""

    entries: list[ActivityEntry]
    next: int | None

Asks = Literal['nothing', 'choice', 'text', 'membership', 'values']

class AttemptInfo(TypedDict):
    """An earlier status of a record that was retried"""

    attempt: int
    status: Status
    written_at: str
    problems: list[ProblemInfo]

class AttributeChange(TypedDict):
    """What changes of a definition; what is not sent stays, and so do its name and type"""

    label: NotRequired[str | None]
    required: NotRequired[bool | None]
    unique: NotRequired[bool | None]
    choices: NotRequired[list[Any] | None]
    pattern: NotRequired[str | None]
    description: NotRequired[str | None]

class AttributeInfo(TypedDict):
    """The definition of a custom attribute"""

    name: str
    label: str
    type: AttributeType
    required: bool
    unique: bool
    choices: list[Any]
    pattern: str
    description: str

class AttributePage(TypedDict):
    """A page of attribute definitions"""

    attributes: list[AttributeInfo]
    next: str | None

AttributeType = Literal['string', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'list', 'object']

class Base32(TypedDict):
    """Writes a secret in base32, as authenticator apps take it, that is given as itself or in hex"""

    kind: NotRequired[Literal['base32']]
    notation: NotRequired[Literal['text', 'hex']]

class BatchInfo(TypedDict):
    """A batch of records that was written in one transaction, or only planned"""

    job: int | None
    batch: int | None
    dry_run: bool
    counts: OutcomeCounts
    records: list[OutcomeInfo]

class Boolean(TypedDict):
    """Reads words as true or false, in any case; `inverted` for columns such as “disabled”"""

    kind: NotRequired[Literal['boolean']]
    true_words: NotRequired[list[str]]
    false_words: NotRequired[list[str]]
    inverted: NotRequired[bool]

class CampaignDetails(TypedDict):
    """A campaign with its numbers"""

    id: int
    name: str
    source: str
    state: CampaignState
    automatic_pause: str
    subject: str
    per_minute: int
    reminder_of: int | None
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    digest: str
    total: int
    waiting: int
    sent: int
    bounced: int
    needless: int
    chosen: int

class CampaignInfo(TypedDict):
    """An invitation campaign"""

    id: int
    name: str
    source: str
    state: CampaignState
    automatic_pause: str
    subject: str
    per_minute: int
    reminder_of: int | None
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None

class CampaignPage(TypedDict):
    """A page of campaigns"""

    campaigns: list[CampaignInfo]
    next: int | None

CampaignState = Literal['draft', 'running', 'paused', 'finished']

class CellInfo(TypedDict):
    """One column of a source row; a secret is masked"""

    column: str
    text: str
    is_masked: bool

class ChangeInfo(TypedDict):
    """A field of an existing user that a record changed"""

    field: str
    old: str
    new: str

class ColumnInfo(TypedDict):
    """A source column, by its values at the head of the file"""

    name: str
    filled: float
    shape: str
    looks_secret: bool

class Condition(TypedDict):
    """A target field or a source column, and what its value is compared with"""

    field: NotRequired[str]
    column: NotRequired[str]
    operator: Operator
    value: NotRequired[str]

class Constant(TypedDict):
    """Puts the value set here in the place of whatever the column has; a blank stays blank"""

    kind: NotRequired[Literal['constant']]
    value: Any

class CorrectedInfo(TypedDict):
    """What a correction has begun"""

    retried: int
    job: JobInfo

class CorrectionInfo(TypedDict):
    """A correction of a job"""

    number: int
    correction: str
    sentence: str
    group: WrittenGroup | None
    attempt: int
    is_undone: bool
    statuses: dict[str, int]

class CorrectionKindInfo(TypedDict):
    """A correction that may help an error group, and what it asks for"""

    correction: str
    asks: Asks
    title: str
    label: str
    help: str
    warning: str

class CorrectionOfferInfo(TypedDict):
    """A correction that helps the first records of an error group"""

    correction: str
    asks: Asks
    title: str
    label: str
    help: str
    warning: str
    choices: list[OfferedChoice]
    values: list[OfferedValue]
    trial: TrialInfo | None

class CorrectionPage(TypedDict):
    """A page of corrections"""

    corrections: list[CorrectionInfo]
    next: int | None

class Date(TypedDict):
    """Reads dates and times written in other ways than ISO 8601, by the first format that fits"""

    kind: NotRequired[Literal['date']]
    formats: NotRequired[list[str]]
    timezone: NotRequired[str]
    result: NotRequired[Literal['timestamp', 'date']]

class DayInfo(TypedDict):
    """The users of a source as they were when last counted on a day"""

    source: str
    label: str
    day: str
    users: int
    returned: int
    never_returned: int
    current: int
    foreign: int
    without_password: int
    locked_out: int
    formats: dict[str, int]

class DecisionChoice(TypedDict):
    """A way to answer a decision"""

    id: str
    label: str

class DecisionInfo(TypedDict):
    """What the operator decides before the run"""

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

class DecisionValue(TypedDict):
    """A distinct value that a decision is about"""

    value: str
    count: int
    choice: str
    choices: list[str]
    proposal: str
    settled: bool

class Default(TypedDict):
    """Gives a blank the value set here"""

    kind: NotRequired[Literal['default']]
    value: Any

class DifferenceInfo(TypedDict):
    """A field of existing users that updates would change"""

    field: str
    count: int
    examples: list[ExampleInfo]

class DirectoryInfo(TypedDict):
    """A legacy directory. No response holds its secret"""

    id: int
    name: str
    kind: str
    mode: DirectoryMode
    position: int
    source: str
    url: str
    email_domains: list[str]
    job: int
    digest: str

DirectoryMode = Literal['off', 'shadow', 'on', 'draining', 'closed']

class DirectoryPage(TypedDict):
    """A page of legacy directories"""

    directories: list[DirectoryInfo]
    next: int | None

class DisablingInfo(TypedDict):
    """A decision to disable missing users, and its results"""

    state: DisablingState
    total: int
    done: int
    counts: dict[str, int]
    doubts: list[Doubt]
    error: str
    started_at: str
    finished_at: str | None

DisablingState = Literal['running', 'finished', 'errored']

Doubt = Literal['file_is_part', 'rows_unknown', 'many_missing', 'source_unnamed']

class Drop(TypedDict):
    """Drops values that stand for none, such as “n/a”, in any case"""

    kind: NotRequired[Literal['drop']]
    values: NotRequired[list[str]]

class DryRunInfo(TypedDict):
    """What a dry run found. A pair is of a name and the number of records that have it"""

    finished_at: str
    statuses: dict[str, int]
    unchanged: int
    problems: list[FoundProblem]
    columns: list[FoundProblem]
    decisions: list[DecisionInfo]
    root_cause: RootCauseInfo | None
    fields: list[FieldCountInfo]
    differences: list[DifferenceInfo]
    matches: list[MatchInfo]
    passwords: list[PasswordCount]
    people: PeopleInfo
    disabled_by: list[list[Any]]
    lost: list[list[Any]]
    lost_parts: list[list[Any]]
    unread: list[list[Any]]
    memberships: list[list[Any]]

class Epoch(TypedDict):
    """Reads a number that counts the time since some timestamp (UTC), or the days as Excel does"""

    kind: NotRequired[Literal['epoch']]
    unit: NotRequired[Literal['s', 'ms', 'us', 'filetime', 'ticks', 'excel']]
    result: NotRequired[Literal['timestamp', 'date']]

class ErrorGroupDetails(TypedDict):
    """An error group with the corrections that help its first records"""

    error_group: str
    count: int
    first_row: int
    problem: ProblemInfo
    group: WrittenGroup
    corrections: list[CorrectionKindInfo]
    offers: list[CorrectionOfferInfo]

class ErrorGroupInfo(TypedDict):
    """What several records fail for, the first row of them, and what may correct them"""

    error_group: str
    count: int
    first_row: int
    problem: ProblemInfo
    group: WrittenGroup
    corrections: list[CorrectionKindInfo]

class ErrorGroupPage(TypedDict):
    """A page of error groups"""

    error_groups: list[ErrorGroupInfo]
    next: str | None

class ExampleInfo(TypedDict):
    """A record of an error group, or one that changes a user"""

    row: int
    who: NotRequired[str]
    value: NotRequired[str]
    old: NotRequired[str]
    new: NotRequired[str]
    other: NotRequired[str]
    params: NotRequired[dict[str, Any]]

class ExportQuery(TypedDict):
    """Which users to export, and in which form"""

    format: NotRequired[str]
    source: NotRequired[str]
    group: NotRequired[str]
    search: NotRequired[str]
    job: NotRequired[int | None]
    after: NotRequired[str]
    limit: NotRequired[int | None]
    credentials: NotRequired[bool]

class FieldCountInfo(TypedDict):
    """In how many records the values of a target field stand, and arrive"""

    field: str
    stands: int
    arrives: int

FieldPolicy = Literal['overwrite', 'fill', 'newer', 'union', 'keep', 'unless_used']

class FileFindingInfo(TypedDict):
    """Something about the file as a whole, such as that it is one page of several"""

    code: str
    text: str
    job: NotRequired[int | None]

class FileInfo(TypedDict):
    """The file of a job; its content is in no response"""

    name: str
    size: int
    sha256: str

class Filter(TypedDict):
    """Conditions of which a row has to meet all in order to be excluded"""

    conditions: list[Condition]

class FormatInfo(TypedDict):
    """A password format whose hashes are verified; docs/hash-formats.md explains each"""

    id: str
    label: str
    emitted_by: str
    parameters: list[ParameterInfo]
    notes: str

class FormatPage(TypedDict):
    """A page of password formats"""

    formats: list[FormatInfo]
    next: str | None

class FoundProblem(TypedDict):
    """A problem that a dry run found: how many records have it, and the first of them"""

    code: str
    severity: Severity
    title: str
    message: str
    advice: str
    field: str
    column: str
    params: NotRequired[dict[str, Any]]
    count: int
    examples: list[ExampleInfo]

class GroupChange(TypedDict):
    """What changes of a group; what is not sent stays"""

    key: NotRequired[str | None]
    name: NotRequired[str | None]
    description: NotRequired[str | None]
    roles: NotRequired[list[str] | None]

class GroupInfo(TypedDict):
    """A group, and the roles of its members"""

    id: int
    key: str
    name: str
    description: str
    roles: list[str]

class GroupPage(TypedDict):
    """A page of groups"""

    groups: list[GroupInfo]
    next: str | None

class ImportedColumn(TypedDict):
    """A source column, or several in a template, and the target field it goes to"""

    source: str
    target: str

InvitationState = Literal['waiting', 'sent', 'bounced', 'needless']

class JobInfo(TypedDict):
    """A job as it is now"""

    id: int
    digest: str
    name: str
    state: JobState
    phase: JobPhase
    attempt: int
    file: FileInfo
    provider: str
    source: str
    template: str | None
    mode: Mode
    chunk_rows: int
    policies: Policies
    limits: Limits
    totals: dict[str, int]
    progress: ProgressInfo | None
    error: str
    automatic_pause: str
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    unmapped: NotRequired[list[str]]

class JobPage(TypedDict):
    """A page of jobs"""

    jobs: list[JobInfo]
    next: int | None

JobPhase = Literal['', 'staging', 'indexing', 'correcting', 'planning', 'comparing', 'writing']

class JobQuery(TypedDict):
    """Which jobs are meant; all that is given has to hold"""

    state: NotRequired[JobState | None]
    provider: NotRequired[str | None]
    search: NotRequired[str]

JobState = Literal['draft', 'mapped', 'dry_running', 'dry_run_done', 'running', 'paused', 'completed', 'cancelled', 'errored', 'standing', 'receiving', 'undoing', 'undone', 'disabling']

class Join(TypedDict):
    """Makes one text of a list of texts, numbers and boolean values"""

    kind: NotRequired[Literal['join']]
    delimiter: NotRequired[str]

KeptReason = Literal['protected', 'imported_later', 'other_source', 'may_not_change', 'more_powerful']

LeaverKind = Literal['active', 'linked', 'inactive']

class Limits(TypedDict):
    """How fast a job writes, and when it pauses automatically"""

    rate_limit: NotRequired[int | None]
    failure_threshold: NotRequired[int | None]
    failure_sample: NotRequired[int]

class Lookup(TypedDict):
    """Replaces values by those that a table gives for them, in any case"""

    kind: NotRequired[Literal['lookup']]
    table: NotRequired[dict[str, str]]
    otherwise: NotRequired[Literal['keep', 'drop']]

class Lower(TypedDict):
    """Writes text in lower case"""

    kind: NotRequired[Literal['lower']]

class Mapping(TypedDict):
    """The column mapping of a file. Its JSON is the mapping file of the command line"""

    version: NotRequired[Literal[1]]
    provider: NotRequired[str]
    source_name: NotRequired[str]
    rules: NotRequired[list[Rule]]
    constants: NotRequired[dict[str, Any]]
    ignored: NotRequired[list[str]]
    answers: NotRequired[dict[str, str | dict[str, str]]]
    groups: NotRequired[dict[str, str]]
    roles: NotRequired[dict[str, str]]
    exclude: NotRequired[list[Filter]]
    keeps_non_users: NotRequired[bool]
    password_preset: NotRequired[str]

class MappingInfo(TypedDict):
    """A job's mapping, without answers that are secrets, and the columns of its file"""

    mapping: dict[str, Any]
    columns: list[ColumnInfo]

class MatchInfo(TypedDict):
    """How many records would find an existing user by a matching key"""

    key: str
    values: int
    users: int

class MissingUserInfo(TypedDict):
    """A user who is missing from the file"""

    id: int
    subject_id: str
    username: str | None
    email: str | None
    kind: LeaverKind
    source: str
    last_login: str | None
    kept: KeptReason | None

class MissingUserPage(TypedDict):
    """A page of missing users"""

    users: list[MissingUserInfo]
    next: int | None

class MissingUsers(TypedDict):
    """The missing users who are meant: all that is given has to hold"""

    users: NotRequired[list[int] | None]
    kind: NotRequired[LeaverKind | None]
    search: NotRequired[str]
    with_linked: NotRequired[bool]

class MissingUsersInfo(TypedDict):
    """Users of the job's source system who are missing from its file, and the latest decision"""

    source: str
    users: int
    found: int
    disabled: NotRequired[int]
    inactive: NotRequired[int]
    kept: NotRequired[dict[str, int]]
    doubts: NotRequired[list[Doubt]]
    explanations: NotRequired[list[str]]
    listed_at: NotRequired[str | None]
    digest: NotRequired[str]
    latest: DisablingInfo | None

Mode = Literal['skip', 'update', 'fail']

class NewAttribute(TypedDict):
    """A new attribute definition"""

    label: NotRequired[str | None]
    required: NotRequired[bool | None]
    unique: NotRequired[bool | None]
    choices: NotRequired[list[Any] | None]
    pattern: NotRequired[str | None]
    description: NotRequired[str | None]
    name: str
    type: NotRequired[AttributeType]

class NewDirectoryMode(TypedDict):
    """What a directory is to be asked for"""

    mode: DirectoryMode

class NewDisabling(TypedDict):
    """Whom to disable"""

    users: NotRequired[list[int] | None]
    kind: NotRequired[LeaverKind | None]
    search: NotRequired[str]
    with_linked: NotRequired[bool]
    confirm: NotRequired[bool]

class NewGroup(TypedDict):
    """A new group"""

    key: str
    name: NotRequired[str | None]
    description: NotRequired[str | None]
    roles: NotRequired[list[str] | None]

class NewJob(TypedDict):
    """All there is to choose about a job, as the JSON of the form field `options`"""

    mapping: NotRequired[Mapping | None]
    template: NotRequired[str]
    answers: NotRequired[dict[str, str | dict[str, str]]]
    mode: NotRequired[Mode]
    chunk_rows: NotRequired[int | None]
    name: NotRequired[str]
    provider: NotRequired[str]
    read: NotRequired[dict[str, str]]
    policies: NotRequired[Policies]
    limits: NotRequired[Limits]

class NewMapping(TypedDict):
    """A mapping or the name of a mapping template; without either, the mapping that the job has"""

    mapping: NotRequired[Mapping | None]
    template: NotRequired[str]
    answers: NotRequired[dict[str, str | dict[str, str]]]
    mode: NotRequired[Mode]
    chunk_rows: NotRequired[int | None]

class NewRetry(TypedDict):
    """Which failed records to try again, and answers to the decisions that they wait for"""

    rows: NotRequired[list[int] | None]
    status: NotRequired[Status | None]
    reason: NotRequired[str]
    error_group: NotRequired[str]
    stage: NotRequired[str]
    chunk: NotRequired[str]
    search: NotRequired[str]
    first_row: NotRequired[int | None]
    last_row: NotRequired[int | None]
    answers: NotRequired[dict[str, str | dict[str, str]]]

class NewRole(TypedDict):
    """A new role"""

    key: str
    name: NotRequired[str | None]
    description: NotRequired[str | None]
    permissions: NotRequired[list[str] | None]

class NewRun(TypedDict):
    """How to run; without a body, all records of a job that had a dry run"""

    pilot: NotRequired[bool]
    without_dry_run: NotRequired[bool]

class NewTemplate(TypedDict):
    """What a job's mapping is saved as"""

    name: str
    description: NotRequired[str]

class NewUndo(TypedDict):
    """Whom to undo in spite of what happened to them since"""

    rows: NotRequired[list[int] | None]
    signed_in: NotRequired[bool]
    changed: NotRequired[bool]
    touched_later: NotRequired[bool]
    only_disabled: NotRequired[bool]

class NewUpload(TypedDict):
    """A file that is going to be sent in parts"""

    name: str
    size: int
    sha256: str

class NewWebhook(TypedDict):
    """A new webhook"""

    name: str
    url: str
    active: NotRequired[bool]

class NotImportedInfo(TypedDict):
    """Data of the file that reaches no field"""

    what: str
    records: int
    why: str

class OfferedChoice(TypedDict):
    """A value to choose, and how many of the first records it helps"""

    value: str
    label: str
    helps: int

class OfferedValue(TypedDict):
    """A value of the file that can be replaced"""

    value: str
    count: int

Operator = Literal['is', 'is_not', 'contains', 'starts_with', 'ends_with', 'before', 'after', 'below', 'above', 'empty', 'filled']

class OutcomeCounts(TypedDict):
    """How many records have each status"""

    created: int
    updated: int
    skipped: int
    failed: int
    unchanged: int

class OutcomeInfo(TypedDict):
    """The status of one record, and why; in a dry run, the predicted one"""

    index: int
    row: int
    status: Status
    unchanged: bool
    reason: str
    subject_id: str
    user_id: int | None
    problems: list[ProblemInfo]
    changes: list[ChangeInfo]

class OutcomePage(TypedDict):
    """Some records of a job with their present statuses, in their order"""

    records: list[OutcomeInfo]
    next: int | None

class ParameterInfo(TypedDict):
    """A parameter that a format needs beside the hash"""

    name: str
    help: str
    required: bool

class PasswordCount(TypedDict):
    """How many records bring a password of a format"""

    format: str
    count: int
    text: str

class PasswordsInfo(TypedDict):
    """How many plain passwords are stored encrypted until they are hashed"""

    waiting: int
    locked: int
    remaining_seconds: int | None

class PeopleInfo(TypedDict):
    """What the records that would be created or updated say about their accounts"""

    last_sign_ins: dict[str, int]
    disabled: int
    unverified: int
    without_logins: NotRequired[int]

class Phone(TypedDict):
    """Writes phone numbers in E.164; those without a country code are numbers of the region"""

    kind: NotRequired[Literal['phone']]
    region: str

class PlanInfo(TypedDict):
    """What waits for a second person's approval, or has it; approving is done on the page alone"""

    id: int
    state: PlanState
    digest: str

PlanState = Literal['waiting', 'approved', 'rejected', 'changed']

class Policies(TypedDict):
    """Resolutions by reason and policies by field, where they differ from the mode's"""

    conflicts: NotRequired[dict[str, Resolution]]
    field_policies: NotRequired[dict[str, FieldPolicy]]
    matching_key: NotRequired[str]

class Problem(TypedDict):
    """Why a request was refused (RFC 9457). Some codes have further members"""

    type: str
    title: str
    status: int
    detail: str
    code: ProblemCode
    faults: NotRequired[list[str | dict[str, Any]]]
    advice: NotRequired[str]
    state: NotRequired[str]
    received: NotRequired[int]
    changed: NotRequired[list[str]]

ProblemCode = Literal['approval_missing', 'archive_damaged', 'archive_refused', 'changed_meanwhile', 'confirmation_missing', 'connection_refused', 'correction_invalid', 'dry_run_missing', 'dump_table_unclear', 'file_altered', 'file_empty', 'file_list_missing', 'file_no_records', 'file_no_users', 'file_not_text', 'file_other_kind', 'file_without_users', 'file_wrong_encoding', 'file_wrong_shape', 'internal_error', 'key_in_use', 'key_reused', 'mapping_invalid', 'media_type_unknown', 'member_unreadable', 'not_found', 'offset_wrong', 'permission_missing', 'policies_invalid', 'provider_unknown', 'reading_invalid', 'reading_stopped', 'refused', 'request_invalid', 'request_too_large', 'request_unreadable', 'scope_missing', 'table_orphans', 'table_row_unreadable', 'token_invalid', 'token_missing', 'too_many_requests', 'unavailable', 'upload_incomplete', 'wrong_state']

class ProblemCount(TypedDict):
    """How many records have a problem, by its code, field and column"""

    code: str
    severity: Severity
    count: int
    field: str
    column: str
    title: str

class ProblemInfo(TypedDict):
    """A problem of a record, or what the problems of an error group have in common"""

    code: str
    severity: Severity
    title: str
    message: str
    advice: str
    field: str
    column: str

class ProgressInfo(TypedDict):
    """How far the present phase is"""

    phase: str
    unit: Literal['bytes', 'rows', 'users']
    done: int
    total: int
    rate: float
    remaining_seconds: int | None

class ProviderInfo(TypedDict):
    """A source system whose exports are read"""

    name: str
    label: str
    how_to_export: str
    lacks: list[str]

class ProviderPage(TypedDict):
    """A page of source systems"""

    providers: list[ProviderInfo]
    next: str | None

Reason = Literal['profile_exists', 'match_unverified', 'value_taken', 'authenticator_exists', 'authenticator_taken', 'membership_exists', 'concurrent_change']

class ReasonInfo(TypedDict):
    """A problem code that decided the status of records"""

    code: str
    title: str
    advice: str
    count: int

class ReasonPage(TypedDict):
    """A page of reasons"""

    reasons: list[ReasonInfo]
    next: str | None

class RecipientInfo(TypedDict):
    """A recipient of a campaign"""

    id: int
    user_id: int
    email: str
    state: InvitationState
    sent_at: str | None
    error: str

class RecipientPage(TypedDict):
    """A page of recipients"""

    recipients: list[RecipientInfo]
    next: int | None

class RecordDetails(TypedDict):
    """A record with what it changed of an existing user, and its earlier attempts"""

    row: int
    line: int | None
    attempt: int
    status: Status
    reason: str
    subject_id: str
    username: str
    email: str
    user_id: int | None
    undone_at: str | None
    problems: list[ProblemInfo]
    source: list[CellInfo] | None
    changes: list[ChangeInfo]
    attempts: list[AttemptInfo]

class RecordInfo(TypedDict):
    """A record of a file, and its latest status"""

    row: int
    line: int | None
    attempt: int
    status: Status
    reason: str
    subject_id: str
    username: str
    email: str
    user_id: int | None
    undone_at: str | None
    problems: list[ProblemInfo]

class RecordPage(TypedDict):
    """A page of records"""

    records: list[RecordInfo]
    next: int | None

class RecordQuery(TypedDict):
    """Which records are meant; all that is given has to hold"""

    rows: NotRequired[list[int] | None]
    status: NotRequired[Status | None]
    reason: NotRequired[str]
    error_group: NotRequired[str]
    stage: NotRequired[str]
    chunk: NotRequired[str]
    search: NotRequired[str]
    first_row: NotRequired[int | None]
    last_row: NotRequired[int | None]

class Regex(TypedDict):
    """Takes a value apart by a regular expression and puts the parts together again"""

    kind: NotRequired[Literal['regex']]
    pattern: str
    result: NotRequired[str]
    otherwise: NotRequired[Literal['keep', 'drop']]

class ReportInfo(TypedDict):
    """What the dry run found, and the import plan that was made from it"""

    state: JobState
    report: DryRunInfo | None
    plan: PlanInfo | None

Resolution = Literal['skip', 'overwrite', 'fail', 'stop']

class RetryInfo(TypedDict):
    """A retry that has begun"""

    retried: int
    job: JobInfo

class RoleChange(TypedDict):
    """What changes of a role; what is not sent stays"""

    key: NotRequired[str | None]
    name: NotRequired[str | None]
    description: NotRequired[str | None]
    permissions: NotRequired[list[str] | None]

class RoleInfo(TypedDict):
    """A role, and the permissions that it grants"""

    id: int
    key: str
    name: str
    description: str
    permissions: list[str]

class RolePage(TypedDict):
    """A page of roles"""

    roles: list[RoleInfo]
    next: str | None

class RootCauseInfo(TypedDict):
    """The one cause for which more than half of the records are not imported"""

    code: str
    field: str
    column: str
    count: int
    planned: int
    fields: list[list[Any]]

class Rule(TypedDict):
    """What goes to a target field, and what happens to it on the way"""

    source: NotRequired[str]
    template: NotRequired[str]
    target: str
    transforms: NotRequired[list[AccountState | Boolean | Default | Drop | Since | Constant | Join | Lookup | Lower | Phone | Date | Epoch | Regex | Base32 | Split | Title | Trim | Upper]]

Severity = Literal['error', 'warning', 'info']

class Since(TypedDict):
    """Makes of the date since which something holds whether it does: of a blank, false"""

    kind: NotRequired[Literal['since']]

class SourceInfo(TypedDict):
    """The migration progress of a source day by day, and its forecast"""

    latest: DayInfo
    days: list[DayInfo]
    half_life_days: float | None
    expected: dict[str, str]

class SourcePage(TypedDict):
    """A page of sources"""

    sources: list[DayInfo]
    next: str | None

class Split(TypedDict):
    """Makes a list of the parts of a text"""

    kind: NotRequired[Literal['split']]
    delimiter: NotRequired[str]

Status = Literal['created', 'updated', 'skipped', 'failed']

class SummaryInfo(TypedDict):
    """The report of a job, as `import_users --json` prints it under `report`"""

    provider: str
    mapping: list[ImportedColumn]
    unmapped: list[str]
    problems: list[ProblemCount]
    notices: list[FileFindingInfo]
    decisions: list[DecisionInfo]
    not_imported: list[NotImportedInfo]
    passwords: list[PasswordCount]

class TemplateFile(TypedDict):
    """A version of a mapping template as it is exported, to be kept in version control"""

    format: NotRequired[Literal['userferry-mapping-template']]
    name: str
    description: NotRequired[str]
    version: NotRequired[int]
    columns: NotRequired[list[str]]
    mapping: Mapping

class TemplateInfo(TypedDict):
    """A version of a mapping template"""

    id: int
    name: str
    version: int
    description: str
    columns: int
    created_at: str

class TemplatePage(TypedDict):
    """A page of mapping templates"""

    templates: list[TemplateInfo]
    next: str | None

class Title(TypedDict):
    """Writes every word with a capital letter, for names in capitals: O'NEIL is O'Neil"""

    kind: NotRequired[Literal['title']]

class TrialInfo(TypedDict):
    """What a correction does to the first records of an error group; nothing was written"""

    tried: int
    corrected: int
    imported: int
    skipped: int
    left: ProblemInfo | None

class Trim(TypedDict):
    """Removes white space at both ends"""

    kind: NotRequired[Literal['trim']]

class UndoInfo(TypedDict):
    """An undo of a job, or of some of its records"""

    state: UndoState
    total: int | None
    counts: dict[str, int]
    error: str
    started_at: str
    finished_at: str | None

class UndoPreviewInfo(TypedDict):
    """What undoing would change, and the latest undo if there was one"""

    removed: NotRequired[int]
    restored: NotRequired[int]
    enabled: NotRequired[int]
    gone: NotRequired[int]
    left: NotRequired[dict[str, int]]
    fields: NotRequired[dict[str, int]]
    counted_at: NotRequired[str | None]
    progress: NotRequired[ProgressInfo | None]
    digest: NotRequired[str]
    latest: UndoInfo | None

class UndoQuery(TypedDict):
    """Whom an undo would be of, in the query of its preview"""

    rows: NotRequired[list[int] | None]
    signed_in: NotRequired[bool]
    changed: NotRequired[bool]
    touched_later: NotRequired[bool]
    only_disabled: NotRequired[bool]

UndoState = Literal['running', 'finished', 'errored']

class UploadInfo(TypedDict):
    """An upload, and how far it is"""

    id: int
    name: str
    size: int
    received: int
    created_at: str
    updated_at: str

class UploadPage(TypedDict):
    """A page of uploads"""

    uploads: list[UploadInfo]
    next: int | None

class Upper(TypedDict):
    """Writes text in upper case"""

    kind: NotRequired[Literal['upper']]

class UserDetails(TypedDict):
    """A user with groups and roles"""

    id: int
    subject_id: str
    username: str | None
    email: str | None
    phone: str | None
    phone_verified: bool
    given_name: str
    family_name: str
    display_name: str
    locale: str
    zoneinfo: str
    picture: str
    attributes: dict[str, Any]
    active: bool
    source: str
    created_at: str
    updated_at: str
    last_login: str | None
    last_login_at_source: str | None
    password_expires_at: str | None
    email_verified: bool
    groups: list[str]
    roles: list[str]
    effective_roles: list[str]

class UserInfo(TypedDict):
    """A user. No response holds a password, hash or secret"""

    id: int
    subject_id: str
    username: str | None
    email: str | None
    phone: str | None
    phone_verified: bool
    given_name: str
    family_name: str
    display_name: str
    locale: str
    zoneinfo: str
    picture: str
    attributes: dict[str, Any]
    active: bool
    source: str
    created_at: str
    updated_at: str
    last_login: str | None
    last_login_at_source: str | None
    password_expires_at: str | None

class UserPage(TypedDict):
    """A page of users"""

    users: list[UserInfo]
    next: int | None

class UserQuery(TypedDict):
    """Which users are meant; all that is given has to hold"""

    search: NotRequired[str]
    source: NotRequired[str | None]
    active: NotRequired[bool | None]
    group: NotRequired[str | None]
    role: NotRequired[str | None]

class WebhookChange(TypedDict):
    """What changes of a webhook; what is not sent stays"""

    name: NotRequired[str | None]
    url: NotRequired[str | None]
    active: NotRequired[bool | None]

class WebhookInfo(TypedDict):
    """A webhook. Its secret is only in the response that creates or replaces it"""

    id: int
    name: str
    url: str
    active: bool

class WebhookPage(TypedDict):
    """A page of webhooks"""

    webhooks: list[WebhookInfo]
    next: str | None

class WebhookWithSecret(TypedDict):
    """A webhook whose secret is new"""

    id: int
    name: str
    url: str
    active: bool
    secret: str

class WrittenCorrection(TypedDict):
    """A correction of an error group, and what is entered for it"""

    group: WrittenGroup
    correction: str
    value: NotRequired[str]
    values: NotRequired[dict[str, str]]

class WrittenGroup(TypedDict):
    """An error group, by what its records fail for; as lists of error groups have it"""

    code: str
    field: NotRequired[str]
    column: NotRequired[str]
    params: NotRequired[dict[str, Any]]

class Client(Transport):
    """Calls each operation of the API."""

    def upload_file(self, *, file: Content, options: NewJob | None = None, idempotency_key: str | None = None) -> JobInfo:
        """Make a job of a file, with the mapping that is given or suggested."""
        return self.call(OPERATIONS["upload_file"], file=file, options=options, idempotency_key=idempotency_key)

    def list_jobs(self, *, state: JobState | None = None, provider: str | None = None, search: str | None = None, after: int | None = None, limit: int | None = None) -> JobPage:
        """Return jobs, newest first."""
        return self.call(OPERATIONS["list_jobs"], state=state, provider=provider, search=search, after=after, limit=limit)

    def list_activity(self, job_id: int, *, after: int | None = None, limit: int | None = None) -> ActivityPage:
        """Return the activity log of a job, newest first: who did what, and when."""
        return self.call(OPERATIONS["list_activity"], job_id=job_id, after=after, limit=limit)

    def import_again(self, job_id: int, *, idempotency_key: str | None = None, if_match: str | None = None) -> JobInfo:
        """Make another job of the same file, with the same mapping and options."""
        return self.call(OPERATIONS["import_again"], job_id=job_id, idempotency_key=idempotency_key, if_match=if_match)

    def get_mapping(self, job_id: int) -> MappingInfo:
        """Return a job's mapping, and the columns that it can read."""
        return self.call(OPERATIONS["get_mapping"], job_id=job_id)

    def save_mapping(self, job_id: int, *, body: NewMapping, if_match: str | None = None) -> JobInfo:
        """Set a job's mapping and mode; its earlier dry run counts no more."""
        return self.call(OPERATIONS["save_mapping"], body=body, job_id=job_id, if_match=if_match)

    def set_policies(self, job_id: int, *, body: Policies, if_match: str | None = None) -> JobInfo:
        """Set what a job does about conflicts and with each field; see docs/conflicts.md."""
        return self.call(OPERATIONS["set_policies"], body=body, job_id=job_id, if_match=if_match)

    def set_limits(self, job_id: int, *, body: Limits, if_match: str | None = None) -> JobInfo:
        """Set how fast a job writes and when it pauses automatically; counts at once."""
        return self.call(OPERATIONS["set_limits"], body=body, job_id=job_id, if_match=if_match)

    def get_job(self, job_id: int, *, wait: int | None = None) -> JobInfo:
        """Return a job: its state, progress and totals."""
        return self.call(OPERATIONS["get_job"], job_id=job_id, wait=wait)

    def watch_job(self, job_id: int, *, last_event_id: str | None = None) -> bytes | None:
        """Send the job whenever it has changed, as server-sent events."""
        return self.call(OPERATIONS["watch_job"], job_id=job_id, last_event_id=last_event_id)

    def start_dry_run(self, job_id: int, *, idempotency_key: str | None = None, if_match: str | None = None) -> JobInfo:
        """Begin the dry run over the whole file, in the background."""
        return self.call(OPERATIONS["start_dry_run"], job_id=job_id, idempotency_key=idempotency_key, if_match=if_match)

    def get_dry_run(self, job_id: int) -> ReportInfo:
        """Return what the dry run found: statuses, problems by error group, losses."""
        return self.call(OPERATIONS["get_dry_run"], job_id=job_id)

    def stop_dry_run(self, job_id: int) -> JobInfo:
        """Stop a dry run that is still in progress."""
        return self.call(OPERATIONS["stop_dry_run"], job_id=job_id)

    def get_report(self, job_id: int) -> SummaryInfo:
        """Return the result of the dry run or the run, as `import_users --json` prints it."""
        return self.call(OPERATIONS["get_report"], job_id=job_id)

    def start_run(self, job_id: int, *, body: NewRun | None | None = None, idempotency_key: str | None = None, if_match: str | None = None) -> JobInfo:
        """Begin to import, in the background; with `pilot` only the first rows."""
        return self.call(OPERATIONS["start_run"], body=body, job_id=job_id, idempotency_key=idempotency_key, if_match=if_match)

    def pause(self, job_id: int, *, idempotency_key: str | None = None) -> JobInfo:
        """Stop after the chunks that are being written now; resume goes on."""
        return self.call(OPERATIONS["pause"], job_id=job_id, idempotency_key=idempotency_key)

    def resume(self, job_id: int, *, idempotency_key: str | None = None, if_match: str | None = None) -> JobInfo:
        """Go on with a job that is paused, was cancelled, or stands after its pilot."""
        return self.call(OPERATIONS["resume"], job_id=job_id, idempotency_key=idempotency_key, if_match=if_match)

    def cancel(self, job_id: int, *, idempotency_key: str | None = None) -> JobInfo:
        """Stop after the chunks that are being written now; what is imported stays."""
        return self.call(OPERATIONS["cancel"], job_id=job_id, idempotency_key=idempotency_key)

    def retry(self, job_id: int, *, body: NewRetry | None | None = None, idempotency_key: str | None = None, if_match: str | None = None) -> RetryInfo:
        """Try records again: those that are meant, or all that failed; with answers to decisions."""
        return self.call(OPERATIONS["retry"], body=body, job_id=job_id, idempotency_key=idempotency_key, if_match=if_match)

    def list_records(self, job_id: int, *, rows: list[int] | None = None, status: Status | None = None, reason: str | None = None, error_group: str | None = None, stage: str | None = None, chunk: str | None = None, search: str | None = None, first_row: int | None = None, last_row: int | None = None, after: int | None = None, limit: int | None = None) -> RecordPage:
        """Return the records that are meant, in file order."""
        return self.call(OPERATIONS["list_records"], job_id=job_id, rows=rows, status=status, reason=reason, error_group=error_group, stage=stage, chunk=chunk, search=search, first_row=first_row, last_row=last_row, after=after, limit=limit)

    def get_record(self, job_id: int, row: int) -> RecordDetails:
        """Return one record with what it changed and its earlier attempts."""
        return self.call(OPERATIONS["get_record"], job_id=job_id, row=row)

    def list_reasons(self, job_id: int, *, status: Literal['created', 'updated', 'skipped', 'failed'] | None = None, after: str | None = None, limit: int | None = None) -> ReasonPage:
        """Return why records have a status and how many, the most frequent first."""
        return self.call(OPERATIONS["list_reasons"], job_id=job_id, status=status, after=after, limit=limit)

    def list_error_groups(self, job_id: int, *, after: str | None = None, limit: int | None = None) -> ErrorGroupPage:
        """Return what records fail for, group by group, the most frequent first."""
        return self.call(OPERATIONS["list_error_groups"], job_id=job_id, after=after, limit=limit)

    def get_error_group(self, job_id: int, digest: str) -> ErrorGroupDetails:
        """Return an error group with the corrections that help its first records."""
        return self.call(OPERATIONS["get_error_group"], job_id=job_id, digest=digest)

    def list_corrections(self, job_id: int, *, after: int | None = None, limit: int | None = None) -> CorrectionPage:
        """Return the corrections of a job in their order, with how many records have each."""
        return self.call(OPERATIONS["list_corrections"], job_id=job_id, after=after, limit=limit)

    def add_correction(self, job_id: int, *, body: WrittenCorrection, idempotency_key: str | None = None, if_match: str | None = None) -> CorrectedInfo:
        """Correct the records of an error group."""
        return self.call(OPERATIONS["add_correction"], body=body, job_id=job_id, idempotency_key=idempotency_key, if_match=if_match)

    def remove_correction(self, job_id: int, number: int, *, if_match: str | None = None) -> None:
        """Let a correction hold no more; what was imported with it stays as it is."""
        return self.call(OPERATIONS["remove_correction"], job_id=job_id, number=number, if_match=if_match)

    def preview_missing_users(self, job_id: int, *, users: list[int] | None = None, kind: LeaverKind | None = None, search: str | None = None, with_linked: bool | None = None) -> MissingUsersInfo:
        """Return how many users are missing from the file, and the preview of disabling them."""
        return self.call(OPERATIONS["preview_missing_users"], job_id=job_id, users=users, kind=kind, search=search, with_linked=with_linked)

    def list_missing_users(self, job_id: int, *, users: list[int] | None = None, kind: LeaverKind | None = None, search: str | None = None, with_linked: bool | None = None, after: int | None = None, limit: int | None = None) -> MissingUserPage:
        """Return the missing users who are meant, by id; none while they are being compared."""
        return self.call(OPERATIONS["list_missing_users"], job_id=job_id, users=users, kind=kind, search=search, with_linked=with_linked, after=after, limit=limit)

    def disable_missing_users(self, job_id: int, *, body: NewDisabling | None | None = None, idempotency_key: str | None = None, if_match: str | None = None) -> JobInfo:
        """Begin to disable users who are missing from the file of a completed job, in the background."""
        return self.call(OPERATIONS["disable_missing_users"], body=body, job_id=job_id, idempotency_key=idempotency_key, if_match=if_match)

    def stop_disabling_users(self, job_id: int) -> JobInfo:
        """Stop after the batch that is being disabled now; disabling again goes on with the rest."""
        return self.call(OPERATIONS["stop_disabling_users"], job_id=job_id)

    def preview_undo(self, job_id: int, *, rows: list[int] | None = None, signed_in: bool | None = None, changed: bool | None = None, touched_later: bool | None = None, only_disabled: bool | None = None) -> UndoPreviewInfo:
        """Return the preview of an undo, and the progress of the latest."""
        return self.call(OPERATIONS["preview_undo"], job_id=job_id, rows=rows, signed_in=signed_in, changed=changed, touched_later=touched_later, only_disabled=only_disabled)

    def start_undo(self, job_id: int, *, body: NewUndo | None | None = None, idempotency_key: str | None = None, if_match: str | None = None) -> JobInfo:
        """Begin to undo a job, or some of its rows, in the background."""
        return self.call(OPERATIONS["start_undo"], body=body, job_id=job_id, idempotency_key=idempotency_key, if_match=if_match)

    def stop_undo(self, job_id: int) -> JobInfo:
        """Stop an undo after the batch that is being undone; undoing again goes on."""
        return self.call(OPERATIONS["stop_undo"], job_id=job_id)

    def save_template(self, job_id: int, *, body: NewTemplate, idempotency_key: str | None = None) -> TemplateInfo:
        """Keep a job's mapping under a name, as a new version where there is one of that name."""
        return self.call(OPERATIONS["save_template"], body=body, job_id=job_id, idempotency_key=idempotency_key)

    def list_uploads(self, *, after: int | None = None, limit: int | None = None) -> UploadPage:
        """Return your uploads that are under way, by id."""
        return self.call(OPERATIONS["list_uploads"], after=after, limit=limit)

    def begin_upload(self, *, body: NewUpload, idempotency_key: str | None = None) -> UploadInfo:
        """Begin to upload a file in parts; send them with PUT …/content."""
        return self.call(OPERATIONS["begin_upload"], body=body, idempotency_key=idempotency_key)

    def get_upload(self, upload_id: int) -> UploadInfo:
        """Return an upload: `received` says where it continues."""
        return self.call(OPERATIONS["get_upload"], upload_id=upload_id)

    def find_offset(self, upload_id: int) -> None:
        """Say where an upload continues, in the header Upload-Offset."""
        return self.call(OPERATIONS["find_offset"], upload_id=upload_id)

    def delete_upload(self, upload_id: int) -> None:
        """Delete an upload, with all that has arrived of it."""
        return self.call(OPERATIONS["delete_upload"], upload_id=upload_id)

    def send_part(self, upload_id: int, *, content: Content, content_range: str) -> UploadInfo:
        """Add a part, of any size; one that breaks off is kept as far as it came."""
        return self.call(OPERATIONS["send_part"], content=content, upload_id=upload_id, content_range=content_range)

    def complete_upload(self, upload_id: int, *, body: NewJob | None | None = None, idempotency_key: str | None = None) -> JobInfo:
        """Make a job of a file that has arrived as a whole, and delete the upload."""
        return self.call(OPERATIONS["complete_upload"], body=body, upload_id=upload_id, idempotency_key=idempotency_key)

    def send_records(self, *, body: list[dict[str, Any]], dry_run: Literal['true', 'false'] | None = None, idempotency_key: str | None = None) -> BatchInfo | AcceptedBatch:
        """Write up to 1,000 records in one transaction, and return the status of each."""
        return self.call(OPERATIONS["send_records"], body=body, dry_run=dry_run, idempotency_key=idempotency_key)

    def get_own_job(self, job_id: int) -> JobInfo:
        """Return a job of the connection: its state, progress and totals."""
        return self.call(OPERATIONS["get_own_job"], job_id=job_id)

    def list_own_records(self, job_id: int, *, after: int | None = None, limit: int | None = None) -> OutcomePage:
        """Return the present status of each record of a job of the connection, in their order."""
        return self.call(OPERATIONS["list_own_records"], job_id=job_id, after=after, limit=limit)

    def list_templates(self, *, search: str | None = None, after: str | None = None, limit: int | None = None) -> TemplatePage:
        """Return the latest version of every template, by name."""
        return self.call(OPERATIONS["list_templates"], search=search, after=after, limit=limit)

    def import_template(self, *, body: TemplateFile, idempotency_key: str | None = None) -> TemplateInfo:
        """Keep a template that was exported; the same one sent twice makes one version."""
        return self.call(OPERATIONS["import_template"], body=body, idempotency_key=idempotency_key)

    def export_template(self, version_id: int) -> TemplateFile:
        """Return a version as the file that POST /templates takes."""
        return self.call(OPERATIONS["export_template"], version_id=version_id)

    def list_sources(self, *, after: str | None = None, limit: int | None = None) -> SourcePage:
        """Return the latest count of every source, the largest first."""
        return self.call(OPERATIONS["list_sources"], after=after, limit=limit)

    def get_source(self, source: str) -> SourceInfo:
        """Return how a source's users have signed in day by day, and when they will have."""
        return self.call(OPERATIONS["get_source"], source=source)

    def count_passwords(self) -> PasswordsInfo:
        """Return how many imported plain passwords are still to be hashed, of the whole site."""
        return self.call(OPERATIONS["count_passwords"])

    def list_users(self, *, search: str | None = None, source: str | None = None, active: bool | None = None, group: str | None = None, role: str | None = None, after: int | None = None, limit: int | None = None) -> UserPage:
        """Return users, by id."""
        return self.call(OPERATIONS["list_users"], search=search, source=source, active=active, group=group, role=role, after=after, limit=limit)

    def get_user(self, user_id: int) -> UserDetails:
        """Return a user with groups and roles."""
        return self.call(OPERATIONS["get_user"], user_id=user_id)

    def list_groups(self, *, search: str | None = None, after: str | None = None, limit: int | None = None) -> GroupPage:
        """Return groups, by key."""
        return self.call(OPERATIONS["list_groups"], search=search, after=after, limit=limit)

    def create_group(self, *, body: NewGroup, idempotency_key: str | None = None) -> GroupInfo:
        """Create a group."""
        return self.call(OPERATIONS["create_group"], body=body, idempotency_key=idempotency_key)

    def get_group(self, group_id: int) -> GroupInfo:
        """Return a group with its roles."""
        return self.call(OPERATIONS["get_group"], group_id=group_id)

    def change_group(self, group_id: int, *, body: GroupChange, if_match: str | None = None) -> GroupInfo:
        """Change a group; what is not sent stays."""
        return self.call(OPERATIONS["change_group"], body=body, group_id=group_id, if_match=if_match)

    def delete_group(self, group_id: int, *, if_match: str | None = None) -> None:
        """Delete a group; its members stay, without what it granted."""
        return self.call(OPERATIONS["delete_group"], group_id=group_id, if_match=if_match)

    def list_roles(self, *, search: str | None = None, after: str | None = None, limit: int | None = None) -> RolePage:
        """Return roles, by key."""
        return self.call(OPERATIONS["list_roles"], search=search, after=after, limit=limit)

    def create_role(self, *, body: NewRole, idempotency_key: str | None = None) -> RoleInfo:
        """Create a role."""
        return self.call(OPERATIONS["create_role"], body=body, idempotency_key=idempotency_key)

    def get_role(self, role_id: int) -> RoleInfo:
        """Return a role with the permissions that it grants."""
        return self.call(OPERATIONS["get_role"], role_id=role_id)

    def change_role(self, role_id: int, *, body: RoleChange, if_match: str | None = None) -> RoleInfo:
        """Change a role; what is not sent stays."""
        return self.call(OPERATIONS["change_role"], body=body, role_id=role_id, if_match=if_match)

    def delete_role(self, role_id: int, *, if_match: str | None = None) -> None:
        """Delete a role; whoever has it loses what it granted."""
        return self.call(OPERATIONS["delete_role"], role_id=role_id, if_match=if_match)

    def list_attributes(self, *, search: str | None = None, after: str | None = None, limit: int | None = None) -> AttributePage:
        """Return the definitions of custom attributes, by name."""
        return self.call(OPERATIONS["list_attributes"], search=search, after=after, limit=limit)

    def create_attribute(self, *, body: NewAttribute, idempotency_key: str | None = None) -> AttributeInfo:
        """Define an attribute."""
        return self.call(OPERATIONS["create_attribute"], body=body, idempotency_key=idempotency_key)

    def get_attribute(self, name: str) -> AttributeInfo:
        """Return the definition of an attribute."""
        return self.call(OPERATIONS["get_attribute"], name=name)

    def change_attribute(self, name: str, *, body: AttributeChange, if_match: str | None = None) -> AttributeInfo:
        """Change a definition; what is not sent stays, and so do its name and type."""
        return self.call(OPERATIONS["change_attribute"], body=body, name=name, if_match=if_match)

    def delete_attribute(self, name: str, *, if_match: str | None = None) -> None:
        """Delete a definition; users keep their values, which nothing checks any more."""
        return self.call(OPERATIONS["delete_attribute"], name=name, if_match=if_match)

    def list_providers(self, *, search: str | None = None, after: str | None = None, limit: int | None = None) -> ProviderPage:
        """Return the source systems whose exports are read, by name."""
        return self.call(OPERATIONS["list_providers"], search=search, after=after, limit=limit)

    def get_provider(self, name: str) -> ProviderInfo:
        """Return a source system."""
        return self.call(OPERATIONS["get_provider"], name=name)

    def list_formats(self, *, search: str | None = None, after: str | None = None, limit: int | None = None) -> FormatPage:
        """Return the password formats whose hashes are verified, by id."""
        return self.call(OPERATIONS["list_formats"], search=search, after=after, limit=limit)

    def get_format(self, format_id: str) -> FormatInfo:
        """Return a password format."""
        return self.call(OPERATIONS["get_format"], format_id=format_id)

    def list_webhooks(self, *, search: str | None = None, after: str | None = None, limit: int | None = None) -> WebhookPage:
        """Return webhooks, by name."""
        return self.call(OPERATIONS["list_webhooks"], search=search, after=after, limit=limit)

    def create_webhook(self, *, body: NewWebhook, idempotency_key: str | None = None) -> WebhookWithSecret:
        """Create a webhook; its secret is answered this once."""
        return self.call(OPERATIONS["create_webhook"], body=body, idempotency_key=idempotency_key)

    def get_webhook(self, webhook_id: int) -> WebhookInfo:
        """Return a webhook."""
        return self.call(OPERATIONS["get_webhook"], webhook_id=webhook_id)

    def change_webhook(self, webhook_id: int, *, body: WebhookChange, if_match: str | None = None) -> WebhookInfo:
        """Change a webhook; what is not sent stays."""
        return self.call(OPERATIONS["change_webhook"], body=body, webhook_id=webhook_id, if_match=if_match)

    def delete_webhook(self, webhook_id: int, *, if_match: str | None = None) -> None:
        """Delete a webhook and the log of its notifications."""
        return self.call(OPERATIONS["delete_webhook"], webhook_id=webhook_id, if_match=if_match)

    def renew_webhook_secret(self, webhook_id: int, *, idempotency_key: str | None = None, if_match: str | None = None) -> WebhookWithSecret:
        """Replace the secret at once; the new one is answered this once."""
        return self.call(OPERATIONS["renew_webhook_secret"], webhook_id=webhook_id, idempotency_key=idempotency_key, if_match=if_match)

    def test_webhook(self, webhook_id: int, *, idempotency_key: str | None = None) -> WebhookInfo:
        """Send a test notification, in the background."""
        return self.call(OPERATIONS["test_webhook"], webhook_id=webhook_id, idempotency_key=idempotency_key)

    def list_directories(self, *, mode: DirectoryMode | None = None, search: str | None = None, after: int | None = None, limit: int | None = None) -> DirectoryPage:
        """Return legacy directories, by id."""
        return self.call(OPERATIONS["list_directories"], mode=mode, search=search, after=after, limit=limit)

    def get_directory(self, directory_id: int) -> DirectoryInfo:
        """Return a legacy directory."""
        return self.call(OPERATIONS["get_directory"], directory_id=directory_id)

    def set_directory_mode(self, directory_id: int, *, body: NewDirectoryMode, if_match: str | None = None) -> DirectoryInfo:
        """Set what a directory is asked for; closing it erases its secret."""
        return self.call(OPERATIONS["set_directory_mode"], body=body, directory_id=directory_id, if_match=if_match)

    def list_campaigns(self, *, state: CampaignState | None = None, search: str | None = None, after: int | None = None, limit: int | None = None) -> CampaignPage:
        """Return campaigns, newest first."""
        return self.call(OPERATIONS["list_campaigns"], state=state, search=search, after=after, limit=limit)

    def get_campaign(self, campaign_id: int) -> CampaignDetails:
        """Return a campaign with its numbers."""
        return self.call(OPERATIONS["get_campaign"], campaign_id=campaign_id)

    def list_recipients(self, campaign_id: int, *, state: InvitationState | None = None, after: int | None = None, limit: int | None = None) -> RecipientPage:
        """Return the recipients of a campaign, by id."""
        return self.call(OPERATIONS["list_recipients"], campaign_id=campaign_id, state=state, after=after, limit=limit)

    def start_campaign(self, campaign_id: int, *, idempotency_key: str | None = None, if_match: str | None = None) -> CampaignDetails:
        """Begin to send the e-mails, or go on, in the background."""
        return self.call(OPERATIONS["start_campaign"], campaign_id=campaign_id, idempotency_key=idempotency_key, if_match=if_match)

    def pause_campaign(self, campaign_id: int, *, idempotency_key: str | None = None) -> CampaignDetails:
        """Stop after the e-mail that is being sent."""
        return self.call(OPERATIONS["pause_campaign"], campaign_id=campaign_id, idempotency_key=idempotency_key)

    def create_reminder(self, campaign_id: int, *, idempotency_key: str | None = None) -> CampaignDetails:
        """Create a campaign for those who have not chosen a password; it waits to be started."""
        return self.call(OPERATIONS["create_reminder"], campaign_id=campaign_id, idempotency_key=idempotency_key)

    def export_users(self, target: str, *, format: str | None = None, source: str | None = None, group: str | None = None, search: str | None = None, job: int | None = None, after: str | None = None, limit: int | None = None, credentials: bool | None = None) -> str:
        """Return users as a stream, in the order of their subject ids, without administrators."""
        return self.call(OPERATIONS["export_users"], target=target, format=format, source=source, group=group, search=search, job=job, after=after, limit=limit, credentials=credentials)

OPERATIONS = {
    each.name: each
    for each in [
    Operation('upload_file', ('jobs', 'upload-file'), 'POST', '/api/v1/jobs', [Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['multipart/form-data'], 'Make a job of a file, with the mapping that is given or suggested'),
    Operation('list_jobs', ('jobs', 'list'), 'GET', '/api/v1/jobs', [Parameter('state', 'state', 'query', 'JobState | None', 'Only jobs in this state.'), Parameter('provider', 'provider', 'query', 'str | None', 'Only jobs whose file this source system reads.'), Parameter('search', 'search', 'query', 'str', 'Part of the name of the job or its file.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most jobs on the page, up to 100.')], [], 'Return jobs, newest first'),
    Operation('list_activity', ('jobs', 'list-activity'), 'GET', '/api/v1/jobs/{job_id}/activity', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the activity log of a job, newest first: who did what, and when'),
    Operation('import_again', ('jobs', 'import-again'), 'POST', '/api/v1/jobs/{job_id}/copies', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Make another job of the same file, with the same mapping and options'),
    Operation('get_mapping', ('jobs', 'get-mapping'), 'GET', '/api/v1/jobs/{job_id}/mapping', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.')], [], "Return a job's mapping, and the columns that it can read"),
    Operation('save_mapping', ('jobs', 'save-mapping'), 'PUT', '/api/v1/jobs/{job_id}/mapping', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], "Set a job's mapping and mode; its earlier dry run counts no more"),
    Operation('set_policies', ('jobs', 'set-policies'), 'PUT', '/api/v1/jobs/{job_id}/policies', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Set what a job does about conflicts and with each field; see docs/conflicts.md'),
    Operation('set_limits', ('jobs', 'set-limits'), 'PUT', '/api/v1/jobs/{job_id}/limits', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Set how fast a job writes and when it pauses automatically; counts at once'),
    Operation('get_job', ('jobs', 'get'), 'GET', '/api/v1/jobs/{job_id}', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('wait', 'wait', 'query', 'int', 'Seconds to wait until the state or phase of a busy job changes; it may be answered earlier.')], [], 'Return a job: its state, progress and totals'),
    Operation('watch_job', ('jobs', 'watch'), 'GET', '/api/v1/jobs/{job_id}/events', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('last_event_id', 'Last-Event-ID', 'header', 'str', 'Id of the last event that was received. Empty: none.')], [], 'Send the job whenever it has changed, as server-sent events'),
    Operation('start_dry_run', ('jobs', 'start-dry-run'), 'POST', '/api/v1/jobs/{job_id}/dry-run', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Begin the dry run over the whole file, in the background'),
    Operation('get_dry_run', ('jobs', 'get-dry-run'), 'GET', '/api/v1/jobs/{job_id}/dry-run', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.')], [], 'Return what the dry run found: statuses, problems by error group, losses'),
    Operation('stop_dry_run', ('jobs', 'stop-dry-run'), 'DELETE', '/api/v1/jobs/{job_id}/dry-run', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.')], [], 'Stop a dry run that is still in progress'),
    Operation('get_report', ('jobs', 'get-report'), 'GET', '/api/v1/jobs/{job_id}/report', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.')], [], 'Return the result of the dry run or the run, as `import_users --json` prints it'),
    Operation('start_run', ('jobs', 'start-run'), 'POST', '/api/v1/jobs/{job_id}/run', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Begin to import, in the background; with `pilot` only the first rows'),
    Operation('pause', ('jobs', 'pause'), 'POST', '/api/v1/jobs/{job_id}/pause', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], [], 'Stop after the chunks that are being written now; resume goes on'),
    Operation('resume', ('jobs', 'resume'), 'POST', '/api/v1/jobs/{job_id}/resume', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Go on with a job that is paused, was cancelled, or stands after its pilot'),
    Operation('cancel', ('jobs', 'cancel'), 'POST', '/api/v1/jobs/{job_id}/cancel', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], [], 'Stop after the chunks that are being written now; what is imported stays'),
    Operation('retry', ('jobs', 'retry'), 'POST', '/api/v1/jobs/{job_id}/retry', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Try records again: those that are meant, or all that failed; with answers to decisions'),
    Operation('list_records', ('jobs', 'list-records'), 'GET', '/api/v1/jobs/{job_id}/records', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('rows', 'rows', 'query', 'list[int] | None', 'Row numbers in the file, from 1, in any order. Null: all rows.'), Parameter('status', 'status', 'query', 'Status | None', 'Only records with this status. Null: with any.'), Parameter('reason', 'reason', 'query', 'str', 'Only records whose status was decided by this problem code. Empty: by any.'), Parameter('error_group', 'error_group', 'query', 'str', 'Only records of this error group, by its id of 32 hexadecimal digits. Empty: of any.'), Parameter('stage', 'stage', 'query', 'str', 'Only records that failed in this stage: `profile`, `authenticators` or `memberships`, or `reading` where the row never became a record. Empty: any record.'), Parameter('chunk', 'chunk', 'query', 'str', 'Only rows that were written in this chunk: its number, such as 3, or 2.3 for the third chunk of the second attempt. Empty: any.'), Parameter('search', 'search', 'query', 'str', 'A row number, the beginning of a subject id, user name or e-mail address, or a whole phone number. Empty: any record.'), Parameter('first_row', 'first_row', 'query', 'int | None', 'Number of the first row that is meant. Null: from the beginning of the file.'), Parameter('last_row', 'last_row', 'query', 'int | None', 'Number of the last row that is meant. Null: to the end of the file.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the records that are meant, in file order'),
    Operation('get_record', ('jobs', 'get-record'), 'GET', '/api/v1/jobs/{job_id}/records/{row}', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('row', 'row', 'path', 'int', 'Number of the record in the file, from 1.')], [], 'Return one record with what it changed and its earlier attempts'),
    Operation('list_reasons', ('jobs', 'list-reasons'), 'GET', '/api/v1/jobs/{job_id}/reasons', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('status', 'status', 'query', "Literal['created', 'updated', 'skipped', 'failed']", 'The status to explain.'), Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return why records have a status and how many, the most frequent first'),
    Operation('list_error_groups', ('jobs', 'list-error-groups'), 'GET', '/api/v1/jobs/{job_id}/error-groups', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return what records fail for, group by group, the most frequent first'),
    Operation('get_error_group', ('jobs', 'get-error-group'), 'GET', '/api/v1/jobs/{job_id}/error-groups/{digest}', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('digest', 'digest', 'path', 'str', 'Id of the error group, 32 hexadecimal digits.')], [], 'Return an error group with the corrections that help its first records'),
    Operation('list_corrections', ('jobs', 'list-corrections'), 'GET', '/api/v1/jobs/{job_id}/corrections', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the corrections of a job in their order, with how many records have each'),
    Operation('add_correction', ('jobs', 'add-correction'), 'POST', '/api/v1/jobs/{job_id}/corrections', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Correct the records of an error group'),
    Operation('remove_correction', ('jobs', 'remove-correction'), 'DELETE', '/api/v1/jobs/{job_id}/corrections/{number}', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('number', 'number', 'path', 'int', 'Number of the correction in its job.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Let a correction hold no more; what was imported with it stays as it is'),
    Operation('preview_missing_users', ('jobs', 'preview-missing-users'), 'GET', '/api/v1/jobs/{job_id}/missing-users', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('users', 'users', 'query', 'list[int] | None', 'Ids of single users, from the list of missing users. Null: all of them.'), Parameter('kind', 'kind', 'query', 'LeaverKind | None', '`active` (whom the source system brought), `linked` (whom another one brought, and who have a subject id of this one) or `inactive` (disabled already). Null: all.'), Parameter('search', 'search', 'query', 'str', 'Start of a subject id, e-mail address, user name or phone number.'), Parameter('with_linked', 'with_linked', 'query', 'bool', 'Also disable users whom another source system brought.')], [], 'Return how many users are missing from the file, and the preview of disabling them'),
    Operation('list_missing_users', ('jobs', 'list-missing-users'), 'GET', '/api/v1/jobs/{job_id}/missing-users/list', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('users', 'users', 'query', 'list[int] | None', 'Ids of single users, from the list of missing users. Null: all of them.'), Parameter('kind', 'kind', 'query', 'LeaverKind | None', '`active` (whom the source system brought), `linked` (whom another one brought, and who have a subject id of this one) or `inactive` (disabled already). Null: all.'), Parameter('search', 'search', 'query', 'str', 'Start of a subject id, e-mail address, user name or phone number.'), Parameter('with_linked', 'with_linked', 'query', 'bool', 'Also disable users whom another source system brought.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the missing users who are meant, by id; none while they are being compared'),
    Operation('disable_missing_users', ('jobs', 'disable-missing-users'), 'POST', '/api/v1/jobs/{job_id}/missing-users/disable', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Begin to disable users who are missing from the file of a completed job, in the background'),
    Operation('stop_disabling_users', ('jobs', 'stop-disabling-users'), 'DELETE', '/api/v1/jobs/{job_id}/missing-users/disable', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.')], [], 'Stop after the batch that is being disabled now; disabling again goes on with the rest'),
    Operation('preview_undo', ('jobs', 'preview-undo'), 'GET', '/api/v1/jobs/{job_id}/undo', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('rows', 'rows', 'query', 'list[int] | None', 'Row numbers in the file, from 1, in any order. Null: all rows.'), Parameter('signed_in', 'signed_in', 'query', 'bool', 'Also undo users who have signed in since the record was written.'), Parameter('changed', 'changed', 'query', 'bool', 'Also undo users who were changed here since the record was written.'), Parameter('touched_later', 'touched_later', 'query', 'bool', 'Also undo users whom a later import changed; better undo that import first.'), Parameter('only_disabled', 'only_disabled', 'query', 'bool', 'Undo no record, but enable the users again whom the job disabled because they were missing from its file. An undo of all rows does that as well.')], [], 'Return the preview of an undo, and the progress of the latest'),
    Operation('start_undo', ('jobs', 'start-undo'), 'POST', '/api/v1/jobs/{job_id}/undo', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Begin to undo a job, or some of its rows, in the background'),
    Operation('stop_undo', ('jobs', 'stop-undo'), 'DELETE', '/api/v1/jobs/{job_id}/undo', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.')], [], 'Stop an undo after the batch that is being undone; undoing again goes on'),
    Operation('save_template', ('jobs', 'save-template'), 'POST', '/api/v1/jobs/{job_id}/templates', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of the job.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['application/json'], "Keep a job's mapping under a name, as a new version where there is one of that name"),
    Operation('list_uploads', ('uploads', 'list'), 'GET', '/api/v1/uploads', [Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return your uploads that are under way, by id'),
    Operation('begin_upload', ('uploads', 'begin'), 'POST', '/api/v1/uploads', [Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['application/json'], 'Begin to upload a file in parts; send them with PUT …/content'),
    Operation('get_upload', ('uploads', 'get'), 'GET', '/api/v1/uploads/{upload_id}', [Parameter('upload_id', 'upload_id', 'path', 'int', 'Id of the upload.')], [], 'Return an upload: `received` says where it continues'),
    Operation('find_offset', ('uploads', 'find-offset'), 'HEAD', '/api/v1/uploads/{upload_id}', [Parameter('upload_id', 'upload_id', 'path', 'int', 'Id of the upload.')], [], 'Say where an upload continues, in the header Upload-Offset'),
    Operation('delete_upload', ('uploads', 'delete'), 'DELETE', '/api/v1/uploads/{upload_id}', [Parameter('upload_id', 'upload_id', 'path', 'int', 'Id of the upload.')], [], 'Delete an upload, with all that has arrived of it'),
    Operation('send_part', ('uploads', 'send-part'), 'PUT', '/api/v1/uploads/{upload_id}/content', [Parameter('upload_id', 'upload_id', 'path', 'int', 'Id of the upload.'), Parameter('content_range', 'Content-Range', 'header', 'str', 'The place of the part, as `bytes FIRST-LAST/SIZE` (RFC 9110).')], ['application/octet-stream'], 'Add a part, of any size; one that breaks off is kept as far as it came'),
    Operation('complete_upload', ('uploads', 'complete'), 'POST', '/api/v1/uploads/{upload_id}/job', [Parameter('upload_id', 'upload_id', 'path', 'int', 'Id of the upload.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['application/json'], 'Make a job of a file that has arrived as a whole, and delete the upload'),
    Operation('send_records', ('records', 'send'), 'POST', '/api/v1/records', [Parameter('dry_run', 'dry_run', 'query', "Literal['true', 'false']", '`true` writes nothing and predicts each status; `false` writes.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['application/json', 'application/x-ndjson'], 'Write up to 1,000 records in one transaction, and return the status of each'),
    Operation('get_own_job', ('records', 'get-own-job'), 'GET', '/api/v1/records/jobs/{job_id}', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of a job of the connection.')], [], 'Return a job of the connection: its state, progress and totals'),
    Operation('list_own_records', ('records', 'list-own'), 'GET', '/api/v1/records/jobs/{job_id}/records', [Parameter('job_id', 'job_id', 'path', 'int', 'Id of a job of the connection.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the present status of each record of a job of the connection, in their order'),
    Operation('list_templates', ('templates', 'list'), 'GET', '/api/v1/templates', [Parameter('search', 'search', 'query', 'str', 'Part of the name or key. Empty: all of them.'), Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the latest version of every template, by name'),
    Operation('import_template', ('templates', 'import'), 'POST', '/api/v1/templates', [Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['application/json'], 'Keep a template that was exported; the same one sent twice makes one version'),
    Operation('export_template', ('templates', 'export'), 'GET', '/api/v1/templates/{version_id}', [Parameter('version_id', 'version_id', 'path', 'int', 'Id of the version, from the list of templates.')], [], 'Return a version as the file that POST /templates takes'),
    Operation('list_sources', ('sources', 'list'), 'GET', '/api/v1/sources', [Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the latest count of every source, the largest first'),
    Operation('get_source', ('sources', 'get'), 'GET', '/api/v1/sources/{source}', [Parameter('source', 'source', 'path', 'str', 'Name of the source, from the list of sources.')], [], "Return how a source's users have signed in day by day, and when they will have"),
    Operation('count_passwords', ('passwords', 'count'), 'GET', '/api/v1/passwords', [], [], 'Return how many imported plain passwords are still to be hashed, of the whole site'),
    Operation('list_users', ('users', 'list'), 'GET', '/api/v1/users', [Parameter('search', 'search', 'query', 'str', 'Start of a subject id, e-mail address, user name or phone number.'), Parameter('source', 'source', 'query', 'str | None', 'Only users whom this source system brought; empty for those created here.'), Parameter('active', 'active', 'query', 'bool | None', 'Only users who may sign in, or who may not.'), Parameter('group', 'group', 'query', 'str | None', 'Only members of the group with this key.'), Parameter('role', 'role', 'query', 'str | None', 'Only users to whom the role with this key is assigned directly.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return users, by id'),
    Operation('get_user', ('users', 'get'), 'GET', '/api/v1/users/{user_id}', [Parameter('user_id', 'user_id', 'path', 'int', 'Id of the user here.')], [], 'Return a user with groups and roles'),
    Operation('list_groups', ('groups', 'list'), 'GET', '/api/v1/groups', [Parameter('search', 'search', 'query', 'str', 'Part of the name or key. Empty: all of them.'), Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return groups, by key'),
    Operation('create_group', ('groups', 'create'), 'POST', '/api/v1/groups', [Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['application/json'], 'Create a group'),
    Operation('get_group', ('groups', 'get'), 'GET', '/api/v1/groups/{group_id}', [Parameter('group_id', 'group_id', 'path', 'int', 'Id of the group.')], [], 'Return a group with its roles'),
    Operation('change_group', ('groups', 'change'), 'PATCH', '/api/v1/groups/{group_id}', [Parameter('group_id', 'group_id', 'path', 'int', 'Id of the group.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Change a group; what is not sent stays'),
    Operation('delete_group', ('groups', 'delete'), 'DELETE', '/api/v1/groups/{group_id}', [Parameter('group_id', 'group_id', 'path', 'int', 'Id of the group.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Delete a group; its members stay, without what it granted'),
    Operation('list_roles', ('roles', 'list'), 'GET', '/api/v1/roles', [Parameter('search', 'search', 'query', 'str', 'Part of the name or key. Empty: all of them.'), Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return roles, by key'),
    Operation('create_role', ('roles', 'create'), 'POST', '/api/v1/roles', [Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['application/json'], 'Create a role'),
    Operation('get_role', ('roles', 'get'), 'GET', '/api/v1/roles/{role_id}', [Parameter('role_id', 'role_id', 'path', 'int', 'Id of the role.')], [], 'Return a role with the permissions that it grants'),
    Operation('change_role', ('roles', 'change'), 'PATCH', '/api/v1/roles/{role_id}', [Parameter('role_id', 'role_id', 'path', 'int', 'Id of the role.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Change a role; what is not sent stays'),
    Operation('delete_role', ('roles', 'delete'), 'DELETE', '/api/v1/roles/{role_id}', [Parameter('role_id', 'role_id', 'path', 'int', 'Id of the role.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Delete a role; whoever has it loses what it granted'),
    Operation('list_attributes', ('attributes', 'list'), 'GET', '/api/v1/attributes', [Parameter('search', 'search', 'query', 'str', 'Part of the name or key. Empty: all of them.'), Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the definitions of custom attributes, by name'),
    Operation('create_attribute', ('attributes', 'create'), 'POST', '/api/v1/attributes', [Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['application/json'], 'Define an attribute'),
    Operation('get_attribute', ('attributes', 'get'), 'GET', '/api/v1/attributes/{name}', [Parameter('name', 'name', 'path', 'str', 'Name of the attribute.')], [], 'Return the definition of an attribute'),
    Operation('change_attribute', ('attributes', 'change'), 'PATCH', '/api/v1/attributes/{name}', [Parameter('name', 'name', 'path', 'str', 'Name of the attribute.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Change a definition; what is not sent stays, and so do its name and type'),
    Operation('delete_attribute', ('attributes', 'delete'), 'DELETE', '/api/v1/attributes/{name}', [Parameter('name', 'name', 'path', 'str', 'Name of the attribute.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Delete a definition; users keep their values, which nothing checks any more'),
    Operation('list_providers', ('providers', 'list'), 'GET', '/api/v1/providers', [Parameter('search', 'search', 'query', 'str', 'Part of the name or key. Empty: all of them.'), Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the source systems whose exports are read, by name'),
    Operation('get_provider', ('providers', 'get'), 'GET', '/api/v1/providers/{name}', [Parameter('name', 'name', 'path', 'str', 'Name of the source system.')], [], 'Return a source system'),
    Operation('list_formats', ('formats', 'list'), 'GET', '/api/v1/formats', [Parameter('search', 'search', 'query', 'str', 'Part of the name or key. Empty: all of them.'), Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the password formats whose hashes are verified, by id'),
    Operation('get_format', ('formats', 'get'), 'GET', '/api/v1/formats/{format_id}', [Parameter('format_id', 'format_id', 'path', 'str', 'Id of the format.')], [], 'Return a password format'),
    Operation('list_webhooks', ('webhooks', 'list'), 'GET', '/api/v1/webhooks', [Parameter('search', 'search', 'query', 'str', 'Part of the name or key. Empty: all of them.'), Parameter('after', 'after', 'query', 'str', '`next` of the page before. Empty: the first page.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return webhooks, by name'),
    Operation('create_webhook', ('webhooks', 'create'), 'POST', '/api/v1/webhooks', [Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], ['application/json'], 'Create a webhook; its secret is answered this once'),
    Operation('get_webhook', ('webhooks', 'get'), 'GET', '/api/v1/webhooks/{webhook_id}', [Parameter('webhook_id', 'webhook_id', 'path', 'int', 'Id of the webhook.')], [], 'Return a webhook'),
    Operation('change_webhook', ('webhooks', 'change'), 'PATCH', '/api/v1/webhooks/{webhook_id}', [Parameter('webhook_id', 'webhook_id', 'path', 'int', 'Id of the webhook.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Change a webhook; what is not sent stays'),
    Operation('delete_webhook', ('webhooks', 'delete'), 'DELETE', '/api/v1/webhooks/{webhook_id}', [Parameter('webhook_id', 'webhook_id', 'path', 'int', 'Id of the webhook.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Delete a webhook and the log of its notifications'),
    Operation('renew_webhook_secret', ('webhooks', 'renew-webhook-secret'), 'POST', '/api/v1/webhooks/{webhook_id}/secret', [Parameter('webhook_id', 'webhook_id', 'path', 'int', 'Id of the webhook.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Replace the secret at once; the new one is answered this once'),
    Operation('test_webhook', ('webhooks', 'test'), 'POST', '/api/v1/webhooks/{webhook_id}/test', [Parameter('webhook_id', 'webhook_id', 'path', 'int', 'Id of the webhook.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], [], 'Send a test notification, in the background'),
    Operation('list_directories', ('directories', 'list'), 'GET', '/api/v1/directories', [Parameter('mode', 'mode', 'query', 'DirectoryMode | None', 'Only directories in this mode.'), Parameter('search', 'search', 'query', 'str', 'Part of the name or key. Empty: all of them.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return legacy directories, by id'),
    Operation('get_directory', ('directories', 'get-directory'), 'GET', '/api/v1/directories/{directory_id}', [Parameter('directory_id', 'directory_id', 'path', 'int', 'Id of the directory.')], [], 'Return a legacy directory'),
    Operation('set_directory_mode', ('directories', 'set-directory-mode'), 'PUT', '/api/v1/directories/{directory_id}/mode', [Parameter('directory_id', 'directory_id', 'path', 'int', 'Id of the directory.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], ['application/json'], 'Set what a directory is asked for; closing it erases its secret'),
    Operation('list_campaigns', ('campaigns', 'list'), 'GET', '/api/v1/campaigns', [Parameter('state', 'state', 'query', 'CampaignState | None', 'Only campaigns in this state.'), Parameter('search', 'search', 'query', 'str', 'Part of the name or key. Empty: all of them.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return campaigns, newest first'),
    Operation('get_campaign', ('campaigns', 'get'), 'GET', '/api/v1/campaigns/{campaign_id}', [Parameter('campaign_id', 'campaign_id', 'path', 'int', 'Id of the campaign.')], [], 'Return a campaign with its numbers'),
    Operation('list_recipients', ('campaigns', 'list-recipients'), 'GET', '/api/v1/campaigns/{campaign_id}/recipients', [Parameter('campaign_id', 'campaign_id', 'path', 'int', 'Id of the campaign.'), Parameter('state', 'state', 'query', 'InvitationState | None', 'Only recipients in this state.'), Parameter('after', 'after', 'query', 'int | None', '`next` of the page before. Null: from the beginning.'), Parameter('limit', 'limit', 'query', 'int', 'Most entries on the page, up to 1,000.')], [], 'Return the recipients of a campaign, by id'),
    Operation('start_campaign', ('campaigns', 'start'), 'POST', '/api/v1/campaigns/{campaign_id}/start', [Parameter('campaign_id', 'campaign_id', 'path', 'int', 'Id of the campaign.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.'), Parameter('if_match', 'If-Match', 'header', 'str', 'The `digest` of what you have read. The request is refused if anything on which it depends has changed since. Empty: it applies to the job as it is now.')], [], 'Begin to send the e-mails, or go on, in the background'),
    Operation('pause_campaign', ('campaigns', 'pause'), 'POST', '/api/v1/campaigns/{campaign_id}/pause', [Parameter('campaign_id', 'campaign_id', 'path', 'int', 'Id of the campaign.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], [], 'Stop after the e-mail that is being sent'),
    Operation('create_reminder', ('campaigns', 'create-reminder'), 'POST', '/api/v1/campaigns/{campaign_id}/reminders', [Parameter('campaign_id', 'campaign_id', 'path', 'int', 'Id of the campaign.'), Parameter('idempotency_key', 'Idempotency-Key', 'header', 'str', 'Printable ASCII of your choice: for seven days, the same request with the same key is done once, and answered again. Empty: every request is done.')], [], 'Create a campaign for those who have not chosen a password; it waits to be started'),
    Operation('export_users', ('exports', 'export-users'), 'GET', '/api/v1/exports/{target}', [Parameter('target', 'target', 'path', 'str', 'Where to: native.'), Parameter('format', 'format', 'query', 'str', 'A form of the target; the first one unless given.'), Parameter('source', 'source', 'query', 'str', 'Only users of this source.'), Parameter('group', 'group', 'query', 'str', 'Only members of the group with this key.'), Parameter('search', 'search', 'query', 'str', 'Only users with an identifier that begins like this.'), Parameter('job', 'job', 'query', 'int | None', 'Only users whom this import job created or updated.'), Parameter('after', 'after', 'query', 'str', 'Only users whose subject ids follow this one.'), Parameter('limit', 'limit', 'query', 'int | None', 'Most users; all unless given.'), Parameter('credentials', 'credentials', 'query', 'bool', 'With password hashes and authenticators: takes a token with the scope `credentials` and the permission `accounts.export_credentials`.')], [], 'Return users as a stream, in the order of their subject ids, without administrators'),
    ]
}
