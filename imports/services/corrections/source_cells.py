"""Take source rows apart into cells, and tell which of these hold secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imports.core.corrections.editing import is_shifted
from imports.core.inspection.inspection import clean_text, flatten, write_value
from imports.core.mapping import Mapping
from imports.core.mapping.sources import find_column
from imports.core.readers import RawRow
from imports.core.records.targets import SECRET_TARGETS
from imports.core.secrecy import may_show, names_secret
from imports.models import ImportJob


@dataclass(frozen=True, slots=True)
class SourceCell:
    """One column or path of a row; in a shifted row any cell may hold a secret."""

    column: str
    text: str
    is_secret: bool


class CellReader:
    """Reads the cells of one job's rows."""

    def __init__(self, job: ImportJob) -> None:
        self._rules = [
            rule
            for rule in Mapping.model_validate(job.mapping).rules
            if rule.target in SECRET_TARGETS
        ]
        self._hidden = job.inspected.hidden if job.inspected else frozenset[str]()

    def is_secret_column(self, column: str) -> bool:
        """Return whether everything in a column counts as secret."""
        is_read = any(
            find_column(source, [column]) for rule in self._rules for source in rule.sources
        )
        return is_read or column in self._hidden or names_secret(column)

    def read(self, row: RawRow) -> Iterator[SourceCell]:
        """Yield the cells of a row in its order."""
        is_hidden = is_shifted(row)
        for path, value in flatten(row.values or {}):
            text = clean_text(write_value(value))
            yield SourceCell(path, text, bool(text) and (is_hidden or self._is_secret(path, text)))

    def _is_secret(self, path: str, text: str) -> bool:
        return self.is_secret_column(path) or not may_show(path, text)
