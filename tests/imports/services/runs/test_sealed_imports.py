"""Plain passwords of an import: signed in with at once, hashed later, and never in clear."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.passwords.background import count_waiting, hash_for_a_while
from imports.core.planning.conflicts import Mode
from imports.core.planning.undo import UndoOptions
from imports.models import ImportJob
from imports.selectors import get_totals
from imports.services.undo import undoing
from tests.imports.conftest import MakeJob
from tests.imports.signing_in import is_signed_in, sign_in

pytestmark = pytest.mark.django_db


def make_record(number: int, password: str) -> dict[str, Any]:
    return {
        "subject_id": f"s{number}",
        "profile": {"username": f"user{number}"},
        "authenticators": {"password": {"plaintext": password}},
    }


RECORDS = [make_record(number, f"first horse {number}") for number in range(4)]
CHANGED = [make_record(number, f"second horse {number}") for number in range(4)]


def list_prefixes() -> list[str]:
    passwords = User.objects.filter(subject_id__startswith="s").values_list("password", flat=True)
    return sorted({each.partition("$")[0] for each in passwords})


@pytest.fixture
def job(run_job: MakeJob) -> ImportJob:
    return run_job(RECORDS)


def test_people_sign_in_before_and_after_their_passwords_are_hashed(job: ImportJob) -> None:
    assert list_prefixes() == ["sealed"]
    assert is_signed_in(sign_in(1, "first horse 1"))
    assert count_waiting().left == 3

    hash_for_a_while()

    assert list_prefixes() == ["argon2"]
    assert all(is_signed_in(sign_in(number, f"first horse {number}")) for number in (1, 2))


@pytest.mark.parametrize("is_hashed", [False, True])
def test_importing_the_same_passwords_again_changes_nobody(
    job: ImportJob, run_job: MakeJob, is_hashed: bool
) -> None:
    if is_hashed:
        hash_for_a_while()
    before = dict(User.objects.values_list("subject_id", "password"))

    again = run_job(RECORDS, mode=Mode.UPDATE)

    assert get_totals(again)["skipped"] == 4
    assert dict(User.objects.values_list("subject_id", "password")) == before


def undo(job: ImportJob) -> None:
    started = undoing.start_undo(job, UndoOptions(), actor=job.created_by)
    undoing.work_on_undo(started.pk)


def test_undo_removes_users_whose_passwords_were_hashed_since(job: ImportJob) -> None:
    hash_for_a_while()
    undo(job)
    assert list_prefixes() == []


def test_undo_gives_former_passwords_back_though_they_were_hashed_since(
    job: ImportJob, run_job: MakeJob
) -> None:
    update = run_job(CHANGED, mode=Mode.UPDATE)
    assert User.objects.get(subject_id="s1").check_password("second horse 1")
    hash_for_a_while()
    undo(update)

    assert list_prefixes() == ["sealed"]
    hash_for_a_while()
    assert is_signed_in(sign_in(1, "first horse 1"))


def test_pages_say_how_many_are_left_and_which_cannot_be_hashed(
    job: ImportJob, admin_client: Client, settings: Any
) -> None:
    page = admin_client.get(reverse("imports:run", args=[job.pk])).text
    assert "4 passwords of this site are still to be hashed" in page
    assert "Hashing imported plain passwords in the background: 4 left" in (
        admin_client.get(reverse("admin:index")).text
    )

    settings.ENCRYPTION_KEYS = ["other:" + "A" * 43 + "="]
    live = admin_client.get(reverse("imports:passwords_live")).text
    assert "4 cannot be hashed" in live
    assert "still to be hashed" not in live


def test_page_loads_itself_again_once_all_are_hashed(job: ImportJob, admin_client: Client) -> None:
    hash_for_a_while()
    assert admin_client.get(reverse("imports:passwords_live")).headers["HX-Refresh"] == "true"
    assert "Plain passwords" not in admin_client.get(reverse("imports:run", args=[job.pk])).text
