"""Users who are missing from a file, and the decision to disable them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from imports.api.schemas.given import Given, Word
from imports.api.schemas.records import MAX_ROW, MAX_ROWS
from imports.core.planning.leavers import Doubt, KeptReason
from imports.models import LeaverKind
from imports.models.leavers import DisablingState

UserId = Annotated[int, Field(ge=1, le=MAX_ROW)]


class MissingUsers(Given, strict=False):
    """The missing users who are meant: all that is given has to hold."""

    users: list[UserId] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_ROWS,
        description="Ids of single users, from the list of missing users. Null: all of them.",
    )
    kind: Word[LeaverKind] | None = Field(
        default=None,
        description="`active` (whom the source system brought), `linked` (whom another one brought,"
        " and who have a subject id of this one) or `inactive` (disabled already). Null: all.",
    )
    search: Annotated[str, Field(max_length=300)] = Field(
        default="",
        description="Start of a subject id, e-mail address, user name or phone number.",
    )
    with_linked: bool = Field(
        default=False,
        description="Also disable users whom another source system brought.",
    )


class NewDisabling(MissingUsers, strict=True):
    """Whom to disable."""

    confirm: bool = Field(
        default=False,
        description="Confirms that the file has all users of its source system, whatever the"
        " `doubts` of the preview say. Without it, a request is refused while there are any.",
    )


class DisablingInfo(Schema):
    """A decision to disable missing users, and its results."""

    state: DisablingState = Field(description="How it stands.")
    total: int = Field(description="Users whom it is about.")
    done: int = Field(description="Users who have been looked at.")
    counts: dict[str, int] = Field(
        description="Users by result: `disabled`, `inactive` (disabled before), `gone`"
        " (deleted before), or `kept:` and the reason, as in the preview. Empty while it"
        " runs. They add up to those who have been looked at.",
    )
    doubts: list[Doubt] = Field(description="What spoke against it and was confirmed.")
    error: str = Field(description="Why it ended early. Empty otherwise.")
    started_at: datetime = Field(description="When it began.")
    finished_at: datetime | None = Field(description="When it ended. Null while it runs.")


class MissingUsersInfo(Schema):
    """Users of the job's source system who are missing from its file, and the latest decision.

    Many users are compared in the background: until `listed_at` is set, the counts of missing users
    are zero. Ask again.
    """

    source: str = Field(description="Name of the source system, to which the users belong.")
    users: int = Field(description="Active users whom an import of the source system created.")
    found: int = Field(description="Those of them whom the file has.")
    disabled: int = Field(
        default=0,
        description="Of the missing users who are meant: those who would be disabled.",
    )
    inactive: int = Field(default=0, description="Those who are disabled already.")
    kept: dict[KeptReason, int] = Field(
        default_factory=dict,
        description="Those who would be kept, by reason.",
    )
    doubts: list[Doubt] = Field(
        default_factory=list,
        description="What speaks against taking the file for all users of the source system.",
    )
    explanations: list[str] = Field(
        default_factory=list, description="Each of the doubts as a sentence."
    )
    listed_at: datetime | None = Field(
        default=None,
        description="When the users were compared. Null while they are being compared.",
    )
    digest: str = Field(
        default="",
        description="As the `digest` of the job, with this preview as well: sent as If-Match, it"
        " has a decision refused that would disable anybody else. Empty while the users are"
        " being compared.",
    )
    latest: DisablingInfo | None = Field(description="The latest decision. Null without any.")


class MissingUserInfo(Schema):
    """A user who is missing from the file."""

    id: int = Field(description="Id of the user here.")
    subject_id: str = Field(description="Their subject id.")
    username: str | None = Field(description="Their user name.")
    email: str | None = Field(description="Their e-mail address.")
    kind: LeaverKind = Field(description="`active`, `linked` or `inactive`, as in the request.")
    source: str = Field(
        description="Name of the source system that brought them. Empty: created here.",
    )
    last_login: datetime | None = Field(description="When they last signed in here.")
    kept: KeptReason | None = Field(description="Why they cannot be disabled. Null if they can.")


class MissingUserPage(Schema):
    """A page of missing users."""

    users: list[MissingUserInfo] = Field(description="At most `limit` users, by id.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page.",
    )
