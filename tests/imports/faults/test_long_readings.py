"""A real worker is told to stop in the middle of a long reading: the job says so and goes on."""

from __future__ import annotations

import time

import pytest

from importer_site.celery import app
from imports.services.runs import runs, worker
from imports.states import BUSY, JobPhase, JobState
from tests.archive_files import make_zip
from tests.imports.conftest import MakeJob
from tests.workers import running_worker

# Several times what the fastest machine reads in the second that it is given.
ROWS = 900_000
PATIENCE = 400


PACKINGS = {"text": bytes, "archive of text": lambda text: make_zip({"users.ndjson": text})}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.django_db(transaction=True)
def test_worker_that_reads_too_long_stops_the_job_which_then_goes_on(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch, packing: str
) -> None:
    # This process knows the task with its own limit, as the site does: that of the worker counts.
    app.loader.import_default_modules()
    assert app.tasks["imports.tasks.stage"].soft_time_limit > PATIENCE
    content = b"\n".join(b'{"subject_id": "s%d"}' % number for number in range(ROWS))
    job = make_job(PACKINGS[packing](content), chunk_rows=5000)
    monkeypatch.setenv("IMPORT_STAGING_SECONDS", "1")
    with running_worker(processes=1):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        deadline = time.monotonic() + PATIENCE
        while job.state in BUSY and time.monotonic() < deadline:
            time.sleep(0.1)
            job.refresh_from_db()

    assert job.state == JobState.ERRORED
    assert "took longer than IMPORT_STAGING_SECONDS allows (1 s)" in job.error
    assert not job.chunks.exists()

    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    worker.work_on_staging(job.pk)
    job.refresh_from_db()
    assert (job.total_rows, job.phase) == (ROWS, JobPhase.INDEXING)
