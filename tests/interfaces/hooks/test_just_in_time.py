"""Hooks ask legacy directories as the sign-in page does, for users who are not here yet."""

from __future__ import annotations

from accounts.models import User
from imports.models import DirectoryAttempt, HookAnswer, LegacyDirectory, MovedUser
from tests.imports.directory_client.conftest import (
    PASSWORD,
    Reference,
    _quick_sign_in,
    directory,
    make_directory,
    reference,
)
from tests.interfaces.hooks.conftest import Ask

__all__ = ["_quick_sign_in", "directory", "make_directory", "reference"]


def test_a_user_of_a_directory_is_brought_in_and_moves_on(
    directory: LegacyDirectory, reference: Reference, ask: Ask
) -> None:
    login = reference.add("rosa")

    answer = ask("auth0", login, PASSWORD)

    assert answer.status == 200
    user = User.objects.get(email=login)
    assert answer.body["user_id"] == user.subject_id == "old-rosa"
    assert MovedUser.objects.get().user_id == user.pk


def test_a_wrong_password_of_a_user_of_a_directory_is_wrong(
    directory: LegacyDirectory, reference: Reference, ask: Ask
) -> None:
    login = reference.add("rosa")

    assert ask("auth0", login, "wrong").body["verdict"] == "wrong"
    assert DirectoryAttempt.objects.count() == 1
    assert not User.objects.filter(email=login).exists()


def test_a_directory_that_does_not_answer_is_trouble_and_no_wrong_password(
    directory: LegacyDirectory, reference: Reference, ask: Ask
) -> None:
    login = reference.add("rosa")
    reference.status = 500

    answer = ask("kratos", login, PASSWORD)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert HookAnswer.objects.get().verdict == "trouble"


def test_a_user_who_is_blocked_in_the_directory_is_told_so(
    directory: LegacyDirectory, reference: Reference, ask: Ask
) -> None:
    login = reference.add("rosa", LockoutEnd="9999-12-31 23:59:59 +00:00", LockoutEnabled=1)

    assert ask("auth0", login, PASSWORD).body["verdict"] == "disabled"


def test_one_system_can_ask_a_directory_about_more_than_one_address_may(
    directory: LegacyDirectory, reference: Reference, ask: Ask, settings: object
) -> None:
    settings.LEGACY_DIRECTORY_ADDRESS_LIMIT = 1  # type: ignore[attr-defined]
    logins = [reference.add(name) for name in ("rosa", "ida", "eva")]

    assert {ask("auth0", login, "wrong").body["verdict"] for login in logins} == {"wrong"}
    assert ask("auth0", logins[0], PASSWORD).status == 200
