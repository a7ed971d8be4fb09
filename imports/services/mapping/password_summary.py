"""Tell what passwords a job's file brings, and how long it takes to hash those that are plain."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import BinaryIO

from django.contrib.auth.hashers import make_password

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


def estimate_hashing(count: int) -> timedelta:
    """Return about how long the import spends on hashing so many plain passwords here."""
    return timedelta(seconds=math.ceil(measure_hash() * count / (os.cpu_count() or 1)))


@cache
def measure_hash() -> float:
    """Return the seconds that one hash by the preferred algorithm would take on one core."""
    make_password("the first one also loads the algorithm")
    # Of the processor, not of the clock: argon2 uses several cores for one hash.
    started = time.process_time()
    make_password("this one is measured")
    return time.process_time() - started
