"""Find the source system of a file: the strongest evidence counts, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imports.core.providers import GENERIC, PROVIDERS, Provider

UNKNOWN = "No known system writes these columns; they are mapped by their names."


@dataclass(frozen=True, slots=True)
class Rival:
    """A source system that a file fits as well as it fits another, with the evidence in "
    "sentences."""

    provider: str
    reasons: tuple[str, ...]

    @property
    def label(self) -> str:
        return PROVIDERS[self.provider].label

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with an inspection."""
        return {"provider": self.provider, "reasons": list(self.reasons)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rival:
        """Return the rival that `to_json` wrote."""
        return cls(stored["provider"], tuple(stored["reasons"]))


@dataclass(frozen=True, slots=True)
class Recognition:
    """The source system of a file and the evidence; of several `rivals`, none is chosen."""

    provider: str
    reasons: tuple[str, ...]
    rivals: tuple[Rival, ...] = ()


def recognise_provider(
    names: Sequence[str],
    rows: Sequence[dict[str, Any]],
    providers: Iterable[Provider] = PROVIDERS.values(),
) -> Recognition:
    """Return the provider with the strongest evidence for rows of these columns."""
    found = [(each.name, said) for each in providers if (said := each.recognise(names, rows))]
    most = max((evidence.strength for _, evidence in found), default=None)
    strongest = [Rival(name, said.reasons) for name, said in found if said.strength == most]
    if len(strongest) > 1:
        return leave_open(strongest)
    for only in strongest:
        return Recognition(only.provider, only.reasons)
    return Recognition(GENERIC.name, (UNKNOWN,))


def leave_open(rivals: Iterable[Rival]) -> Recognition:
    """Return that a file fits several source systems equally well: a person has to choose."""
    ordered = tuple(sorted(rivals, key=lambda each: each.label))
    return Recognition(GENERIC.name, (say_open(ordered),), ordered)


def say_open(rivals: Sequence[Rival]) -> str:
    """Return in a sentence that a file fits several source systems equally well."""
    labels = " and ".join(each.label for each in rivals)
    return f"It fits {labels} equally well: choose the one it was exported from."
