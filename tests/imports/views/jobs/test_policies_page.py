"""The page of a job's rules, and the limits where it runs."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain

LIMITS = {"rate_limit": "", "failure_threshold": "", "failure_sample": "200"}
PEOPLE = [{"subject_id": str(number), "profile": {"given_name": "Ann"}} for number in range(3)]


def post(client: Client, job: ImportJob, **given: Any) -> str:
    address = reverse("imports:policies", args=[job.pk])
    response = client.post(address, {**LIMITS, **given}, follow=True)
    job.refresh_from_db()
    return response.content.decode()


def test_rules_are_kept_where_they_differ_from_the_mode(admin: Client, make_job: MakeJob) -> None:
    job = make_job(PEOPLE, mode=Mode.UPDATE)

    post(admin, job, **{"conflict-authenticator_exists": "fail", "field-profile": "fill"})

    assert job.conflicts == {"authenticator_exists": "fail"}
    assert job.field_policies == {"profile": "fill"}
    assert job.events.filter(action="set policies").exists()


def test_impossible_resolution_is_refused(admin: Client, make_job: MakeJob) -> None:
    job = make_job(PEOPLE)

    page = post(admin, job, **{"conflict-value_taken": "overwrite"})

    assert "Nothing was saved" in page
    assert job.conflicts == {}


def test_changed_rules_want_another_dry_run(admin: Client, dry_run_job: ImportJob) -> None:
    post(admin, dry_run_job, **{"conflict-profile_exists": "fail"})

    assert (dry_run_job.state, dry_run_job.dry_run_report) == ("mapped", {})


def test_rules_of_a_job_that_has_begun_cannot_be_changed(
    admin: Client, finished_job: ImportJob
) -> None:
    page = post(admin, finished_job, **{"conflict-profile_exists": "fail"})

    assert (
        "The conflict policies cannot be changed"
        in admin.get(reverse("imports:policies", args=[finished_job.pk])).content.decode()
    )
    assert finished_job.conflicts == {}
    assert "Traceback" not in page


def test_rules_count_in_the_dry_run_and_in_the_run(admin: Client, make_job: MakeJob) -> None:
    first = make_job(PEOPLE)
    runs.start_run(first, actor=first.created_by, without_dry_run=True)
    drain(first)
    job = make_job(
        [{**person, "profile": {"given_name": "New"}} for person in PEOPLE], mode=Mode.UPDATE
    )
    post(admin, job, **{"field-profile.given_name": "keep"})

    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    page = admin.get(reverse("imports:dry_run", args=[job.pk])).content.decode()
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)

    assert job.dry_run_report["statuses"]["skipped"] == 3
    assert "Conflicts" in page
    record = admin.get(reverse("imports:record", args=[job.pk, 1])).content.decode()
    assert "The user already exists: overwritten" in record
    assert "Unchanged" in record
    assert "profile.given_name" in record


def test_limits_are_changed_where_the_job_runs(admin: Client, make_job: MakeJob) -> None:
    job = make_job(PEOPLE)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)

    page = admin.post(
        reverse("imports:limits", args=[job.pk]),
        {"rate_limit": "500", "failure_threshold": "5", "failure_sample": "100"},
        follow=True,
    ).content.decode()

    job.refresh_from_db()
    assert (job.rate_limit, job.failure_threshold, job.failure_sample) == (500, 5, 100)
    assert "500 records a second, failure threshold 5% of 100 or more" in page


@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_limit_that_makes_no_sense_is_refused(admin: Client, make_job: MakeJob, value: str) -> None:
    job = make_job(PEOPLE)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)

    page = admin.post(
        reverse("imports:limits", args=[job.pk]), {**LIMITS, "rate_limit": value}, follow=True
    ).content.decode()

    assert "Records a second, at most:" in page
    job.refresh_from_db()
    assert job.rate_limit is None


def test_automatic_pause_job_says_why_on_its_page(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": str(n), "profile": {"email": "bad"}} for n in range(30)])
    ImportJob.objects.filter(pk=job.pk).update(failure_threshold=10, failure_sample=10)
    job.refresh_from_db()
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)

    page = admin.get(reverse("imports:run", args=[job.pk])).content.decode()

    assert "The job was paused automatically" in page
    assert "10 of 10 records failed. The failure threshold is 10%." in page
    assert "Resume" in page


def test_each_matching_key_is_offered_with_its_matches_and_the_best_is_proposed(
    admin: Client, make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([{"subject_id": "old", "profile": {"email": "ada@example.com"}}])
    job = make_job([{"subject_id": "new", "profile": {"email": "ada@example.com"}}])
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    page = admin.get(reverse("imports:policies", args=[job.pk])).content.decode()

    assert "Proposed: e-mail address" in page
    assert "E-mail address: 1 of 1 match" in page
    assert "Subject id: 0 of 1 match" in page


def test_matching_key_is_saved_and_wants_another_dry_run(
    admin: Client, dry_run_job: ImportJob
) -> None:
    post(admin, dry_run_job, matching_key="username")

    assert (dry_run_job.matching_key, dry_run_job.dry_run_report) == ("username", {})


def test_form_without_a_matching_key_keeps_it(admin: Client, make_job: MakeJob) -> None:
    job = make_job(PEOPLE)
    post(admin, job, matching_key="email")

    post(admin, job, **{"conflict-value_taken": "skip"})

    assert (job.matching_key, job.conflicts) == ("email", {"value_taken": "skip"})
