"""Directories without look-up get the password first: whose, is decided by what is known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.models import User
from imports.models import DirectoryAttempt, DirectoryMode
from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.imports.conftest import MakeJob
from tests.imports.directory_client.answering import Asked, Given, answering
from tests.imports.directory_client.conftest import (
    PASSWORD,
    MakeDirectory,
    is_signed_in,
    read_error,
    sign_in,
)

OPEN = [DirectoryMode.SHADOW, DirectoryMode.ON, DirectoryMode.DRAINING]
ANSWERING = [DirectoryMode.ON, DirectoryMode.DRAINING]
SOURCE = "old system"
NAME, OWN = "ada-l", "Chosen-Here-77"
"""A user name: Auth0-style APIs look up addresses alone."""


@dataclass
class Directory:
    """A directory that knows one person, and which passwords were sent to it."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    subject_id: str = "old-ada"

    def answer(self, asked: Asked) -> Given:
        """Take the right password for any name, as a directory with aliases does."""
        if "/userinfo" in asked.path or "GetUser" in asked.headers.get("x-amz-target", ""):
            attributes = {"sub": self.subject_id, "email": "ada@example.com"}
            listed = [{"Name": key, "Value": text} for key, text in attributes.items()]
            return Given(200, {"Username": self.subject_id, "UserAttributes": listed})
        password = read_password(asked)
        self.sent.append(password)
        if password != PASSWORD:
            return self.refuse()
        if self.kind == "cognito":
            return Given(200, {"AuthenticationResult": {"AccessToken": "t"}})
        if self.kind == "auth0":
            return Given(200, {"user_id": self.subject_id, "email": "ada@example.com"})
        profile = {"login": "ada@example.com", "email": "ada@example.com"}
        user = {"id": self.subject_id, "profile": profile}
        return Given(200, {"status": "SUCCESS", "_embedded": {"user": user}})

    def refuse(self) -> Given:
        if self.kind == "cognito":
            return Given(400, {"__type": "NotAuthorizedException"})
        return Given(401, {"errorCode": "E0000004"})


def read_password(asked: Asked) -> str:
    content = asked.json
    return str(content.get("password") or content["AuthParameters"]["PASSWORD"])


@pytest.fixture(params=["auth0", "okta", "cognito", "oidc"])
def directory(request: pytest.FixtureRequest) -> Iterator[Directory]:
    found = Directory(request.param)
    if found.kind == "oidc":
        with running_provider() as provider:
            exchange = provider.exchange

            def note(sent: dict[str, str]) -> dict[str, object]:
                found.sent.append(sent["password"])
                provider.claims = {"sub": found.subject_id, "email": "ada@example.com"}
                provider.passwords = {sent["username"]: PASSWORD}
                return exchange(sent)

            provider.exchange = note  # type: ignore[method-assign]
            found.fields = {
                "url": provider.issuer,
                "client_id": CLIENT_ID,
                "secret": CLIENT_SECRET,
            }
            yield found
        return
    with answering(found.answer) as server:
        found.fields = {"url": server.url, "secret": ""}
        if found.kind == "cognito":
            found.fields["client_id"] = "app"
        yield found


@pytest.fixture
def set_up(make_directory: MakeDirectory, directory: Directory) -> Callable[[DirectoryMode], None]:
    def make(mode: DirectoryMode) -> None:
        make_directory(directory.kind, mode=mode, **directory.fields)

    return make


SetUp = Callable[[DirectoryMode], None]


def make_user(password: str = PASSWORD, *, is_chosen: bool = False, **fields: Any) -> User:
    """Make a user of the directory's source whose password is as it was imported."""
    user = User(**{"subject_id": "old-ada", "source": SOURCE, "username": NAME, **fields})
    user.set_password(password)
    if not is_chosen:
        user.password_changed_at = None
    user.save()
    return user


@pytest.mark.parametrize("mode", OPEN)
@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_password_of_an_administrator_is_not_sent(
    set_up: SetUp, directory: Directory, mode: DirectoryMode, power: str
) -> None:
    set_up(mode)
    make_user(OWN, **{power: True})

    assert not is_signed_in(sign_in(NAME, PASSWORD))
    assert is_signed_in(sign_in(NAME, OWN))

    assert directory.sent == []


@pytest.mark.parametrize("mode", OPEN)
def test_name_of_an_administrator_in_another_spelling_sends_nothing(
    set_up: SetUp, directory: Directory, mode: DirectoryMode
) -> None:
    set_up(mode)
    make_user(OWN, is_staff=True, username="+44 (1632) 960-001")

    sign_in("+44 1632 960001", PASSWORD)

    assert directory.sent == []


@pytest.mark.parametrize("mode", OPEN)
@pytest.mark.parametrize("typed", [OWN, PASSWORD])
def test_password_that_was_chosen_here_is_not_sent(
    set_up: SetUp, directory: Directory, mode: DirectoryMode, typed: str
) -> None:
    set_up(mode)
    make_user(OWN, is_chosen=True)

    assert is_signed_in(sign_in(NAME, typed)) == (typed == OWN)

    assert directory.sent == []


@pytest.mark.parametrize("mode", OPEN)
def test_disabled_user_sends_nothing(
    set_up: SetUp, directory: Directory, mode: DirectoryMode
) -> None:
    set_up(mode)
    make_user(is_active=False)

    assert not is_signed_in(sign_in(NAME, PASSWORD))

    assert directory.sent == []


@pytest.mark.parametrize("mode", OPEN)
def test_user_of_another_directory_sends_nothing(
    set_up: SetUp, make_directory: MakeDirectory, directory: Directory, mode: DirectoryMode
) -> None:
    set_up(mode)
    make_directory(url="http://127.0.0.1:9", source="another", mode=DirectoryMode.OFF)
    user = make_user(source="another")
    User.objects.filter(pk=user.pk).update(password="!")

    assert not is_signed_in(sign_in(NAME, PASSWORD))

    assert directory.sent == []


@pytest.mark.parametrize("mode", ANSWERING)
def test_right_password_of_another_subject_signs_nobody_in(
    set_up: SetUp, directory: Directory, run_job: MakeJob, mode: DirectoryMode
) -> None:
    set_up(mode)
    run_job([{"subject_id": "somebody-else", "profile": {"username": NAME}}])

    browser = sign_in(NAME, PASSWORD)

    assert not is_signed_in(browser)
    assert read_error(browser) == read_error(sign_in(NAME, "Wrong-1"))
    user = User.objects.get(username=NAME)
    assert (user.subject_id, user.has_usable_password()) == ("somebody-else", False)
    assert not User.objects.filter(subject_id="old-ada").exists()
    attempt = DirectoryAttempt.objects.order_by("pk")[0]
    assert attempt.verdict == "other_person"


def test_unknown_name_that_proves_to_be_an_administrator_changes_nothing(
    set_up: SetUp, directory: Directory
) -> None:
    set_up(DirectoryMode.ON)
    user = make_user(OWN, is_superuser=True, username="the-boss")

    assert not is_signed_in(sign_in(NAME, PASSWORD))

    user.refresh_from_db()
    assert user.check_password(OWN)
    assert user.username == "the-boss"


def test_who_waits_signs_in_with_the_password_of_their_own_entry(
    set_up: SetUp, directory: Directory, run_job: MakeJob
) -> None:
    set_up(DirectoryMode.ON)
    run_job([{"subject_id": "old-ada", "profile": {"username": NAME}}])

    assert is_signed_in(sign_in(NAME, PASSWORD))
    assert directory.sent == [PASSWORD]


def test_shadow_foresees_that_who_waits_gets_the_password(
    set_up: SetUp, directory: Directory, run_job: MakeJob
) -> None:
    set_up(DirectoryMode.SHADOW)
    run_job([{"subject_id": "old-ada", "profile": {"username": NAME}}])

    sign_in(NAME, PASSWORD)

    attempt = DirectoryAttempt.objects.get()
    assert (attempt.status, attempt.reason) == ("updated", "")


def test_stranger_who_has_the_id_of_an_entry_gets_nobody_s_password(
    set_up: SetUp, directory: Directory, run_job: MakeJob
) -> None:
    set_up(DirectoryMode.ON)
    run_job([{"subject_id": "old-ada", "profile": {"username": "somebody"}}])

    assert not is_signed_in(sign_in(NAME, PASSWORD))

    assert not User.objects.get(subject_id="old-ada").has_usable_password()
    assert DirectoryAttempt.objects.get().reason == "unlike_user"
