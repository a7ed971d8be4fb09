"""What planning reads and returns: options, what exists, and the plan of one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from accounts.authority import Authority, Person
from imports.core.decisions import Decided
from imports.core.planning.conflicts import ConflictPolicy
from imports.core.planning.field_policies import FieldPolicies
from imports.core.problems import Problem, Severity
from imports.core.records.keys import Key
from imports.core.records.records import TOTP, ExternalLogin, Passkey

SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class Action(StrEnum):
    """What a plan does; each becomes a status when it was carried out."""

    CREATE = "create"
    UPDATE = "update"
    SKIP = "skip"
    FAIL = "fail"


IMPORTING = frozenset({Action.CREATE, Action.UPDATE})


@dataclass(slots=True)
class ExistingUser:
    """What the store knows of a user, as far as a plan depends on it.

    `password_is_own` says that the password was chosen, or at least used, here; `updated_at` is
    when the profile last changed, here or at the source it was imported from. `permissions` are
    those of the user's roles, also by their groups, unless a superuser runs the import. What
    follows the subject id is filled in only where users that exist are updated.
    """

    id: int
    subject_id: str
    is_protected: bool = False
    source: str = ""
    profile: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    password: str = field(default="", repr=False)
    password_is_own: bool = False
    password_expires_at: datetime | None = None
    updated_at: datetime | None = None
    emails: dict[str, bool] = field(default_factory=dict)
    logins: set[tuple[str, str]] = field(default_factory=set)
    has_totp: bool = False
    has_recovery_codes: bool = False
    passkeys: set[str] = field(default_factory=set)
    group_ids: set[int] = field(default_factory=set)
    role_ids: set[int] = field(default_factory=set)
    permissions: frozenset[str] = frozenset()

    def is_from_elsewhere(self, source: str) -> bool:
        """Return whether another source brought the user; one made here came from none."""
        return self.source not in ("", source)

    @property
    def person(self) -> Person:
        """Return what the rule of who may change a person goes by."""
        return Person(self.is_protected, self.permissions, self.password_is_own)


@dataclass(frozen=True, slots=True)
class Grant:
    """A group or role that records can name.

    `lacking` names who of those who prepared the import lacks a permission that it carries; empty
    where it may be given.
    """

    id: int
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An earlier row of the same file that holds one of this row's keys.

    `unlike` is how the two rows look like different people, for all that they have one subject id;
    `choice` what was decided about that. Both are as `unlike_people` has them.
    """

    row_number: int
    digest: bytes
    unlike: str = ""
    choice: str = ""


@dataclass(slots=True)
class Snapshot:
    """Everything in the store that the records of one chunk can meet.

    `users` are by every subject id that leads to them. `matches` say for the values that users are
    matched by, where that is not the subject id, the subject id of the user who has each.
    `strangers` are, by row, decisions about records that look like other people than their users.
    `met` are the ids of all users whom the records mean, or who have one of their values.
    """

    users: dict[str, ExistingUser]
    owners: dict[Key, str]
    groups: Mapping[str, Grant]
    roles: Mapping[str, Grant]
    duplicates: Mapping[int, Duplicate]
    matches: Mapping[Key, str] = field(default_factory=dict)
    strangers: Mapping[int, Decided] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a plan depends on besides record and store; `salt` is that of the job's digests."""

    conflicts: ConflictPolicy
    fields: FieldPolicies
    authority: Authority
    unique_attributes: frozenset[str]
    salt: bytes
    matching_key: str = "subject_id"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an existing user that a plan changes, as it may be shown: no secrets."""

    field: str
    old: Any
    new: Any


@dataclass(slots=True)
class Plan:
    """What will be written for one record; for a new user every field, else only what changes."""

    row_number: int
    action: Action
    subject_id: str
    user_id: int | None = None
    profile: dict[str, Any] = field(default_factory=dict)
    updated_at: datetime | None = None
    attributes: dict[str, Any] | None = None
    claimed_attributes: dict[str, str] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)
    plaintext: str | None = field(default=None, repr=False)
    password_expires_at: datetime | None = None
    primary_email: str | None = None
    new_emails: dict[str, bool] = field(default_factory=dict)
    verified_emails: list[str] = field(default_factory=list)
    logins: list[ExternalLogin] = field(default_factory=list)
    totp: TOTP | None = field(default=None, repr=False)
    recovery_codes: list[str] = field(default_factory=list, repr=False)
    # Kinds of authenticators that are removed before those above are written.
    replaced_authenticators: list[str] = field(default_factory=list)
    # Those that were removed: type, data, when created and when last used.
    removed_authenticators: list[list[Any]] = field(default_factory=list, repr=False)
    passkeys: list[Passkey] = field(default_factory=list)
    group_ids: list[int] = field(default_factory=list)
    role_ids: list[int] = field(default_factory=list)
    # Further subject ids by which the user is found: of records that were joined with this one, and
    # of the record itself where the user was matched by something else.
    other_ids: list[str] = field(default_factory=list)
    # What the user is to have no more: fields of the profile, by name what stands there for
    # nothing; names of unique attributes; addresses; ids of groups and roles.
    cleared: dict[str, Any] = field(default_factory=dict)
    released_attributes: list[str] = field(default_factory=list)
    lost_emails: list[str] = field(default_factory=list)
    lost_group_ids: list[int] = field(default_factory=list)
    lost_role_ids: list[int] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # Whether the job is to stop because of this record.
    stops: bool = False
    # What was decided, or has to be, about the record and the user who has its id.
    decided: list[Decided] = field(default_factory=list)
    # The user whom an update changes, as it was.
    existing: ExistingUser | None = field(default=None, repr=False)

    def repeat_for(
        self, row_number: int, user: ExistingUser, profile: dict[str, Any], changes: list[Change]
    ) -> Plan:
        """Return the plan of another row that is decided like this one, with values of its own.

        Only what columns write is carried over: a password and a time are for the caller to set.
        """
        return Plan(
            row_number,
            self.action,
            user.subject_id,
            user.id,
            profile=profile,
            changes=changes,
            problems=self.problems,
            existing=user,
        )

    @property
    def takes_away(self) -> bool:
        """Return whether the user is to have less afterwards."""
        lost = (self.lost_emails, self.lost_group_ids, self.lost_role_ids)
        return bool(self.cleared or self.released_attributes or any(lost))

    @property
    def decisive(self) -> Problem:
        """Return the problem that decided what is not written: the first of the most severe."""
        return min(self.problems, key=lambda problem: SEVERITIES.index(problem.severity))
