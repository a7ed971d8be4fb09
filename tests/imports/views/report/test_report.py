"""The migration report: what stands in it, on the page and in the PDF alike."""

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from imports.core.planning.undo import UndoOptions
from imports.models import ImportJob
from imports.services.approval.approvals import decide_plan
from imports.services.dry_run.decisions import answer_decisions
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.views.report.pdf import write_pdf
from imports.views.report.sections import Report, Section, build_report
from tests.imports.conftest import MakeJob, drain

pytestmark = pytest.mark.django_db


def show(client: Client, job: ImportJob) -> str:
    return client.get(reverse("imports:report", args=[job.pk])).content.decode()


def download(client: Client, job: ImportJob) -> str:
    """Return the text of the PDF, its lines joined."""
    response = client.get(reverse("imports:report_pdf", args=[job.pk]))
    assert response["Content-Type"] == "application/pdf"
    return read_pdf(response.content)


def read_pdf(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def build(job: ImportJob) -> dict[str, Section]:
    report = build_report(job, job.created_by, timezone.now())
    return {section.title: section for section in report.sections}


@pytest.fixture
def reported(dry_run_job: ImportJob) -> ImportJob:
    """The sample with the mistakes, checked and imported with its one decision open."""
    actor = dry_run_job.created_by
    runs.start_run(dry_run_job, actor=actor, fails_undecided=True, without_dry_run=True)
    drain(dry_run_job)
    return dry_run_job


@pytest.mark.parametrize("read", [show, download])
def test_report_has_file_totals_problems_losses_password_summary_and_lines_to_sign(
    admin: Client, reported: ImportJob, read
) -> None:
    text = read(admin, reported)

    for expected in [
        "Migration report: mistakes.csv",
        reported.file_sha256,
        "Another system",
        "wizards",
        "Create the role, use another one instead, or drop it; then retry the record.",
        "Passwords",
        "bcrypt",
        "Activity log",
        "operator@example.com",
        "Accepted by the business",
    ]:
        assert expected in text


def test_report_tells_hashes_apart_that_cannot_be_used(make_job: MakeJob) -> None:
    job = make_job([{"subject_id": text, "hash": text} for text in ("nonsense!", "is not one")])
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    assert sorted(build(job)["Passwords"].rows) == [
        ["1", "Hash that cannot be read", "Fails. 10 characters"],
        ["1", "Hash that cannot be read", "Fails. 9 characters"],
    ]


def test_report_lists_the_decisions_on_values(make_job: MakeJob) -> None:
    job = make_job([{"id": "s1", "status": "On leave"}])
    choices = {"state_unclear:status": {"On leave": "disabled"}}
    answer_decisions(job, choices, actor=job.created_by)

    assert build(job)["Decisions"].rows == [["status, “On leave”", "Import as disabled"]]


def test_report_names_nobody_of_the_file(admin: Client, reported: ImportJob) -> None:
    text = show(admin, reported) + download(admin, reported)

    for value in ("ada@example.net", "Bashir", "+441632960901", "$2b$"):
        assert value not in text


def test_report_counts_add_up(reported: ImportJob) -> None:
    counts = dict(build_report(reported, reported.created_by, timezone.now()).totals)
    records = int(counts.pop("Records"))

    assert sum(map(int, counts.values())) == records
    failures = build(reported)["Why records failed"].rows
    assert sum(int(row[0]) for row in failures) >= int(counts["Failed"])


def test_report_says_what_the_dry_run_had_predicted(reported: ImportJob) -> None:
    [last] = build(reported)["Dry run and run"].rows[-1:]

    assert last[1] == "The result matches the dry run."


def test_report_lists_attempts_and_retries(reported: ImportJob) -> None:
    runs.retry(reported, actor=reported.created_by)
    drain(reported)

    assert [row[0] for row in build(reported)["Attempts"].rows] == ["1", "2"]


def test_report_tells_what_was_undone(reported: ImportJob) -> None:
    undo = undoing.start_undo(reported, UndoOptions(), actor=reported.created_by)
    undoing.work_on_undo(undo.pk)
    [row] = build(reported)["Undone"].rows

    assert re.search(r"Of the whole job: \d+ removed", row[2])


def test_report_tells_who_approved_what(make_job: MakeJob, settings) -> None:
    settings.IMPORT_APPROVAL = "required"
    job = make_job([{"subject_id": "s1"}])
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    approver = User.objects.create_superuser(email="second@example.com")
    plan = job.plans.get()
    decide_plan(job, plan.pk, is_approved=True, comment="Looked at it.", actor=approver)
    [row] = build(job)["Approval"].rows

    assert row[0] == f"{plan.pk} ({plan.digest[:12]})"
    assert row[1] == "approved"
    assert row[2].startswith("second@example.com")
    assert row[3] == "Looked at it."


def test_draft_has_a_report_too(admin: Client, draft_job: ImportJob) -> None:
    assert "mistakes.csv" in download(admin, draft_job)


def test_what_a_report_says_is_never_markup() -> None:
    hostile = '#panic("no") $x$ *bold* <label> @ref [ ] \\ "quoted" // gone'
    section = Section(hostile, [[hostile, "1"]], [hostile, "Count"], numbers=[1])
    report = Report(hostile, hostile, [[hostile, "1"]], [section], [hostile])
    text = read_pdf(write_pdf(report, timezone.now()))

    assert text.count('#panic("no")') >= 4
    assert "*bold*" in text


def test_long_words_and_other_scripts_make_a_pdf() -> None:
    row = ["x" * 500, "Ünïcödé Привет Ελλάδα 日本語 עברית العربية 🎉"]
    report = Report("Report", "", [["Records", "1"]], [Section("Facts", [row] * 200)], [])

    assert len(PdfReader(io.BytesIO(write_pdf(report, timezone.now()))).pages) > 3
