"""An upload whose content was imported before says so, wherever it is looked at."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from imports.core.planning.undo import UndoOptions
from imports.management.commands.import_users import write_finding
from imports.models import ImportJob
from imports.selectors import list_earlier_imports, list_job_findings
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.services.undo.previews import EVERYTHING
from tests.archive_files import make_zip
from tests.imports.conftest import MakeJob, drain

pytestmark = pytest.mark.django_db
PEOPLE = [{"subject_id": "1", "profile": {"email": "ada@example.com"}}]


def list_codes(job: ImportJob) -> list[str]:
    return [each.code for each in list_job_findings(job)]


def test_same_content_names_the_job_that_imported_it(make_job: MakeJob, run_job: MakeJob) -> None:
    first = run_job(PEOPLE, name="monday.ndjson")

    job = make_job(PEOPLE, name="tuesday.ndjson")

    (finding,) = list_job_findings(job)
    assert (finding.code, finding.job) == ("imported_before", first.pk)
    assert f"job {first.pk} (“monday.ndjson”)" in finding.text
    assert reverse("imports:job", args=[first.pk]) in write_finding(finding)


def test_the_latest_of_several_is_named_and_the_others_counted(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job(PEOPLE)
    latest = run_job(PEOPLE)

    (finding,) = list_job_findings(make_job(PEOPLE))

    assert finding.job == latest.pk
    assert "and by 1 before it" in finding.text


def test_other_content_and_content_that_was_never_run_say_nothing(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([{"subject_id": "2"}])
    make_job(PEOPLE)

    assert list_codes(make_job(PEOPLE)) == []


def test_an_import_that_was_undone_says_nothing(make_job: MakeJob, run_job: MakeJob) -> None:
    first = run_job(PEOPLE)
    undo = undoing.start_undo(first, UndoOptions(), actor=first.created_by, chosen=EVERYTHING)
    undoing.work_on_undo(undo.pk)

    assert list_codes(make_job(PEOPLE)) == []


def test_a_job_is_not_told_of_one_that_ran_after_it(run_job: MakeJob) -> None:
    first = run_job(PEOPLE)
    second = run_job(PEOPLE)

    assert list_codes(first) == []
    assert list_codes(second) == ["imported_before"]


def test_another_member_of_the_same_archive_says_nothing(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    archive = make_zip({"a.csv": "id,email\n1,a@example.com\n", "b.csv": "id,email\n2,b@x.org\n"})
    first = run_job(archive, name="export.zip")
    job = make_job(archive, name="export.zip")
    assert [each.job for each in list_earlier_imports(job)] == [first.pk]

    job.reader_options = {**job.reader_options, "member": "other.csv"}

    assert list_earlier_imports(job) == []


def test_earlier_imports_are_looked_up_by_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    same = ImportJob.objects.filter(file_sha256="0" * 64).order_by("-finished_at")
    # By itself or through a bitmap: which of the two depends on the statistics of the moment.
    assert "job_file" in same.explain()


def test_mapping_page_and_dry_run_page_link_to_the_job(
    client: Client, make_job: MakeJob, run_job: MakeJob
) -> None:
    first = run_job(PEOPLE)
    job = make_job(PEOPLE)
    client.force_login(job.created_by)
    link = f'<a href="{reverse("imports:job", args=[first.pk])}">Open job {first.pk}</a>'

    assert link in client.get(reverse("imports:mapping", args=[job.pk])).content.decode()
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    assert link in client.get(reverse("imports:dry_run", args=[job.pk])).content.decode()
