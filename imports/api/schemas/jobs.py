"""A job, how it is set up, and how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from imports.api.schemas.given import Given, Word
from imports.api.schemas.mapping import NewMapping
from imports.core.planning.conflicts import Mode, Reason, Resolution
from imports.core.planning.field_policies import FieldPolicy
from imports.core.planning.matching import SUBJECT_ID
from imports.states import JobPhase, JobState


class Policies(Given):
    """Resolutions by reason and policies by field, where they differ from the mode's."""

    conflicts: dict[Word[Reason], Word[Resolution]] = Field(
        default_factory=dict,
        description="What to do by reason: `skip`, `overwrite`, `fail` or `stop`. A reason that"
        " is not named has the resolution of the mode. The table of reasons is in"
        " docs/conflicts.md.",
    )
    field_policies: dict[str, Word[FieldPolicy]] = Field(
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
    unit: Literal["bytes", "rows", "users"] = Field(
        description="What the counts are of: `bytes` while the file is read, then `rows`; `users`"
        " while they are disabled.",
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

    @property
    def etag(self) -> str:
        """Return the entity tag of the answer."""
        return self.digest

    id: int = Field(description="Id of the job, which the URLs of its operations have.")
    digest: str = Field(
        description="Stands for everything on which an action can depend, to be sent as"
        " If-Match. Empty in lists.",
    )
    name: str = Field(description="Name that was given at the upload, else that of the file.")
    state: JobState = Field(description="State of the job.")
    phase: JobPhase = Field(description="What the workers are doing.")
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
    mode: Mode = Field(description="Preset of the conflict policy: `skip`, `update` or `fail`.")
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


class JobQuery(Given, strict=False):
    """Which jobs are meant; all that is given has to hold."""

    state: JobState | None = Field(default=None, description="Only jobs in this state.")
    provider: str | None = Field(
        default=None, max_length=50, description="Only jobs whose file this source system reads."
    )
    search: str = Field(
        default="", max_length=300, description="Part of the name of the job or its file."
    )


class JobPage(Schema):
    """A page of jobs."""

    jobs: list[JobInfo] = Field(description="At most `limit` jobs, newest first.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page.",
    )


class ActivityEntry(Schema):
    """A line of the activity log of a job."""

    id: int = Field(description="Id of the line.")
    at: datetime = Field(description="When it was done.")
    actor: str = Field(description="Who did it. Empty: Userferry itself.")
    sentence: str = Field(description="What was done, in words that follow the actor.")
    detail: str = Field(description="With what, in words. Empty for nothing.")


class ActivityPage(Schema):
    """A page of the activity log."""

    entries: list[ActivityEntry] = Field(description="At most `limit` lines, newest first.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page.",
    )
