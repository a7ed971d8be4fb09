"""Runs and retries."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from imports.api.schemas.given import Given
from imports.api.schemas.jobs import JobInfo
from imports.api.schemas.records import RecordQuery
from imports.core.decisions import Answer


class NewRun(Given):
    """How to run; without a body, all records of a job that had a dry run."""

    pilot: bool = Field(
        default=False,
        description="Pause after the pilot, the first records of the file. Their number is the"
        " setting `IMPORT_FIRST_SLICE_ROWS` of the installation. A resume imports the"
        " rest.",
    )
    without_dry_run: bool = Field(
        default=False,
        description="Run although the job as it is now had no dry run.",
    )


class NewRetry(RecordQuery, strict=True):
    """Which failed records to try again, and answers to the decisions that they wait for.

    The answers hold for these records alone, whenever they are retried.
    """

    answers: dict[str, Answer] = Field(
        default_factory=dict,
        description="Answers to decisions, by `CODE:COLUMN`: a choice, or an object of choices"
        " by value. Without any, records are tried again as they are.",
    )


class RetryInfo(Schema):
    """A retry that has begun."""

    retried: int = Field(description="Number of records that are tried again.")
    job: JobInfo = Field(description="The job, which is running again.")
