"""Where most records of a file are not imported because of one problem, it is said first."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from imports.models import ImportJob
from imports.selectors import build_summary, list_job_findings
from imports.services.jobs.policies import save_policies
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain

pytestmark = pytest.mark.django_db


def make_people(prefix: str, count: int) -> list[dict[str, Any]]:
    return [
        {
            "subject_id": f"{prefix}{number}",
            "profile": {"email": f"u{number}@example.com", "username": f"u{number}"},
        }
        for number in range(count)
    ]


def dry_run(job: ImportJob) -> ImportJob:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def find_text(job: ImportJob) -> str:
    found = {each.code: each.text for each in list_job_findings(job)}
    return found.get("root_cause", "")


def test_people_who_are_here_under_other_ids_are_one_cause_whatever_values_they_share(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job(make_people("old", 4))
    people = make_people("new", 5)
    del people[0]["profile"]["username"]

    job = dry_run(make_job(people, chunk_rows=2))

    text = find_text(job)
    assert text.startswith(
        "4 of 5 records are not imported because of one problem: users with other"
    )
    assert "E-mail (4), User name (3)" in text
    assert build_summary(job)["notices"][0]["code"] == "root_cause"


def test_a_cause_of_half_the_records_is_none_of_most(make_job: MakeJob, run_job: MakeJob) -> None:
    run_job(make_people("old", 2))

    assert find_text(dry_run(make_job(make_people("new", 4)))) == ""


def test_rows_that_the_file_excludes_are_not_counted(make_job: MakeJob, run_job: MakeJob) -> None:
    run_job(make_people("old", 2))
    job = make_job(make_people("new", 5))
    job.mapping["exclude"] = [
        {"conditions": [{"field": "subject_id", "operator": "is", "value": f"new{number}"}]}
        for number in (2, 3)
    ]
    job.save()

    assert find_text(dry_run(job)).startswith("2 of 3 records")


def test_values_in_use_are_the_cause_also_where_the_policy_skips_their_records(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job(make_people("old", 2))
    job = make_job(make_people("new", 2))
    policies = {"value_taken": "skip"}
    save_policies(job, conflicts=policies, field_policies={}, actor=job.created_by)

    assert find_text(dry_run(job)).startswith("2 of 2 records")


def test_any_other_problem_of_most_records_is_named_with_its_advice(make_job: MakeJob) -> None:
    people = [
        {"subject_id": str(number), "memberships": {"groups": ["nowhere", f"nowhere{number}"]}}
        for number in range(3)
    ]

    text = find_text(dry_run(make_job(people)))

    assert text.startswith("3 of 3 records are not imported because of one problem: ")
    assert "group" in text.lower()


def test_users_who_exist_already_are_no_cause(make_job: MakeJob, run_job: MakeJob) -> None:
    run_job(make_people("old", 3))

    assert find_text(dry_run(make_job(make_people("old", 3)))) == ""


def test_a_run_without_a_dry_run_says_it_too_and_a_retry_no_longer(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job(make_people("old", 3))
    job = run_job(make_people("new", 3), chunk_rows=1)
    assert find_text(job).startswith("3 of 3 records")

    runs.retry(job, actor=job.created_by)
    drain(job)

    assert find_text(job) == ""


def test_page_shows_the_cause_above_everything_else(
    client: Client, make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job(make_people("old", 3))
    job = dry_run(make_job(make_people("new", 3)))
    client.force_login(job.created_by)

    page = client.get(reverse("imports:dry_run", args=[job.pk])).content.decode()

    assert page.index("are not imported because of one problem") < page.index("Will be created")
    link = f'<a href="{reverse("imports:policies", args=[job.pk])}">Open conflict policies</a>'
    assert link in page
