"""The counts on a job's pages are added up over chunks, and its records are found by index."""

import pytest

from accounts.models import Role
from imports.models import ImportJob, ImportRecord, Status
from imports.record_filters import RecordFilter
from imports.selectors import count_reasons, get_totals, list_records
from imports.services.runs import runs
from tests.imports.conftest import MakeJob
from tests.imports.engine.test_exactness import work_through

pytestmark = pytest.mark.django_db

RECORDS = [
    {"subject_id": "Ann-1", "profile": {"email": "ann@example.com", "username": "Ann"}},
    {"subject_id": "bob-1", "memberships": {"roles": ["editor"]}},
    {"subject_id": "bob-2", "memberships": {"roles": ["editor", "boss"]}},
    {"subject_id": "bob-2"},
]


@pytest.fixture
def job(make_job: MakeJob) -> ImportJob:
    job = make_job(RECORDS, chunk_rows=1)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    work_through(job, list)
    return job


def count_recorded(job: ImportJob, status: Status) -> dict[str, int]:
    reasons = [record.reason for record in ImportRecord.objects.filter(job=job, status=status)]
    return {reason: reasons.count(reason) for reason in reasons}


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED])
def test_reasons_are_counted_as_the_records_have_them(job: ImportJob, status: Status) -> None:
    counted = dict(count_reasons(job, status))

    assert counted
    assert counted == count_recorded(job, status)


def test_reasons_after_a_retry_are_those_of_the_latest_statuses(job: ImportJob) -> None:
    Role.objects.create(key="editor")
    runs.retry(job, actor=job.created_by)
    work_through(job, list)

    assert count_reasons(job, Status.FAILED) == [("role_missing", 1)]
    assert get_totals(job) == {
        "created": 2,
        "updated": 0,
        "skipped": 1,
        "failed": 1,
        "pending": 0,
        "total": 4,
    }


@pytest.mark.parametrize(
    ("search", "rows"),
    [("ann@", [1]), ("aNN", [1]), ("Ann-", [1]), ("bob", [2, 3, 4]), ("nobody", []), ("3", [3])],
)
def test_records_are_found_by_row_or_the_beginning_of_an_identifier(
    job: ImportJob, search: str, rows: list[int]
) -> None:
    found = list_records(job, RecordFilter(search=search))

    assert [record.row_number for record in found] == rows
