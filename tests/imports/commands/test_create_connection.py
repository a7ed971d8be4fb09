"""`manage.py create_connection`, and what it prints for a program."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from imports.models import Connection, SecretUse
from imports.services.connections.secrets import find_secret

pytestmark = pytest.mark.django_db


def create(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, str]:
    call_command("create_connection", *arguments, "--json")
    made: dict[str, str] = json.loads(capsys.readouterr().out)
    return made


def test_a_records_connection_is_on_and_its_token_printed(
    operator: User, capsys: pytest.CaptureFixture[str], settings: pytest.FixtureRequest
) -> None:
    settings.PUBLIC_URL = "https://userferry.example/"

    made = create(capsys, "records", "--name", "HR", "--as", "operator@example.com")

    connection = Connection.objects.get()
    assert made == {
        "kind": "records",
        "url": "https://userferry.example/api/v1/records",
        "token": made["token"],
    }
    secret = find_secret(made["token"], [SecretUse.TOKEN])
    assert secret is not None
    assert secret.connection == connection
    assert (connection.is_on, connection.owner, connection.source) == (True, operator, "HR")


def test_a_hook_is_made_with_a_tenant_of_its_name(
    operator: User, capsys: pytest.CaptureFixture[str]
) -> None:
    made = create(capsys, "hook", "--name", "Moving to Acme")

    assert made["url"].endswith("/hooks/moving-to-acme")
    secret = find_secret(made["token"], [SecretUse.TOKEN])
    assert secret is not None
    assert secret.scopes == ["verify", "look_up"]
    assert secret.connection.is_on


def test_a_connection_can_stay_off(operator: User, capsys: pytest.CaptureFixture[str]) -> None:
    create(capsys, "records", "--name", "HR", "--off")

    assert not Connection.objects.get().is_on


def test_without_json_each_line_names_what_it_prints(
    operator: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("create_connection", "records", "--name", "HR")

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "kind",
        "url",
        "token",
    ]


def test_a_name_in_use_is_refused(operator: User, capsys: pytest.CaptureFixture[str]) -> None:
    create(capsys, "records", "--name", "HR")

    with pytest.raises(CommandError, match="Name already exists"):
        create(capsys, "records", "--name", "HR")


def test_a_tenant_is_refused_where_the_kind_has_none(operator: User) -> None:
    with pytest.raises(CommandError, match="has no tenant"):
        call_command("create_connection", "records", "--name", "HR", "--tenant", "t")


def test_a_matching_key_that_there_is_not_is_refused_and_nothing_kept(operator: User) -> None:
    with pytest.raises(CommandError, match="cannot be matched by"):
        call_command("create_connection", "records", "--name", "HR", "--matching-key", "shoe")

    assert not Connection.objects.exists()


def test_a_secret_can_have_chosen_scopes(
    operator: User, capsys: pytest.CaptureFixture[str]
) -> None:
    create(
        capsys,
        *("secureauth", "--name", "Leaving", "--tenant", "acme"),
        *("--secret-scope", "read_configuration", "--secret-scope", "export_credentials"),
    )

    scopes = Connection.objects.get().secrets.get().scopes
    assert scopes == ["read_configuration", "export_credentials"]
