"""The source columns of a chunk's rows, and which of them the mapping carries or keeps secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from accounts.attributes import AttributeRule, AttributeType
from imports.core.dry_run.fields import Comparison, FieldUse
from imports.core.dry_run.unread import SourceRow, UnreadParts
from imports.core.mapping import MappedRow
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.providers import get_provider
from imports.core.records.targets import ATTRIBUTES, is_target
from imports.core.secrecy import is_secret_name, names_secret
from imports.core.values.names import list_prefixes

Cells = list[tuple[int, Any]]
Correct = Callable[[tuple[int, ...]], ColumnMapping]
# What a provider makes to say something of a row, not to be carried itself.
REMARKS = frozenset({"(not carried)", "(further rows)"})
# The place in a list at which a path goes on.
PLACE = re.compile(r"\[-?\d*\]")
AUTHENTICATORS = "authenticators."
DATE_TYPES = frozenset({AttributeType.DATE, AttributeType.DATETIME})
MAX_COLUMNS = 500


def gather_columns(rows: Iterable[SourceRow]) -> dict[str, Cells]:
    """Return row number and value of every cell that is not blank, by column.

    Nested objects are taken apart into dotted paths; lists stay whole.
    """
    columns: dict[str, Cells] = {}
    for row in rows:
        _gather(columns, row.row_number, row.source, "")
    return columns


def _gather(
    columns: dict[str, Cells], row_number: int, values: Mapping[str, Any], prefix: str
) -> None:
    for name, value in values.items():
        if value is None or value == "" or value == []:
            continue
        path = prefix + name if prefix else name
        if type(value) is dict and not any(map(is_secret_name, value)):
            _gather(columns, row_number, value, f"{path}.")
        elif (cells := columns.get(path)) is not None:
            cells.append((row_number, value))
        elif len(columns) < MAX_COLUMNS:
            columns[path] = [(row_number, value)]


class ColumnUse:
    """Says of each column what the mapping does with it; made once for a job.

    `compare_fields` says the same from the other end: which values arrive in each target field.
    `unread` finds what of the columns that a provider reads it makes nothing of.
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        attributes: Mapping[str, AttributeRule],
        hidden: Iterable[str] = (),
        unread: UnreadParts | None = None,
        correct: Correct | None = None,
    ) -> None:
        """Prepare for a mapping and the rules of its attributes.

        `hidden` are the columns of which the head of the file has secrets. An `unread` that was
        made for the same job and mapping is given to be used on. `correct` returns the mapping of
        rows with corrections, by the numbers of these.
        """
        self._hidden = frozenset(hidden)
        self.date_attributes = frozenset(
            name for name, rule in attributes.items() if rule.type in DATE_TYPES
        )
        self._fields = FieldUse(mapping)
        self._correct = correct
        self._corrected: dict[tuple[int, ...], FieldUse] = {}
        self.unread = unread or UnreadParts(mapping)
        self._sources = {
            PLACE.split(source, maxsplit=1)[0] for rule in mapping.rules for source in rule.sources
        }
        self._secret = {
            PLACE.split(source, maxsplit=1)[0]
            for rule in mapping.rules
            if rule.target.startswith(AUTHENTICATORS)
            for source in rule.sources
        }
        self._ignored = frozenset(mapping.ignored)
        self._is_record = get_provider(mapping.provider).is_record

    @property
    def mapped_fields(self) -> list[str]:
        """Return the fields that rules name."""
        return self._fields.mapped

    @property
    def kept_fields(self) -> list[str]:
        """Return the fields that records keep without a rule."""
        return self._fields.kept

    def compare_fields(self, rows: Sequence[MappedRow]) -> Iterator[Comparison]:
        """Yield for each field what is made of its values; what a row is corrected by counts."""
        corrected = [row for row in rows if row.corrections]
        if corrected:
            rows = [row for row in rows if not row.corrections]
        yield from self._fields.compare(rows)
        for numbers, group in groupby(corrected, key=lambda row: row.corrections):
            yield from self._find_fields(numbers).compare(group)

    def _find_fields(self, numbers: tuple[int, ...]) -> FieldUse:
        if numbers not in self._corrected:
            corrected = FieldUse(self._correct(numbers)) if self._correct else self._fields
            self._corrected[numbers] = corrected
        return self._corrected[numbers]

    def is_lost(self, path: str) -> bool:
        """Return whether the column, be it one that the provider made, goes nowhere."""
        above = list_prefixes(path)
        if self._sources.intersection(above):
            return False
        if self._is_record and self._ignored.isdisjoint(above):
            return not any(map(is_target, above)) and not path.startswith(f"{ATTRIBUTES}.")
        return path not in REMARKS

    def is_secret(self, path: str) -> bool:
        """Return whether the column's values may be secrets, which are not to be shown."""
        if self._secret.intersection(list_prefixes(path)) or path.startswith(AUTHENTICATORS):
            return True
        return path in self._hidden or names_secret(path)
