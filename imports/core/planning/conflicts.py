"""What can stand in a record's way, and what may be done about it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from imports.core.errors import ImporterError


class Mode(StrEnum):
    """What happens to records whose user exists already: the preset of the conflict table."""

    SKIP = "skip"
    UPDATE = "update"
    FAIL = "fail"


class Step(StrEnum):
    """The parts of a record, in the order in which they are planned."""

    PROFILE = "profile"
    AUTHENTICATORS = "authenticators"
    MEMBERSHIPS = "memberships"


class Reason(StrEnum):
    """What a record meets."""

    PROFILE_EXISTS = "profile_exists"
    VALUE_TAKEN = "value_taken"
    AUTHENTICATOR_EXISTS = "authenticator_exists"
    AUTHENTICATOR_TAKEN = "authenticator_taken"
    MEMBERSHIP_EXISTS = "membership_exists"
    CONCURRENT_CHANGE = "concurrent_change"


class Resolution(StrEnum):
    """What is done about it. Stopping fails the record, and pauses the job after its chunk."""

    SKIP = "skip"
    OVERWRITE = "overwrite"
    FAIL = "fail"
    STOP = "stop"


STEPS: Mapping[Reason, Step] = {
    Reason.PROFILE_EXISTS: Step.PROFILE,
    Reason.VALUE_TAKEN: Step.PROFILE,
    Reason.AUTHENTICATOR_EXISTS: Step.AUTHENTICATORS,
    Reason.AUTHENTICATOR_TAKEN: Step.AUTHENTICATORS,
    Reason.MEMBERSHIP_EXISTS: Step.MEMBERSHIPS,
    Reason.CONCURRENT_CHANGE: Step.PROFILE,
}
# Why these cannot be chosen; everything else can.
IMPOSSIBLE: Mapping[tuple[Reason, Resolution], str] = {
    (Reason.VALUE_TAKEN, Resolution.OVERWRITE): (
        "A value that belongs to another user cannot be taken away from them: that is how accounts"
        " are taken over."
    ),
    (Reason.AUTHENTICATOR_TAKEN, Resolution.OVERWRITE): (
        "A login or passkey that belongs to another user cannot be taken away from them: that is"
        " how accounts are taken over."
    ),
    (Reason.MEMBERSHIP_EXISTS, Resolution.OVERWRITE): (
        "A membership holds nothing that could be overwritten: the user has it or not."
    ),
    (Reason.CONCURRENT_CHANGE, Resolution.OVERWRITE): (
        "What somebody else writes at the same moment is planned anew; to overwrite it unseen"
        " would lose their change."
    ),
}
Table = Mapping[Reason, Resolution]
_KEEP: Table = {
    Reason.PROFILE_EXISTS: Resolution.SKIP,
    Reason.VALUE_TAKEN: Resolution.FAIL,
    Reason.AUTHENTICATOR_EXISTS: Resolution.SKIP,
    Reason.AUTHENTICATOR_TAKEN: Resolution.FAIL,
    Reason.MEMBERSHIP_EXISTS: Resolution.SKIP,
    Reason.CONCURRENT_CHANGE: Resolution.FAIL,
}
PRESETS: Mapping[Mode, Table] = {
    Mode.SKIP: _KEEP,
    Mode.UPDATE: {**_KEEP, Reason.PROFILE_EXISTS: Resolution.OVERWRITE},
    Mode.FAIL: dict.fromkeys(Reason, Resolution.FAIL),
}


class PolicyError(ImporterError):
    """A conflict table, field policy or resolver asks for what cannot be done."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a resolver is told of one conflict; it holds no secrets.

    `field` is a path into the record; `owner` the subject id of the user who is in the way, who is
    somebody else where something is taken. `incoming` holds the record's profile, with its
    attributes under `attributes`; `existing` that of the record's own user, if there is one.
    `proposed` is what the table says.
    """

    reason: Reason
    field: str
    subject_id: str
    owner: str
    proposed: Resolution
    incoming: Mapping[str, Any] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    existing: Mapping[str, Any] = dataclasses.field(default_factory=lambda: MappingProxyType({}))

    @property
    def step(self) -> Step:
        return STEPS[self.reason]


class Resolver(Protocol):
    """A rule that a table cannot say. It goes by its argument alone: see docs/conflicts.md."""

    def resolve(self, conflict: Conflict) -> Resolution | None:
        """Return what is to be done, or None for what the table says."""


@dataclass(frozen=True, slots=True)
class ConflictPolicy:
    """The table of a job, and the resolver of the installation if it has one."""

    table: Table
    resolver: Resolver | None = None

    @property
    def may_update(self) -> bool:
        """Return whether any existing user could be changed."""
        overwrites = self.table[Reason.PROFILE_EXISTS] is Resolution.OVERWRITE
        return overwrites or self.resolver is not None

    def resolve(self, conflict: Conflict) -> Resolution:
        """Return what is done about a conflict; raises PolicyError for an impossible answer."""
        answer = self.resolver.resolve(conflict) if self.resolver else None
        if answer is None:
            return conflict.proposed
        resolution = Resolution(answer)
        check_resolution(conflict.reason, resolution)
        return resolution


def check_resolution(reason: Reason, resolution: Resolution) -> None:
    """Raise PolicyError, with the reason in words, if this cannot be done."""
    if words := IMPOSSIBLE.get((reason, resolution)):
        raise PolicyError(f"{REASON_LABELS[reason]}: {words}")


def build_table(mode: Mode, chosen: Mapping[str, str]) -> Table:
    """Return the preset with what was chosen by reason; raises PolicyError."""
    table = dict(PRESETS[mode])
    for name, value in chosen.items():
        try:
            reason, resolution = Reason(name), Resolution(value)
        except ValueError:
            raise PolicyError(
                f"“{name}={value}” is no rule for conflicts. Reasons: {', '.join(Reason)};"
                f" resolutions: {', '.join(Resolution)}."
            ) from None
        check_resolution(reason, resolution)
        table[reason] = resolution
    return table


REASON_LABELS: Mapping[Reason, str] = {
    Reason.PROFILE_EXISTS: "The user exists",
    Reason.VALUE_TAKEN: "A unique value belongs to another user",
    Reason.AUTHENTICATOR_EXISTS: "The user has such an authenticator",
    Reason.AUTHENTICATOR_TAKEN: "A login or passkey belongs to another user",
    Reason.MEMBERSHIP_EXISTS: "The user is a member already",
    Reason.CONCURRENT_CHANGE: "Somebody changes the same data meanwhile",
}
