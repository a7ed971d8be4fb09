"""The kinds of conflicts: what a record can meet, and everything there is to say about each.

A new kind is a `Reason` with its row here, rows for its problems in `imports.core.problems`, and
the place in `imports.core.planning` that finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class RecordStage(StrEnum):
    """The parts of a record, in the order in which they are planned."""

    PROFILE = "profile"
    AUTHENTICATORS = "authenticators"
    MEMBERSHIPS = "memberships"


class Reason(StrEnum):
    """What a record meets; see docs/conflicts.md."""

    PROFILE_EXISTS = "profile_exists"
    MATCH_UNVERIFIED = "match_unverified"
    VALUE_TAKEN = "value_taken"
    AUTHENTICATOR_EXISTS = "authenticator_exists"
    AUTHENTICATOR_TAKEN = "authenticator_taken"
    MEMBERSHIP_EXISTS = "membership_exists"
    CONCURRENT_CHANGE = "concurrent_change"


class Resolution(StrEnum):
    """What is done about it: `skip`, `overwrite` or `fail` it.

    To `stop` fails the record, and pauses the job after its chunk.
    """

    SKIP = "skip"
    OVERWRITE = "overwrite"
    FAIL = "fail"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class ConflictKind:
    """One row of the conflict table.

    `label` is what pages call it, `meets` what is met, for the documentation. `skipping` and
    `overwriting` say what these do; a kind that cannot be overwritten says instead in
    `never_overwritten` why. `default` is what is done unless something else is chosen, `in_update`
    what the mode “update” does, where that differs. A value that two rows of
    one file share is a conflict of the kind whose `field` its own begins with.
    """

    reason: Reason
    stage: RecordStage
    label: str
    meets: str
    default: Resolution
    skipping: str
    overwriting: str = ""
    never_overwritten: str = ""
    in_update: Resolution | None = None
    field: str = ""

    @property
    def help(self) -> str:
        """Return what can be chosen, and what each choice does."""
        said = f"Skip: {self.skipping}."
        return f"{said} Overwrite: {self.overwriting}." if self.overwriting else said


@dataclass(frozen=True, slots=True)
class Met:
    """One conflict that a record met, and what was done about it."""

    reason: Reason
    resolution: Resolution

    @property
    def stage(self) -> RecordStage:
        return KINDS[self.reason].stage


_ROWS = (
    ConflictKind(
        Reason.PROFILE_EXISTS,
        RecordStage.PROFILE,
        label="The user already exists",
        meets="a user has this subject id, or whatever else the job matches users by",
        default=Resolution.SKIP,
        in_update=Resolution.OVERWRITE,
        skipping="the record is skipped",
        overwriting="the user is updated, field by field, according to the field policies",
        field="subject_id",
    ),
    ConflictKind(
        Reason.MATCH_UNVERIFIED,
        RecordStage.PROFILE,
        label="The value that matched is not verified",
        meets="the user was matched by an e-mail address or phone number that is not verified both"
        " here and in the file, and would be updated",
        default=Resolution.FAIL,
        skipping="the record is skipped",
        overwriting="the user is updated anyway; choose it only if nobody can enter somebody else's"
        " address or number, here or in the source system",
    ),
    ConflictKind(
        Reason.VALUE_TAKEN,
        RecordStage.PROFILE,
        label="A unique value is already in use by another user",
        meets="e-mail address, user name, phone number or unique attribute of another user, or a"
        " name that another user signs in with",
        default=Resolution.FAIL,
        skipping="the record is skipped; nobody is imported for it",
        never_overwritten="A value of another user cannot be reassigned, because that would "
        "allow account "
        "takeover.",
        field="profile.",
    ),
    ConflictKind(
        Reason.AUTHENTICATOR_EXISTS,
        RecordStage.AUTHENTICATORS,
        label="The user already has such an authenticator",
        meets="the user has an authenticator app, or recovery codes",
        default=Resolution.SKIP,
        skipping="the user keeps theirs; the rest of the record is imported",
        overwriting="it is replaced, unless the user has signed in here",
    ),
    ConflictKind(
        Reason.AUTHENTICATOR_TAKEN,
        RecordStage.AUTHENTICATORS,
        label="A login or passkey is already in use by another user",
        meets="external login or passkey of another user",
        default=Resolution.FAIL,
        skipping="the record is skipped; nobody is imported for it",
        never_overwritten="An external login or passkey of another user cannot be reassigned, "
        "because that "
        "would allow account takeover.",
        field="authenticators.",
    ),
    ConflictKind(
        Reason.MEMBERSHIP_EXISTS,
        RecordStage.MEMBERSHIPS,
        label="The user is already a member",
        meets="the user is in the group or has the role",
        default=Resolution.SKIP,
        skipping="the membership stays; the rest of the record is imported",
        never_overwritten="A membership holds nothing that could be overwritten: the user has it"
        " or not.",
    ),
    ConflictKind(
        Reason.CONCURRENT_CHANGE,
        RecordStage.PROFILE,
        label="Somebody else changed the same data",
        meets="somebody writes the same values whenever the record is written",
        default=Resolution.FAIL,
        skipping="the record is skipped after several attempts",
        never_overwritten="What somebody else has just written is planned again: to overwrite it"
        " unseen would lose their change.",
    ),
)
KINDS: Mapping[Reason, ConflictKind] = MappingProxyType({kind.reason: kind for kind in _ROWS})


def find_reason(field: str) -> Reason:
    """Return the kind of conflict that two records have which share the value of a field."""
    return next(kind.reason for kind in _ROWS if kind.field and field.startswith(kind.field))
