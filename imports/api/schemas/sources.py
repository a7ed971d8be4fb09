"""The migration progress of a source."""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field


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


class SourcePage(Schema):
    """A page of sources."""

    sources: list[DayInfo] = Field(
        description="At most `limit` sources as last counted, the largest first."
    )
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page.",
    )
