"""The list of jobs, its empty state, and the ways to it from the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from imports.models import ImportJob
from imports.services.runs import runs
from imports.views.jobs import jobs
from tests.imports.conftest import MakeJob

LIST = "/admin/imports/"


def test_an_empty_list_says_what_to_do_first(admin: Client) -> None:
    page = admin.get(LIST).content.decode()

    assert "No imports yet" in page
    assert reverse("imports:upload") in page
    assert reverse("imports:template", args=["csv"]) in page
    assert "samples/aspnet_identity_users.csv" in page


def test_a_job_is_listed_with_its_counts(admin: Client, finished_job: ImportJob) -> None:
    page = admin.get(LIST).content.decode()

    assert "mistakes.csv" in page
    assert "Completed" in page
    assert '<span class="uf-badge is-failed">15</span>' in page


def test_older_jobs_are_on_further_pages(
    admin: Client, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAGE_SIZE", 2)
    made = [make_job([{"subject_id": "1"}], name=f"file{number}.ndjson") for number in range(3)]

    first = admin.get(LIST).content.decode()
    second = admin.get(f"{LIST}?before={made[1].pk}").content.decode()

    assert ("file2" in first, "file1" in first, "file0" in first) == (True, True, False)
    assert ("file1" in second, "file0" in second) == (False, True)
    assert "Newest" in second


def test_a_job_leads_to_the_step_it_is_at(
    admin: Client, draft_job: ImportJob, dry_run_job: ImportJob, finished_job: ImportJob
) -> None:
    pages = [
        admin.get(reverse("imports:job", args=[job.pk])).headers["Location"]
        for job in (draft_job, dry_run_job, finished_job)
    ]

    assert [page.split("/")[-2] for page in pages] == ["mapping", "dry-run", "results"]


def test_a_job_stopped_by_an_error_leads_to_where_it_stopped(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    runs.stop_with_error(job, "A fault.")

    response = admin.get(reverse("imports:job", args=[job.pk]))

    assert response.headers["Location"] == reverse("imports:run", args=[job.pk])


def test_the_admin_leads_to_our_pages(admin: Client, draft_job: ImportJob) -> None:
    index = admin.get(reverse("admin:index")).content.decode()
    assert reverse("admin:imports_importjob_changelist") in index

    listed = admin.get(reverse("admin:imports_importjob_changelist"))
    added = admin.get(reverse("admin:imports_importjob_add"))
    changed = admin.get(reverse("admin:imports_importjob_change", args=[draft_job.pk]))
    assert listed.headers["Location"] == LIST
    assert added.headers["Location"] == reverse("imports:upload")
    assert changed.headers["Location"] == reverse("imports:job", args=[draft_job.pk])
