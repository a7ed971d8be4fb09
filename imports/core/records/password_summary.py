"""Count the password formats of records, so that they are known before the import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self, TypedDict

from accounts import hashing
from imports.core.problems import Problem, has_errors
from imports.core.records.records import UserImportRecord

# What tells problems of one code apart; none of them is a part of a hash.
DETAILS = ("detail", "value", "outline")
# A file can give every hash a cost of its own: the rest of a format is then counted together.
MAX_KINDS = 100


class Kind(NamedTuple):
    """What hashes have in common. Neither salt nor digest is among it."""

    format_id: str
    parameters: tuple[tuple[str, str], ...]
    weak: bool


class Reason(NamedTuple):
    """Why a hash cannot be used: the code of its problem, and the detail that makes groups."""

    code: str
    detail: str


class StoredSummary(TypedDict, total=False):
    """A password summary as JSON: kinds and reasons as lists, each with its count at the end."""

    kinds: list[list[Any]]
    unusable: list[list[Any]]
    plain: int
    absent: int
    unknown: int


@dataclass(slots=True)
class PasswordSummary:
    """How many records bring which password.

    `unknown` are those that fail for another reason, whose password was not looked at.
    """

    kinds: Counter[Kind] = field(default_factory=Counter)
    unusable: Counter[Reason] = field(default_factory=Counter)
    plain: int = 0
    absent: int = 0
    unknown: int = 0

    def count(self, record: UserImportRecord | None, problems: Collection[Problem]) -> None:
        """Count one record, or why there is none; one that is left out brings no password."""
        if record is None:
            if has_errors(problems):
                self._count_failure(problems)
            return
        password = record.authenticators.password
        if password and password.encoded:
            self.count_hash(password.encoded)
        elif password and password.plaintext is not None:
            self.plain += 1
        else:
            self.absent += 1

    @property
    def total(self) -> int:
        """Return of how many records the passwords are counted: of all that are not excluded."""
        told = self.kinds.total() + self.unusable.total()
        return told + self.plain + self.absent + self.unknown

    @property
    def is_full(self) -> bool:
        """Return whether further kinds are, or would be, counted without their parameters."""
        return len(self.kinds) >= MAX_KINDS or len(self.unusable) >= MAX_KINDS

    def count_hash(self, stored: str, number: int = 1) -> None:
        """Count so many records with hashes of the kind of a stored one."""
        _count_kind(self.kinds, _describe(stored), number)

    def _count_failure(self, problems: Collection[Problem]) -> None:
        for problem in problems:
            if problem.kind.summary_label:
                params = problem.params
                named = (params[name] for name in DETAILS if name in params)
                detail = next(named, "")
                reason = Reason(problem.code, str(detail))
                _count_reason(self.unusable, reason, 1)
                return
        self.unknown += 1

    def add(self, other: PasswordSummary) -> None:
        """Add the counts of another part of the file."""
        for kind, count in other.kinds.items():
            _count_kind(self.kinds, kind, count)
        for reason, count in other.unusable.items():
            _count_reason(self.unusable, reason, count)
        self.plain += other.plain
        self.absent += other.absent
        self.unknown += other.unknown

    def to_json(self) -> StoredSummary:
        """Return the form that is stored with a job."""
        return {
            "kinds": [[*kind, count] for kind, count in self.kinds.most_common()],
            "unusable": [[*reason, count] for reason, count in self.unusable.most_common()],
            "plain": self.plain,
            "absent": self.absent,
            "unknown": self.unknown,
        }

    @classmethod
    def from_json(cls, stored: StoredSummary) -> Self:
        """Return the password summary that `to_json` wrote; an empty one from nothing."""
        kinds = {
            Kind(format_id, tuple((name, value) for name, value in parameters), weak): count
            for format_id, parameters, weak, count in stored.get("kinds", [])
        }
        unusable = {
            Reason(code, detail): count for code, detail, count in stored.get("unusable", [])
        }
        return cls(
            Counter(kinds),
            Counter(unusable),
            plain=stored.get("plain", 0),
            absent=stored.get("absent", 0),
            unknown=stored.get("unknown", 0),
        )


def _describe(encoded: str) -> Kind:
    summary = hashing.describe(encoded)
    return Kind(summary.format_id, tuple(summary.parameters.items()), summary.weak)


def _count_kind(kinds: Counter[Kind], kind: Kind, count: int) -> None:
    if kind not in kinds and len(kinds) >= MAX_KINDS:
        kind = kind._replace(parameters=())
    kinds[kind] += count


def _count_reason(reasons: Counter[Reason], reason: Reason, count: int) -> None:
    if reason not in reasons and len(reasons) >= MAX_KINDS:
        reason = reason._replace(detail="")
    reasons[reason] += count
