"""An undo and its preview."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import Field

from imports.api.schemas.jobs import ProgressInfo
from imports.api.schemas.records import Rows
from imports.models import UndoState


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
    only_disabled: bool = Field(
        default=False,
        description="Undo no record, but enable the users again whom the job disabled because they"
        " were missing from its file. An undo of all rows does that as well.",
    )


class UndoQuery(NewUndo, strict=False):
    """Whom an undo would be of, in the query of its preview."""


class UndoInfo(Schema):
    """An undo of a job, or of some of its records."""

    state: UndoState = Field(description="How it stands.")
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
    """What undoing would change, and the latest undo if there was one.

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
    enabled: int = Field(
        default=0,
        description="Users whom the job disabled, and who would be enabled again.",
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
