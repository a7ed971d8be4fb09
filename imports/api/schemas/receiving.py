"""What the records API takes and answers."""

from __future__ import annotations

from typing import Literal

from ninja import Schema
from pydantic import Field

from imports.api.schemas.jobs import JobInfo
from imports.api.schemas.records import ChangeInfo, ProblemInfo
from imports.models import Status


class OutcomeInfo(Schema):
    """The status of one record, and why; in a dry run, the predicted one."""

    index: int = Field(description="Place of the record in the request, from 0.")
    row: int = Field(
        description="Number of the record in its job, which its page and /jobs/{job_id}/records"
        " have; in a dry run, its place from 1."
    )
    status: Status = Field(description="Its status.")
    unchanged: bool = Field(
        description="Whether it was skipped because its user had everything already."
    )
    reason: str = Field(
        description="Problem code that decided the status. Empty for one that was imported."
    )
    subject_id: str = Field(description="Subject id of the record, as far as it is known.")
    user_id: int | None = Field(description="Id of the user it created, updated or met.")
    problems: list[ProblemInfo] = Field(description="All that is to be said of it.")
    changes: list[ChangeInfo] = Field(description="What it changed of an existing user.")


class OutcomeCounts(Schema):
    """How many records have each status."""

    created: int = Field(description="Records that created a user.")
    updated: int = Field(description="Records that changed an existing user.")
    skipped: int = Field(description="Records that changed nobody; the unchanged are among them.")
    failed: int = Field(description="Records that changed nobody because of an error.")
    unchanged: int = Field(description="Records whose user had everything already.")


class BatchInfo(Schema):
    """A batch of records that was written in one transaction, or only planned."""

    job: int | None = Field(
        description="Id of the job that its records belong to. Null for a dry run."
    )
    batch: int | None = Field(
        description="Number of the batch within the job: the filter `chunk` of its records and of"
        " an undo. Null for a dry run."
    )
    dry_run: bool = Field(description="Whether nothing was written.")
    counts: OutcomeCounts = Field(description="Numbers of records by status.")
    records: list[OutcomeInfo] = Field(
        description="Each record with its status, in the order of the request."
    )


class AcceptedBatch(Schema):
    """More records than are written in the request: a job imports them in the background."""

    job: JobInfo = Field(description="The job. Request /records/jobs/{job_id} until it is done.")


class OutcomePage(Schema):
    """Some records of a job with their present statuses, in their order."""

    records: list[OutcomeInfo] = Field(description="The records, from `after` on.")
    next: int | None = Field(
        description="Row to send as `after` for the next page. Null on the last one."
    )


Flag = Literal["true", "false"]
