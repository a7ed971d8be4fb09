"""What the dry-run page asks, how it is answered, and that the run waits for it."""

from __future__ import annotations

import hashlib

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.models import ImportJob
from imports.selectors import list_error_groups
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses, to_csv
from tests.imports.views.posting import read_form

KEY = "hash_as_password:password"
HASH = hashlib.sha256(b"Xy1Maple-river-4").hexdigest() + ":Xy1:1"
BCRYPT = "$2b$10$rPWi9bREDEbfcdReyLNtbur40oOWnz8dMOzwy4FIqH3AnH/VM7ogS"
MAGENTO = "Magento 2"
ROWS = [["1", "Blue-River-42"], ["2", "Green-River-43"], ["3", HASH]]


@pytest.fixture
def waiting_job(make_job: MakeJob) -> ImportJob:
    """A job whose dry run found a hash among plain passwords."""
    job = make_job(to_csv(["id", "password"], ROWS), name="mixed.csv")
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def show(client: Client, job: ImportJob) -> str:
    return client.get(reverse("imports:dry_run", args=[job.pk])).content.decode()


def answer(client: Client, job: ImportJob, choice: str) -> None:
    sent = {"key": KEY, "value": MAGENTO, "choice": choice}
    client.post(reverse("imports:answer", args=[job.pk]), sent)
    drain(job)


def test_the_page_asks_with_the_proposal_selected_and_offers_no_run(
    admin: Client, waiting_job: ImportJob
) -> None:
    page = show(admin, waiting_job)

    assert "The import is waiting for 1 decision" in page
    assert '<option value="hash" selected>' in page
    assert "Import everything" not in page
    assert HASH not in page


def test_findings_do_not_deny_what_fails_for_an_open_decision(
    admin: Client, make_job: MakeJob
) -> None:
    people = [["s1", "ada@example.com"], ["s1", "ben@example.com"]]
    job = make_job(to_csv(["id", "email"], people), name="people.csv")
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    page = show(admin, job)

    assert "1 of 2 records will fail" in page
    assert "no record fails" not in page


def test_what_is_certain_is_shown_as_decided_and_can_be_changed(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(to_csv(["id", "password"], [*ROWS[:2], ["3", BCRYPT]]), name="mixed.csv")
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    page = show(admin, job)

    assert "These values of “password” have the marker of a hash format" in page
    assert "Certain" in page
    assert "Import everything" in page
    assert '<option value="plain"' not in page
    sent = {"key": KEY, "value": "bcrypt", "choice": "none"}
    admin.post(reverse("imports:answer", args=[job.pk]), {**read_form(page), **sent})
    job.refresh_from_db()
    assert job.mapping["answers"] == {KEY: {"bcrypt": "none"}}


def test_a_run_that_is_started_all_the_same_is_refused(
    admin: Client, waiting_job: ImportJob
) -> None:
    sent = admin.post(reverse("imports:start_run", args=[waiting_job.pk]), follow=True)

    waiting_job.refresh_from_db()
    assert waiting_job.state == "dry_run_done"
    assert "A plain password looks like a hash" in sent.content.decode()


def test_an_answer_starts_the_dry_run_again_and_frees_the_run(
    admin: Client, waiting_job: ImportJob
) -> None:
    answer(admin, waiting_job, "hash")

    page = show(admin, waiting_job)
    assert "All decisions are made" in page
    assert "Import everything" in page
    activity_log = admin.get(
        reverse("imports:activity_log", args=[waiting_job.pk])
    ).content.decode()
    assert "password, “Magento 2”: Import as password hashes" in activity_log


def test_nothing_chosen_changes_nothing(admin: Client, waiting_job: ImportJob) -> None:
    answer(admin, waiting_job, "")

    assert waiting_job.state == "dry_run_done"
    assert waiting_job.mapping["answers"] == {}


def test_saving_the_mapping_page_keeps_the_answer(admin: Client, waiting_job: ImportJob) -> None:
    answer(admin, waiting_job, "hash")
    address = reverse("imports:mapping", args=[waiting_job.pk])
    saved = waiting_job.events.filter(action="map").count()

    admin.post(address, read_form(admin.get(address).content.decode()))

    waiting_job.refresh_from_db()
    assert waiting_job.events.filter(action="map").count() == saved + 1
    assert waiting_job.mapping["answers"] == {KEY: {MAGENTO: "hash"}}


def test_one_button_decides_for_all_failed_records_of_one_error_group(
    admin: Client, waiting_job: ImportJob
) -> None:
    runs.start_run(
        waiting_job, actor=waiting_job.created_by, fails_undecided=True, without_dry_run=True
    )
    drain(waiting_job)
    error_group = waiting_job.records.get(row_number=3).error_group.hex
    page = admin.get(
        reverse("imports:error_group", args=[waiting_job.pk, error_group])
    ).content.decode()
    assert "Decide and retry" in page

    sent = {"correction": "answer", "value": "hash"}
    admin.post(reverse("imports:correct", args=[waiting_job.pk, error_group]), sent)
    drain(waiting_job)

    assert User.objects.get(subject_id="3").check_password("Maple-river-4")
    activity_log = admin.get(
        reverse("imports:activity_log", args=[waiting_job.pk])
    ).content.decode()
    assert "password, “Magento 2”: Import as password hashes" in activity_log


UNLIKE = [{"subject_id": "7", "email": f"{name}@example.com"} for name in ("ada", "bob")]


def test_rows_that_look_like_different_people_are_shown_in_pairs(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(UNLIKE)
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    page = admin.get(reverse("imports:dry_run", args=[job.pk])).content.decode()

    pair = page.partition("look like different people")[2].partition("<select")[0]
    assert "Row 2" in pair
    assert "bob@example.com and row 1, " in pair
    assert "ada@example.com" in pair


def test_records_that_look_like_different_people_can_be_skipped_after_the_run(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(UNLIKE)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)
    [group] = list_error_groups(job)
    address = reverse("imports:error_group", args=[job.pk, group.digest])

    page = admin.get(address).content.decode()

    assert "The same person: skip these records" in page
    assert "Decide and retry" in page
    sent = {"correction": "answer", "value": "skip"}
    admin.post(reverse("imports:correct", args=[job.pk, group.digest]), sent)
    drain(job)
    assert list_statuses(job)[1][1:] == ("skipped", "repeated_in_file")
