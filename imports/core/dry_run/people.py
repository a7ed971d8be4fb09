"""Count the accounts that one may not want to move, and find dates that cannot be right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from imports.core.dry_run.shapes import PeopleCounts
from imports.core.records.records import UserImportRecord

NEVER = ""
# Milliseconds taken for seconds end tens of thousands of years from now, and seconds taken for
# milliseconds in January 1970. No account is as old, and none will sign in a hundred years hence.
PLAUSIBLE_YEARS = range(1971, 2101)
DATE_FIELDS = ("created_at", "last_login", "updated_at")


@dataclass(slots=True)
class People:
    """How many accounts that arrive are stale, disabled, unverified or without a login.

    Records that are skipped or fail count for nothing. `last_sign_ins` are by year, those without
    one under NEVER.
    """

    last_sign_ins: Counter[str] = field(default_factory=Counter)
    disabled: int = 0
    unverified: int = 0
    without_logins: int = 0

    def count(self, record: UserImportRecord) -> None:
        """Count one record."""
        profile = record.profile
        self.last_sign_ins[_name_year(profile.last_login)] += 1
        if profile.active is False:
            self.disabled += 1
        if profile.email and not profile.email_verified:
            self.unverified += 1
        if not has_login(record):
            self.without_logins += 1

    def add(self, other: People) -> None:
        """Add the counts of another part of the file."""
        self.last_sign_ins.update(other.last_sign_ins)
        self.disabled += other.disabled
        self.unverified += other.unverified
        self.without_logins += other.without_logins

    def to_json(self) -> PeopleCounts:
        """Return the form that is stored with a job."""
        return {
            "last_sign_ins": dict(sorted(self.last_sign_ins.items())),
            "disabled": self.disabled,
            "unverified": self.unverified,
            "without_logins": self.without_logins,
        }

    @classmethod
    def from_json(cls, stored: PeopleCounts) -> Self:
        """Return what `to_json` wrote."""
        return cls(
            Counter(stored["last_sign_ins"]),
            stored["disabled"],
            stored["unverified"],
            stored.get("without_logins", 0),  # not counted by older versions
        )


def has_login(record: UserImportRecord) -> bool:
    """Return whether the record has anything to sign in with, or to be told a password by."""
    profile, authenticators = record.profile, record.authenticators
    named = profile.email or profile.username or profile.phone or profile.emails
    return bool(named or authenticators.external_logins or authenticators.passkeys)


def count_people(
    last_logins: Iterable[datetime | None],
    active: Iterable[bool | None],
    emails: Iterable[str | None],
    verified: Iterable[bool | None],
    have_logins: Iterable[object],
) -> People:
    """Return the counts of records that are given as columns; `have_logins` are true or false."""
    return People(
        Counter(map(_name_year, last_logins)),
        disabled=sum(each is False for each in active),
        unverified=sum(
            bool(email) and not sure for email, sure in zip(emails, verified, strict=True)
        ),
        without_logins=sum(not each for each in have_logins),
    )


def _name_year(last: datetime | None) -> str:
    return NEVER if last is None else f"{last.year:04}"


def find_odd_dates(
    record: UserImportRecord, date_attributes: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Yield field and value of each date of a year that it cannot be."""
    profile = record.profile
    for name in DATE_FIELDS:
        timestamp = getattr(profile, name)
        if timestamp is not None and timestamp.year not in PLAUSIBLE_YEARS:
            yield f"profile.{name}", timestamp.isoformat()
    for name in date_attributes & profile.attributes.keys():
        value = str(profile.attributes[name])
        if value[:4] < f"{PLAUSIBLE_YEARS[0]}" or value[:4] > f"{PLAUSIBLE_YEARS[-1]}":
            yield f"profile.attributes.{name}", value
