"""Tells what passwords a job's file brings, and how long it takes to hash those that are plain."""

from __future__ import annotations

import math
import os
import time
from datetime import timedelta
from functools import cache
from typing import BinaryIO

from django.contrib.auth.hashers import make_password

from imports.core.census import Census
from imports.core.mapping import Mapping, RecordMapper
from imports.core.readers import ReaderOptions
from imports.core.readers.sampling import read_sample
from imports.engine.context import read_rules


def count_sample(file: BinaryIO, options: ReaderOptions, mapping: Mapping) -> Census:
    """Return the census of the first records of a file, as the mapping makes them."""
    mapper = RecordMapper(mapping, read_rules())
    census = Census()
    for row in read_sample(file, options):
        mapped = mapper.map_row(row)
        census.count(mapped.record, mapped.problems)
    return census


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
