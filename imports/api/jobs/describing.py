"""Turn jobs and their records into what the API answers: never a value that may be a secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from imports.api.schemas.jobs import FileInfo, JobInfo, Limits, Policies, ProgressInfo
from imports.api.schemas.records import (
    AttemptInfo,
    CellInfo,
    ChangeInfo,
    ProblemInfo,
    RecordDetails,
    RecordInfo,
    RecordQuery,
)
from imports.api.schemas.reports import DryRunInfo
from imports.core.dry_run import DryRunReport, ErrorGroup, list_passwords
from imports.core.inspection.inspection import clean_text, write_value
from imports.core.planning.conflicts import Mode
from imports.core.planning.wording import describe_automatic_pause
from imports.core.problems import Problem
from imports.core.records.password_summary import PasswordSummary
from imports.core.secrecy import mask
from imports.models import ImportJob, ImportRecord, Status
from imports.record_filters import RecordFilter
from imports.selectors import Progress, get_progress, get_totals
from imports.services.corrections.edits import read_row
from imports.services.corrections.source_cells import CellReader
from imports.services.jobs.rate_limits import read_limits
from imports.services.jobs.shown import write_job
from imports.states import JobPhase, JobState


def describe_job(
    job: ImportJob, *, unmapped: Iterable[str] = (), with_digest: bool = True
) -> JobInfo:
    """Return a job as it is now, with its totals and progress; in a list without its digest."""
    return JobInfo(
        id=job.pk,
        digest=write_job(job) if with_digest else "",
        name=job.name,
        state=JobState(job.state),
        phase=JobPhase(job.phase),
        attempt=job.attempt,
        file=FileInfo(name=job.file_name, size=job.file_size, sha256=job.file_sha256),
        provider=job.provider,
        source=job.source,
        template=str(job.template_version) if job.template_version else None,
        mode=Mode(job.mode),
        chunk_rows=job.chunk_rows,
        policies=Policies(
            conflicts=job.conflicts,
            field_policies=job.field_policies,
            matching_key=job.matching_key,
        ),
        limits=Limits.model_validate(read_limits(job)),
        totals=get_totals(job),
        progress=describe_progress(get_progress(job)),
        error=job.error,
        automatic_pause=describe_automatic_pause(job.automatic_pause)
        if job.automatic_pause
        else "",
        created_by=str(job.created_by),
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        unmapped=list(unmapped),
    )


def describe_progress(progress: Progress | None) -> ProgressInfo | None:
    if progress is None:
        return None
    left = progress.remaining
    return ProgressInfo(
        phase=progress.phase,
        unit=progress.unit,
        done=progress.done,
        total=progress.total,
        rate=round(progress.rate, 1),
        remaining_seconds=None if left is None else round(left.total_seconds()),
    )


def describe_problem(stored: Mapping[str, Any], *, has_begun: bool) -> ProblemInfo:
    """Return a stored problem in words; what several records have in common may have no message."""
    problem = Problem.from_json(stored)
    return ProblemInfo(
        code=problem.code,
        severity=problem.severity,
        title=problem.kind.title,
        message=problem.message if problem.is_complete else "",
        advice=problem.kind.advise(has_begun=has_begun),
        field=problem.field,
        column=problem.column,
    )


def describe_dry_run(report: DryRunReport, *, has_begun: bool) -> DryRunInfo:
    """Return the report of a dry run, its problems and passwords in words."""
    told = {
        "problems": [_describe_group(each, has_begun=has_begun) for each in report["problems"]],
        "columns": [_describe_group(each, has_begun=has_begun) for each in report["columns"]],
        "passwords": list_passwords(PasswordSummary.from_json(report["passwords"])),
    }
    return DryRunInfo.model_validate({**report, **told})


def _describe_group(group: ErrorGroup, *, has_begun: bool) -> dict[str, Any]:
    return {**group, **describe_problem(group, has_begun=has_begun).model_dump()}


def describe_record(record: ImportRecord) -> RecordInfo:
    """Return a record as lists have it."""
    return RecordInfo(**_list_members(record))


def read_query(query: RecordQuery) -> RecordFilter:
    """Return the filter that a query asks for."""
    given = query.model_dump(include=set(RecordQuery.model_fields) - {"rows"})
    # A NUL cannot be in the database, and PostgreSQL refuses to look for one.
    given |= {"status": query.status or "", "search": query.search.strip()}
    return RecordFilter(**given, rows=None if query.rows is None else tuple(query.rows))


def describe_details(job: ImportJob, record: ImportRecord, *, with_values: bool) -> RecordDetails:
    """Return all that may be known of a record; its source row only with its values."""
    attempts = job.attempts.filter(row_number=record.row_number).order_by("-attempt")
    return RecordDetails(
        **_list_members(record),
        source=_list_cells(job, record) if with_values and record.source is not None else None,
        changes=[
            ChangeInfo(field=field, old=write_value(old), new=write_value(new))
            for field, old, new in record.changes
        ],
        attempts=[
            AttemptInfo(
                attempt=each.attempt,
                status=Status(each.status),
                written_at=each.written_at,
                problems=_describe_problems(each.problems),
            )
            for each in attempts
        ],
    )


def _list_members(record: ImportRecord) -> dict[str, Any]:
    return {
        "row": record.row_number,
        "line": record.line_number,
        "attempt": record.attempt,
        "status": Status(record.status),
        "reason": record.reason,
        "subject_id": record.subject_id,
        "username": record.username,
        "email": record.email,
        "user_id": record.user_id,
        "undone_at": record.undone_at,
        "problems": _describe_problems(record.problems),
    }


def _describe_problems(stored: Iterable[Mapping[str, Any]]) -> list[ProblemInfo]:
    return [describe_problem(each, has_begun=True) for each in stored]


def _list_cells(job: ImportJob, record: ImportRecord) -> list[CellInfo]:
    """Return the source row of a failed record; raises ImporterError when it cannot be decrypted.

    In a row that is out of step with its header every value may be a secret, and is masked.
    """
    return [
        CellInfo(
            column=clean_text(cell.column),
            text=mask(cell.text) if cell.is_secret else cell.text,
            is_masked=cell.is_secret,
        )
        for cell in CellReader(job).read(read_row(record))
    ]
