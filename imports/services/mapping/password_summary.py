"""Tell what passwords a job's file brings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from accounts.selectors.attributes import read_rules
from imports.core.inspection.inspection import Inspection
from imports.core.inspection.untrusted import read_sample
from imports.core.mapping import MappedRow, Mapping, RecordMapper
from imports.core.records.password_summary import PasswordSummary


def count_sample(file: BinaryIO, inspection: Inspection, mapping: Mapping) -> PasswordSummary:
    """Return the password summary of the first records of a file, as the mapping makes them."""
    mapper = RecordMapper(mapping, read_rules(), inspection.by_name)
    return count_passwords(map(mapper.map_row, read_sample(file, inspection.options)))


def count_passwords(rows: Iterable[MappedRow]) -> PasswordSummary:
    """Return the password summary of rows that are mapped already."""
    password_summary = PasswordSummary()
    for row in rows:
        password_summary.count(row.record, row.problems)
    return password_summary
