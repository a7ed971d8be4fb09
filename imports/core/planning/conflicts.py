"""What can stand in a record's way, and what may be done about it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from imports.core.errors import ImporterError
from imports.core.problems.conflict_kinds import KINDS, Reason, RecordStage, Resolution

__all__ = [
    "PRESETS",
    "Conflict",
    "ConflictPolicy",
    "Mode",
    "PolicyError",
    "Reason",
    "RecordStage",
    "Resolution",
    "Resolver",
    "Table",
    "build_table",
    "check_resolution",
    "list_resolutions",
]


class Mode(StrEnum):
    """What happens to records whose user exists already: the preset of the conflict table.

    `skip` skips them, `update` updates the user, `fail` lets them fail; see docs/conflicts.md.
    """

    SKIP = "skip"
    UPDATE = "update"
    FAIL = "fail"


Table = Mapping[Reason, Resolution]
PRESETS: Mapping[Mode, Table] = {
    Mode.SKIP: {kind.reason: kind.default for kind in KINDS.values()},
    Mode.UPDATE: {kind.reason: kind.in_update or kind.default for kind in KINDS.values()},
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
    def stage(self) -> RecordStage:
        return KINDS[self.reason].stage


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


def list_resolutions(reason: Reason) -> list[Resolution]:
    """Return what can be chosen for a reason."""
    refused = {Resolution.OVERWRITE} if KINDS[reason].never_overwritten else set()
    return [each for each in Resolution if each not in refused]


def check_resolution(reason: Reason, resolution: Resolution) -> None:
    """Raise PolicyError, with the reason in words, if this cannot be done."""
    kind = KINDS[reason]
    if resolution not in list_resolutions(reason):
        raise PolicyError(f"{kind.label}: {kind.never_overwritten}")


def build_table(mode: Mode, chosen: Mapping[str, str]) -> Table:
    """Return the preset with what was chosen by reason; raises PolicyError."""
    table = dict(PRESETS[mode])
    for name, value in chosen.items():
        try:
            reason, resolution = Reason(name), Resolution(value)
        except ValueError:
            raise PolicyError(
                f"“{name}={value}” is not a conflict policy. Reasons: {', '.join(Reason)}; "
                f"resolutions: {', '.join(Resolution)}."
            ) from None
        check_resolution(reason, resolution)
        table[reason] = resolution
    return table
