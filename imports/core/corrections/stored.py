"""The corrections of a job as they are stored, and what they make of its mapping and rows."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from imports.core.corrections.contract import Change
from imports.core.corrections.registry import KINDS
from imports.core.mapping import Mapping
from imports.core.readers import RawRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(Change):
    """A change as it is kept with a job.

    `number` is what rows name it by; `attempt` is the first that it holds for. One that was undone
    keeps its number and does nothing. `choice` is the number of the first that was chosen together
    with it. One that was chosen before the run has the `problem` of its error group, and holds for
    the records that fail for that; any other for those with which it was retried.
    """

    number: int
    attempt: int
    is_undone: bool = False
    choice: int = 0
    problem: MappingType[str, Any] = field(default_factory=dict)

    @property
    def is_for_run(self) -> bool:
        """Return whether it was chosen before the run."""
        return bool(self.problem)

    @property
    def sentence(self) -> str:
        """Return what it does, in words."""
        return KINDS[self.kind].describe(self)

    def undo(self) -> Correction:
        """Return the correction as one that holds no more."""
        return replace(self, is_undone=True)

    def to_json(self) -> dict[str, Any]:
        """Return the correction as it is stored."""
        return asdict(self)


def read_corrections(stored: Iterable[dict[str, Any]]) -> list[Correction]:
    """Return the corrections of a job."""
    return [Correction(**each) for each in stored]


def correct_mapping(mapping: Mapping, corrections: Iterable[Correction]) -> Mapping:
    """Return the mapping with corrections; of two about one value, the later one holds."""
    for correction in corrections:
        if not correction.is_undone:
            mapping = KINDS[correction.kind].change_mapping(mapping, correction)
    return mapping


def correct_row(row: RawRow, corrections: Iterable[Correction]) -> RawRow:
    """Return a row with the corrections that are about its cells."""
    for correction in corrections:
        if not correction.is_undone:
            row = KINDS[correction.kind].change_row(row, correction)
    return row
