"""Errors of our own while writing: one record fails for it, and nothing tells its secrets."""

import orjson
import pytest

from imports.engine import writing
from imports.models import ImportRecord
from imports.services.runs import runs, worker
from imports.states import JobState
from tests.imports.conftest import MakeJob, list_statuses

pytestmark = pytest.mark.django_db

SECRET = "correct horse battery staple"


def make_records(count: int) -> list[dict[str, object]]:
    return [
        {"subject_id": f"s{number}", "authenticators": {"recovery_codes": [f"{SECRET} {number}"]}}
        for number in range(1, count + 1)
    ]


@pytest.fixture
def _poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the recovery codes of the third record make the writing raise, quoting them."""
    build = writing.recovery_codes.build_data

    def build_or_raise(codes: list[str]) -> object:
        if codes[0].endswith(" 3"):
            raise RuntimeError(codes[0])
        return build(codes)

    monkeypatch.setattr(writing.recovery_codes, "build_data", build_or_raise)


@pytest.mark.usefixtures("_poison")
def test_record_that_makes_writing_raise_fails_alone(run_job: MakeJob) -> None:
    job = run_job(make_records(5))

    assert job.state == JobState.COMPLETED
    assert list_statuses(job) == [
        (1, "created", ""),
        (2, "created", ""),
        (3, "failed", "errored"),
        (4, "created", ""),
        (5, "created", ""),
    ]


@pytest.mark.usefixtures("_poison")
def test_record_that_makes_writing_raise_tells_its_secrets_nowhere(
    run_job: MakeJob, caplog: pytest.LogCaptureFixture
) -> None:
    job = run_job(make_records(5))

    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text
    record = ImportRecord.objects.get(job=job, row_number=3)
    assert SECRET not in orjson.dumps(record.problems).decode()
    assert SECRET.encode() not in bytes(record.source)


def test_staged_rows_are_encrypted(make_job: MakeJob) -> None:
    job = make_job(make_records(2))
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    worker.work_on_staging(job.pk)

    payloads = job.chunks.values_list("payload", flat=True)
    assert not any(SECRET.encode() in bytes(payload) for payload in payloads)
