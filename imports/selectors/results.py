"""The statuses of a job's records and why, counted and listed at any size."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db.models import QuerySet

from accounts.models import User
from imports.core.problems import Problem, digest_error_group, group_problem
from imports.engine.queries import fetch_rows
from imports.models import ImportJob, ImportRecord, Status
from imports.record_filters import RecordFilter
from imports.services.corrections.samples import ErrorGroup
from imports.states import ChunkState

# More are found by their code.
MAX_ERROR_GROUPS = 100


@dataclass(frozen=True, slots=True)
class Minute:
    """How many records had their status in one minute, and how many of those failed."""

    at: datetime
    records: int
    failed: int

    @property
    def rate(self) -> float:
        """Return how many were written a second."""
        return self.records / 60


def list_records(job: ImportJob, chosen: RecordFilter) -> QuerySet[ImportRecord]:
    """Return the job's records that are meant, in file order, without their source rows."""
    return chosen.select(job.pk)


def count_reasons(job: ImportJob, status: str) -> list[tuple[str, int]]:
    """Return how many records of a status there are for each reason, most frequent first.

    Added up over chunks, like the totals.
    """
    return fetch_rows(
        # By itself: with the results of its values, PostgreSQL would rather read the whole table.
        "WITH found AS MATERIALIZED (SELECT reasons -> %s AS counts FROM imports_importchunk"
        " WHERE job_id = %s) SELECT split_part(n.key, ' ', 1), sum(n.value::int)"
        " FROM found, jsonb_each_text(found.counts) n"
        " GROUP BY 1 HAVING sum(n.value::int) > 0 ORDER BY 2 DESC, 1",
        [status, job.pk],
    )


def list_error_groups(job: ImportJob, *, code: str = "") -> list[ErrorGroup]:
    """Return the error groups of failure, of one code if it is given, the most frequent first.

    Before the run, they are those that the dry run has found.
    """
    if not job.has_begun:
        return [each for each in _list_foreseen(job) if code in ("", each.problem.code)]
    counted = _count_error_groups(job, code=code)
    firsts = _find_firsts(job, [digest for digest, _ in counted])
    return [
        ErrorGroup(digest, firsts[digest][1], count, firsts[digest][0])
        for digest, count in counted
        if digest in firsts
    ]


def find_error_group(job: ImportJob, digest: str) -> ErrorGroup | None:
    """Return one error group; None when no record fails for it any more."""
    if not job.has_begun:
        return next((each for each in _list_foreseen(job) if each.digest == digest), None)
    counted = _count_error_groups(job, digest=digest)
    first = _find_firsts(job, [digest]).get(digest)
    if first is None or not counted:
        return None
    return ErrorGroup(digest, first[1], counted[0][1], first[0])


def _list_foreseen(job: ImportJob) -> list[ErrorGroup]:
    found = []
    for group in job.dry_run["error_groups"] if job.dry_run else ():
        problem, rows = Problem.from_json(group), tuple(group["rows"])
        digest = digest_error_group(problem).hex
        found.append(ErrorGroup(digest, problem, group["count"], rows[0], rows))
    return found


def _count_error_groups(
    job: ImportJob, *, code: str = "", digest: str = ""
) -> list[tuple[str, int]]:
    """Return how many records fail in each error group of all chunks, the most frequent first."""
    return fetch_rows(
        "WITH found AS MATERIALIZED (SELECT reasons -> %s AS counts FROM imports_importchunk"
        " WHERE job_id = %s) SELECT split_part(n.key, ' ', 2), sum(n.value::int)"
        " FROM found, jsonb_each_text(found.counts) n"
        " WHERE %s IN ('', split_part(n.key, ' ', 1)) AND %s IN ('', split_part(n.key, ' ', 2))"
        " GROUP BY n.key HAVING sum(n.value::int) > 0 ORDER BY 2 DESC, n.key LIMIT %s",
        [Status.FAILED.value, job.pk, code, digest, MAX_ERROR_GROUPS],
    )


def _find_firsts(job: ImportJob, digests: Iterable[str]) -> dict[str, tuple[int, Problem]]:
    """Return by digest the first row of each error group, and what the group shares."""
    rows = fetch_rows(
        "SELECT c.error_group, r.row_number, r.problems FROM unnest(%s::uuid[]) AS c(error_group)"
        " CROSS JOIN LATERAL (SELECT row_number, problems FROM imports_importrecord"
        " WHERE job_id = %s AND error_group = c.error_group ORDER BY row_number LIMIT 1) r",
        [[uuid.UUID(digest) for digest in digests], job.pk],
    )
    found = {}
    for error_group, row_number, stored in rows:
        problems = map(Problem.from_json, orjson.loads(stored))
        shared = next((each for each in problems if digest_error_group(each) == error_group), None)
        if shared is not None:
            found[error_group.hex] = (row_number, group_problem(shared))
    return found


def count_minutes(job: ImportJob) -> list[Minute]:
    """Return what was written in each minute in which anything was, in order; every attempt's."""
    rows = fetch_rows(
        "SELECT date_trunc('minute', finished_at), sum(rows), sum((counts ->> 'failed')::int)"
        " FROM imports_importchunk WHERE job_id = %s AND state = %s AND counts ? 'failed'"
        " AND finished_at IS NOT NULL GROUP BY 1 ORDER BY 1",
        [job.pk, ChunkState.DONE.value],
    )
    return [Minute(*row) for row in rows]


def list_records_of_user(user: User, limit: int = 20) -> QuerySet[ImportRecord]:
    """Return the latest records that created, changed or met a user, newest job first."""
    records = ImportRecord.objects.filter(user_id=user.pk).select_related("job")
    return records.defer("source", "changes").order_by("-job_id", "-row_number")[:limit]
