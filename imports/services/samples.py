"""Reads the first rows of a job's file."""

from __future__ import annotations

from typing import BinaryIO, cast

from imports.core.readers import RawRow, ReaderOptions
from imports.core.readers.sampling import read_sample
from imports.models import ImportJob


def read_job_sample(job: ImportJob) -> list[RawRow]:
    """Return the first rows; none when the file was purged. Raises FileFormatError."""
    if not job.file:
        return []
    with job.file.open("rb") as file:
        return read_sample(cast(BinaryIO, file), ReaderOptions.from_json(job.reader_options))
