"""A directory is sent the passwords of its own people alone, and for their own entries."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from imports.directory_client.kinds.ldap import LdapClient
from imports.models import DirectoryAttempt, DirectoryMode, LegacyDirectory, OtherSubjectId
from tests.imports.conftest import MakeJob
from tests.imports.directory_client.certificates import make_certificates
from tests.imports.directory_client.conftest import (
    PASSWORD,
    MakeDirectory,
    Reference,
    is_signed_in,
    read_error,
    sign_in,
)
from tests.imports.directory_client.openldap import (
    BASE,
    SERVICE,
    SERVICE_PASSWORD,
    running_openldap,
)
from tests.imports.directory_client.openldap import PASSWORD as LDAP_PASSWORD

OPEN = [DirectoryMode.SHADOW, DirectoryMode.ON, DirectoryMode.DRAINING]
SOURCE = "old system"
OWN = "Chosen-Here-77"


def make_user(email: str, **fields: Any) -> User:
    """Make a user of the directory's source whose password is as it was imported."""
    given = {"subject_id": "old-ada", "source": SOURCE, **fields}
    user = User(email=email, **given)
    user.set_password(PASSWORD)
    user.password_changed_at = None
    user.save()
    return user


@pytest.mark.parametrize("mode", OPEN)
@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
@pytest.mark.parametrize("typed", [PASSWORD, "Wrong-1"])
@pytest.mark.parametrize("login", ["ada@example.com", "the-boss"])
def test_nothing_of_an_administrator_reaches_a_directory(
    make_directory: MakeDirectory,
    reference: Reference,
    mode: DirectoryMode,
    power: str,
    typed: str,
    login: str,
) -> None:
    make_directory(url=reference.url, mode=mode)
    make_user(reference.add("ada"), username="the-boss", **{power: True})

    assert is_signed_in(sign_in(login, typed)) == (typed == PASSWORD)

    assert reference.requests == []
    assert not DirectoryAttempt.objects.exists()


@pytest.mark.parametrize("mode", OPEN)
@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_administrator_under_a_name_of_the_old_system_sends_no_password(
    make_directory: MakeDirectory, reference: Reference, mode: DirectoryMode, power: str
) -> None:
    make_directory(url=reference.url, mode=mode)
    reference.add("ada")
    make_user("boss@example.com", **{power: True})

    assert not is_signed_in(sign_in("ada"))

    assert "/verify" not in reference.requests


@pytest.mark.parametrize("mode", OPEN)
@pytest.mark.parametrize("typed", [OWN, "Wrong-1"])
def test_password_that_was_chosen_here_reaches_no_directory(
    make_directory: MakeDirectory, reference: Reference, mode: DirectoryMode, typed: str
) -> None:
    make_directory(url=reference.url, mode=mode)
    email = reference.add("ada")
    user = make_user(email)
    user.set_password(OWN)
    user.save()

    assert is_signed_in(sign_in(email, typed)) == (typed == OWN)

    assert reference.requests == []


@pytest.mark.parametrize("mode", OPEN)
def test_password_of_another_system_reaches_no_directory(
    make_directory: MakeDirectory, reference: Reference, mode: DirectoryMode
) -> None:
    make_directory(url=reference.url, mode=mode)
    email = reference.add("ada")
    make_user(email, source="another system")

    assert is_signed_in(sign_in(email))

    assert reference.requests == []


def test_who_waits_is_asked_for_at_the_directory_of_their_own_system(
    make_directory: MakeDirectory, reference: Reference, run_job: MakeJob
) -> None:
    make_directory(url=reference.url)
    make_directory(url="http://127.0.0.1:9", source="another system", mode=DirectoryMode.OFF)
    email = reference.add("ada")
    run_job([{"subject_id": "old-ada", "profile": {"email": email}}])
    User.objects.filter(subject_id="old-ada").update(source="another system")

    assert not is_signed_in(sign_in(email))

    assert reference.requests == []


@pytest.mark.parametrize("mode", OPEN)
def test_reauthentication_sends_nothing_that_signing_in_does_not(
    make_directory: MakeDirectory, reference: Reference, mode: DirectoryMode
) -> None:
    make_directory(url=reference.url, mode=mode)
    user = make_user(reference.add("ada"), is_staff=True)
    browser = Client()
    browser.force_login(user)

    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert reference.requests == []


@pytest.mark.parametrize("mode", OPEN)
def test_entry_of_another_person_gets_no_password(
    make_directory: MakeDirectory, reference: Reference, run_job: MakeJob, mode: DirectoryMode
) -> None:
    make_directory(url=reference.url, mode=mode)
    email = reference.add("ada")
    run_job([{"subject_id": "somebody-else", "profile": {"email": email}}])

    browser = sign_in(email)

    assert not is_signed_in(browser)
    assert read_error(browser) == read_error(sign_in("nobody@example.com"))
    assert reference.requests[:1] == ["/look-up"]
    assert "/verify" not in reference.requests
    attempt = DirectoryAttempt.objects.order_by("pk")[0]
    assert attempt.verdict == "other_person"
    assert "old-ada" in attempt.detail
    assert "somebody-else" in attempt.detail


def test_entry_under_another_id_of_who_has_the_name_gets_their_password(
    directory: LegacyDirectory, reference: Reference, run_job: MakeJob
) -> None:
    email = reference.add("ada")
    run_job([{"subject_id": "google-ada", "profile": {"email": email}}])
    user = User.objects.get(subject_id="google-ada")
    OtherSubjectId.objects.create(subject_id="old-ada", user=user)

    assert is_signed_in(sign_in(email))

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not User.objects.filter(subject_id="old-ada").exists()


def test_entry_under_another_id_of_somebody_else_gets_no_password(
    directory: LegacyDirectory, reference: Reference, run_job: MakeJob
) -> None:
    email = reference.add("ada")
    run_job([{"subject_id": "1", "profile": {"email": email}}, {"subject_id": "2"}])
    OtherSubjectId.objects.create(subject_id="old-ada", user=User.objects.get(subject_id="2"))

    assert not is_signed_in(sign_in(email))

    assert "/verify" not in reference.requests


def test_who_is_met_by_another_id_signs_in_with_the_password_chosen_here(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")
    user = make_user("new@example.com", subject_id="google-ada")
    user.set_password(OWN)
    user.save()
    OtherSubjectId.objects.create(subject_id="old-ada", user=user)

    assert is_signed_in(sign_in(email, OWN))
    assert not is_signed_in(sign_in(email, PASSWORD))

    assert "/verify" not in reference.requests


def test_unknown_name_gets_no_password_either(
    make_directory: MakeDirectory, reference: Reference
) -> None:
    make_directory(url=reference.url)

    assert not is_signed_in(sign_in("nobody@example.com"))

    assert reference.requests == ["/look-up"]


def test_ldap_bind_is_never_tried_as_somebody_else(
    make_directory: MakeDirectory,
    run_job: MakeJob,
    tmp_path: Any,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bound: list[str] = []
    bind_as = LdapClient._bind_as

    def note_bind(client: LdapClient, entry: dict[str, Any], password: str) -> Any:
        bound.append(entry["(dn)"])
        return bind_as(client, entry, password)

    monkeypatch.setattr(LdapClient, "_bind_as", note_bind)
    certificates = make_certificates(tmp_path)
    settings.LEGACY_DIRECTORY_CA_FILE = str(certificates.authority)
    with running_openldap(tmp_path, certificates) as server:
        make_directory(
            "ldap", url=server.encrypted, base_dn=BASE, bind_dn=SERVICE, secret=SERVICE_PASSWORD
        )
        run_job([{"subject_id": "u1", "profile": {"username": "ada", "email": "u1@example.com"}}])

        # The directory's ada is not who has the name here; several have the address.
        assert not is_signed_in(sign_in("ada", LDAP_PASSWORD))
        assert not is_signed_in(sign_in("shared@example.com", LDAP_PASSWORD))
        assert bound == []
        # Nobody has this name, but the user name of the entry is somebody's here.
        assert not is_signed_in(sign_in("ada@example.com", LDAP_PASSWORD))
        assert not User.objects.get(subject_id="u1").has_usable_password()
        User.objects.filter(subject_id="u1").update(username=None)
        assert is_signed_in(sign_in("ada", LDAP_PASSWORD))

    assert bound == [f"uid=ada,{BASE}"] * 2
