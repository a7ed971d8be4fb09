"""Find what a provider takes out of a row and makes nothing of.

Whether a part is read is tried, not declared: it is taken away or changed, and the row normalised
again. What then comes to the same is neither carried nor listed, and so it is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from imports.core.decisions import pick_questions
from imports.core.mapping import MappedRow
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.providers import get_provider
from imports.core.readers.tables.merging import FURTHER_ROWS
from imports.core.records.records import is_nothing

Path = tuple[str | int, ...]
# In so many rows a part has to be unread before it counts as such in all of the chunk.
MOST_TRIALS = 5
ABSENT = object()
# What a text is changed to: what no reader takes for a date or word, and what many do.
OTHER_TEXTS = ("2099-01-02T03:04:05Z", "1")


class UnreadParts:
    """Knows how rows are normalised; made once for a job."""

    def __init__(self, mapping: ColumnMapping) -> None:
        self._normalise = get_provider(mapping.provider).normalise
        self._answers = pick_questions(mapping.answers)

    def count(self, rows: Iterable[MappedRow]) -> Counter[str]:
        """Return in how many records each part has a value that is not read, by its path."""
        trials: Counter[str] = Counter()
        read: set[str] = set()
        found: Counter[str] = Counter()
        for row in rows:
            if row.record is None or row.raw is row.source:
                continue
            unread = set()
            carried: set[str] | None = None
            for path, value in _list_taken(row):
                shape = name_part(path)
                if shape in read or shape in unread:
                    continue
                if carried is None:
                    carried = {_fold(each) for _, each in list_leaves(row.source, ())}
                if _fold(value) in carried or (isinstance(value, str) and value in path):
                    continue
                if trials[shape] < MOST_TRIALS and self._is_read(row, path, value):
                    read.add(shape)
                    continue
                trials[shape] += 1
                unread.add(shape)
            found.update(unread)
        for shape in read:
            del found[shape]
        return found

    def _is_read(self, row: MappedRow, path: Path, value: Any) -> bool:
        return any(
            self._normalise(change_value(row.raw, path, other), self._answers) != row.source
            for other in list_others(value)
        )


def _list_taken(row: MappedRow) -> Iterator[tuple[Path, Any]]:
    """Yield the values of the columns that are not among those that the provider has left."""
    for name, value in row.raw.items():
        if value is not row.source.get(name, ABSENT):
            yield from list_leaves(value, (name,))


def list_leaves(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from list_leaves(value, (*path, name))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from list_leaves(value, (*path, place))
    elif not is_nothing(node):
        yield path, node


def name_part(path: Path) -> str:
    """Return the path as columns are named, the same for every place in a list."""
    return ".".join(step for step in path if type(step) is str and step != FURTHER_ROWS)


def _fold(value: Any) -> str:
    return str(value).casefold()


def list_others(value: Any) -> Iterator[Any]:
    """Yield what a value is changed to, to see whether anything changes with it."""
    yield ABSENT
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, str):
        yield f"x{value}"
        yield from OTHER_TEXTS
    else:
        yield value + 1


def change_value(node: Any, path: Path, value: Any) -> Any:
    """Return a copy of nested values with another one at the path, or without it."""
    step, *rest = path
    changed: Any = dict(node) if isinstance(node, Mapping) else list(node)
    if rest:
        changed[step] = change_value(changed[step], tuple(rest), value)
    elif value is ABSENT:
        del changed[step]
    else:
        changed[step] = value
    return changed
