"""Read the first rows of a job's file."""

from __future__ import annotations

from imports.core.inspection.untrusted import read_sample
from imports.core.readers import RawRow, ReaderOptions
from imports.engine.files.job_files import open_file
from imports.models import ImportJob


def read_job_sample(job: ImportJob) -> list[RawRow]:
    """Return the first rows; none when the file was purged. Raises FileFormatError."""
    if not job.file:
        return []
    with open_file(job) as file:
        return read_sample(file, ReaderOptions.from_json(job.reader_options))
