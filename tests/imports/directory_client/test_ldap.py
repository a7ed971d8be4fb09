"""LDAP directories: a real OpenLDAP server, over TLS and StartTLS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from imports.directory_client.contract import Connection, DirectoryError, NotAllowed, Verdict
from imports.directory_client.kinds.ldap import LdapClient
from tests.imports.directory_client.certificates import Certificates, make_certificates
from tests.imports.directory_client.conftest import (
    MakeDirectory,
    is_signed_in,
    read_error,
    sign_in,
)
from tests.imports.directory_client.openldap import (
    BASE,
    PASSWORD,
    SERVICE,
    SERVICE_PASSWORD,
    OpenLdap,
    running_openldap,
)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def openldap(
    tmp_path_factory: pytest.TempPathFactory, certificates: Certificates
) -> Iterator[OpenLdap]:
    with running_openldap(tmp_path_factory.mktemp("openldap"), certificates) as found:
        yield found


@pytest.fixture(autouse=True)
def _trust(settings: Any, certificates: Certificates) -> None:
    settings.LEGACY_DIRECTORY_CA_FILE = str(certificates.authority)


@pytest.fixture
def connection(openldap: OpenLdap) -> Connection:
    return Connection(
        kind="ldap",
        url=openldap.encrypted,
        base_dn=BASE,
        bind_dn=SERVICE,
        secret=SERVICE_PASSWORD,
        timeout=5,
    )


def change(connection: Connection, **fields: Any) -> Connection:
    return Connection(**{name: getattr(connection, name) for name in connection.__slots__} | fields)


@pytest.mark.parametrize("identifier", ["ada", "ADA", "ada@example.com"])
def test_right_password_is_proven_by_a_bind(connection: Connection, identifier: str) -> None:
    answer = LdapClient(connection).verify(identifier, PASSWORD)

    assert answer.verdict is Verdict.MIGRATE
    assert answer.profile["mail"] == "ada@example.com"
    assert len(answer.profile["(id)"]) == 36


def test_profile_has_neither_passwords_nor_binary_values(connection: Connection) -> None:
    profile = LdapClient(connection).look_up("ada").profile

    assert not {"userPassword", "jpegPhoto"} & profile.keys()


@pytest.mark.parametrize(
    ("identifier", "password", "verdict"),
    [
        ("ada", "wrong", Verdict.WRONG_PASSWORD),
        ("nobody", PASSWORD, Verdict.UNKNOWN_USER),
        ("ada", "", Verdict.REFUSED),
        ("*", PASSWORD, Verdict.UNKNOWN_USER),
        ("a*", PASSWORD, Verdict.UNKNOWN_USER),
        ("ada)(uid=*", PASSWORD, Verdict.UNKNOWN_USER),
        ("\\61da", PASSWORD, Verdict.UNKNOWN_USER),
        ("ada\x00", PASSWORD, Verdict.UNKNOWN_USER),
    ],
)
def test_nobody_else_gets_in(
    connection: Connection, identifier: str, password: str, verdict: Verdict
) -> None:
    assert LdapClient(connection).verify(identifier, password).verdict is verdict


def test_filter_that_finds_several_is_an_error_of_the_settings(connection: Connection) -> None:
    with pytest.raises(DirectoryError, match="more than one entry"):
        LdapClient(connection).verify("shared@example.com", PASSWORD)


def test_service_account_with_a_wrong_password_is_told(connection: Connection) -> None:
    with pytest.raises(DirectoryError, match="service account cannot bind"):
        LdapClient(change(connection, secret="wrong")).verify("ada", PASSWORD)


def test_filter_that_is_no_filter_is_told(connection: Connection) -> None:
    with pytest.raises(DirectoryError):
        LdapClient(change(connection, user_filter="(uid={identifier}")).verify("ada", PASSWORD)


def test_starttls_is_used_where_it_is_set(connection: Connection, openldap: OpenLdap) -> None:
    secured = change(connection, url=openldap.plain, start_tls=True)

    assert LdapClient(secured).verify("ada", PASSWORD).verdict is Verdict.MIGRATE


@pytest.mark.parametrize("start_tls", [False, True])
def test_certificate_of_an_unknown_authority_is_refused(
    connection: Connection, openldap: OpenLdap, settings: Any, start_tls: bool
) -> None:
    settings.LEGACY_DIRECTORY_CA_FILE = ""
    url = openldap.plain if start_tls else openldap.encrypted

    with pytest.raises(DirectoryError):
        LdapClient(change(connection, url=url, start_tls=start_tls)).verify("ada", PASSWORD)


def test_certificate_of_another_host_is_refused(
    connection: Connection, tmp_path: Path, settings: Any
) -> None:
    other = make_certificates(tmp_path, "ldap.example.com")
    (tmp_path / "server").mkdir()
    settings.LEGACY_DIRECTORY_CA_FILE = str(other.authority)

    with (
        running_openldap(tmp_path / "server", other) as server,
        pytest.raises(DirectoryError),
    ):
        LdapClient(change(connection, url=server.encrypted)).verify("ada", PASSWORD)


def test_password_is_not_sent_in_clear_to_another_machine(
    connection: Connection, settings: Any
) -> None:
    settings.LEGACY_DIRECTORY_HOSTS = ["ldap.example.com"]

    with pytest.raises(NotAllowed, match="would not be encrypted"):
        LdapClient(change(connection, url="ldap://ldap.example.com")).verify("ada", PASSWORD)


def test_server_that_is_gone_is_an_error(connection: Connection) -> None:
    with pytest.raises(DirectoryError, match="did not respond"):
        LdapClient(change(connection, url="ldaps://127.0.0.1:9")).verify("ada", PASSWORD)


def test_exchanges_hold_no_secret(connection: Connection) -> None:
    client = LdapClient(connection)
    client.verify("ada", PASSWORD)

    shown = "".join(each.request + each.response for each in client.exchanges)
    assert "uid=ada" in shown
    assert PASSWORD not in shown
    assert SERVICE_PASSWORD not in shown


def test_user_of_an_ldap_server_is_migrated_at_sign_in(
    make_directory: MakeDirectory, openldap: OpenLdap
) -> None:
    make_directory(
        "ldap",
        url=openldap.encrypted,
        base_dn=BASE,
        bind_dn=SERVICE,
        secret=SERVICE_PASSWORD,
    )

    assert read_error(sign_in("ada@example.com", "Wrong-1"))
    assert is_signed_in(sign_in("ada@example.com", PASSWORD))
    user = User.objects.get(username="ada")
    assert (user.email, user.given_name, user.family_name) == (
        "ada@example.com",
        "Ada",
        "Lovelace",
    )
    assert is_signed_in(sign_in("ada", PASSWORD))
