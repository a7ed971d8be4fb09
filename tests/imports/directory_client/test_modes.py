"""What each mode asks a directory for, and in which order several are asked."""

from pathlib import Path

import pytest

from accounts.models import User
from imports.models import DirectoryAttempt, DirectoryMode, ImportRecord
from tests.imports.conftest import MakeJob
from tests.imports.directory_client.conftest import (
    PASSWORD,
    MakeDirectory,
    Reference,
    is_signed_in,
    read_error,
    running_app,
    sign_in,
)


@pytest.mark.parametrize("mode", [DirectoryMode.OFF, DirectoryMode.CLOSED])
def test_off_and_closed_are_not_asked(
    make_directory: MakeDirectory, reference: Reference, mode: DirectoryMode
) -> None:
    make_directory(url=reference.url, mode=mode)

    assert not is_signed_in(sign_in(reference.add("ada")))
    assert reference.requests == []


def test_draining_asks_for_imported_users_only(
    make_directory: MakeDirectory, reference: Reference, run_job: MakeJob
) -> None:
    make_directory(url=reference.url, mode=DirectoryMode.DRAINING)
    new, imported = reference.add("new"), reference.add("imported")
    run_job([{"subject_id": "old-imported", "profile": {"email": imported}}])

    assert not is_signed_in(sign_in(new))
    assert is_signed_in(sign_in(imported))
    assert reference.requests == ["/look-up", "/verify"]


def test_shadow_asks_for_new_users_and_changes_nothing(
    make_directory: MakeDirectory, reference: Reference
) -> None:
    directory = make_directory(url=reference.url, mode=DirectoryMode.SHADOW)
    users = User.objects.count()

    assert not is_signed_in(sign_in(reference.add("ada")))

    attempt = DirectoryAttempt.objects.get()
    assert (attempt.mode, attempt.local, attempt.verdict) == ("shadow", "none", "migrate")
    assert (attempt.status, attempt.subject_id) == ("created", "old-ada")
    assert User.objects.count() == users
    assert not ImportRecord.objects.filter(job=directory.job).exists()


@pytest.mark.parametrize(
    ("typed", "local", "verdict"),
    [(PASSWORD, "right", "migrate"), ("Another-77", "wrong", "wrong_password")],
)
def test_shadow_compares_with_the_password_here(
    make_directory: MakeDirectory,
    reference: Reference,
    run_job: MakeJob,
    typed: str,
    local: str,
    verdict: str,
) -> None:
    make_directory(url=reference.url, mode=DirectoryMode.SHADOW)
    email = reference.add("ada")
    password = {"password": {"plaintext": PASSWORD}}
    run_job([{"subject_id": "old-ada", "profile": {"email": email}, "authenticators": password}])
    User.objects.filter(subject_id="old-ada").update(source="old system")

    assert is_signed_in(sign_in(email, typed)) == (typed == PASSWORD)

    attempt = DirectoryAttempt.objects.get()
    assert (attempt.local, attempt.verdict) == (local, verdict)


def test_trouble_in_shadow_keeps_nobody_out(
    make_directory: MakeDirectory, reference: Reference, run_job: MakeJob
) -> None:
    make_directory(url=reference.url, mode=DirectoryMode.SHADOW)
    reference.status = 500
    email = reference.add("ada")
    password = {"password": {"plaintext": PASSWORD}}
    run_job([{"subject_id": "old-ada", "profile": {"email": email}, "authenticators": password}])

    assert is_signed_in(sign_in(email))
    assert "cannot be reached" not in read_error(sign_in(email, "Wrong-1"))


def test_directories_are_asked_in_order_up_to_the_one_that_knows(
    make_directory: MakeDirectory, reference: Reference, tmp_path: Path
) -> None:
    second = Reference(tmp_path / "second.sqlite3")
    with running_app(second) as url:
        make_directory(url=reference.url)
        make_directory(url=url)
        email = second.add("ada")

        assert is_signed_in(sign_in(email))
        assert (reference.requests, second.requests) == (["/look-up"], ["/look-up", "/verify"])


def test_directory_that_knows_the_user_decides(
    make_directory: MakeDirectory, reference: Reference, tmp_path: Path
) -> None:
    second = Reference(tmp_path / "second.sqlite3")
    with running_app(second) as url:
        make_directory(url=reference.url)
        make_directory(url=url)
        email = reference.add("ada", "Other-Password-1")
        second.add("ada")

        assert not is_signed_in(sign_in(email))
        assert second.requests == []


def test_directory_without_answer_is_not_passed_over(
    make_directory: MakeDirectory, reference: Reference, tmp_path: Path
) -> None:
    second = Reference(tmp_path / "second.sqlite3")
    with running_app(second) as url:
        make_directory(url=reference.url)
        make_directory(url=url)
        reference.status = 500
        email = second.add("ada")

        assert not is_signed_in(sign_in(email))
        assert second.requests == []


def test_directory_with_domains_is_asked_for_them_only(
    make_directory: MakeDirectory, reference: Reference
) -> None:
    make_directory(url=reference.url, email_domains=["example.org"])
    reference.add("ada")

    assert not is_signed_in(sign_in("ada@example.com"))
    assert not is_signed_in(sign_in("ada"))
    assert reference.requests == []
    reference.add("bob", Email="bob@example.org")
    assert is_signed_in(sign_in("bob@EXAMPLE.org"))
