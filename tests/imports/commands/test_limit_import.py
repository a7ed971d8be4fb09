"""`manage.py limit_import`: the limits of a job, changed while it runs."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from imports.services.runs import runs
from tests.imports.conftest import MakeJob

pytestmark = pytest.mark.django_db


def test_only_the_limits_that_are_given_change(make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    output = StringIO()

    call_command("limit_import", job.pk, "--throttle", "100", "--halt-at", "5", stdout=output)
    call_command("limit_import", job.pk, "--halt-at", "never", stdout=output)

    job.refresh_from_db()
    assert (job.rate_limit, job.failure_threshold, job.failure_sample) == (100, None, 200)
    said = output.getvalue().splitlines()[-1]
    assert said == f"Job {job.pk}: 100 records a second, no failure threshold."


@pytest.mark.parametrize("option", [("--throttle", "fast"), ("--halt-at", "100")])
def test_limit_that_makes_no_sense_is_refused(make_job: MakeJob, option: tuple[str, str]) -> None:
    job = make_job([{"subject_id": "1"}])

    with pytest.raises(CommandError):
        call_command("limit_import", job.pk, *option)
