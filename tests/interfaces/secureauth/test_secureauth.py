"""The SecureAuth-compatible interface: tokens, imports in three modes, exports, error form."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Group, User
from exports.models import Export
from imports.core.errors import ImporterError
from imports.core.planning.undo import UndoOptions
from imports.models import Connection, ImportJob, ImportRecord, Undo
from imports.services.connections.connections import switch
from imports.services.connections.people import add_preparer
from imports.services.connections.secrets import issue_secret
from imports.services.undo.undoing import start_undo, work_on_undo
from tests.imports.connecting import create_connection
from tests.imports.engine.strategies import PUBLIC_KEY

TENANT = "acme"
CONFIGURATION = f"/api/identity/system/{TENANT}/configuration"
# bcrypt of “correct horse battery staple” at the least cost.
HASHED = "$2b$04$wIcLgc07SjfAJR1rd/WBX.2.hXWBhyDEHy5p2sJD0zDJvJ3Yz3T9u"
SPELLINGS = [
    CONFIGURATION,
    f"/api/identity/{TENANT}/configuration",
    f"/api/identity/system/configuration?tid={TENANT}",
    "/api/identity/system/configuration",
]


@pytest.fixture
def connection(operator: User) -> Connection:
    return create_connection(operator, kind="secureauth", name="Pools", tenant=TENANT)


@pytest.fixture
def secret(connection: Connection, operator: User) -> str:
    return issue_secret(connection, actor=operator)


@pytest.fixture
def token(connection: Connection, secret: str) -> str:
    answer = ask_token(connection, secret)
    assert answer.status_code == 200, answer.content
    value: str = answer.json()["access_token"]
    return value


def ask_token(
    connection: Connection, secret: str, path: str = f"/{TENANT}/system/oauth2/token", **more: str
) -> Any:
    form = {"grant_type": "client_credentials", "client_id": connection.client_id}
    return Client().post(path, {**form, "client_secret": secret, **more})


def put(token: str, dump: Any, path: str = CONFIGURATION, method: str = "PUT", **more: str) -> Any:
    content = dump if isinstance(dump, bytes) else json.dumps(dump).encode()
    query = ("&" if "?" in path else "?") + "&".join(f"{k}={v}" for k, v in more.items())
    return Client().generic(
        method,
        path + (query if more else ""),
        content,
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {token}"},
    )


def name_id(number: int) -> str:
    return str(uuid.UUID(int=number))


def describe_people(*numbers: int, **payload: str) -> dict[str, Any]:
    """Return the dump of invented people, as the documented example has it."""
    ids = [name_id(number) for number in numbers]
    return {
        "users": [
            {
                "id": each,
                "user_pool_id": "pool",
                "status": "active",
                "payload": {"given_name": f"Ann {number}", **payload},
                "metadata": {},
            }
            for number, each in zip(numbers, ids, strict=True)
        ],
        "user_credentials": [describe_password(number) for number in numbers],
        "user_identifiers": [
            {
                "id": str(uuid.UUID(int=2000 + number)),
                "user_id": each,
                "identifier": f"p{number}@example.com",
                "type": "email",
            }
            for number, each in zip(numbers, ids, strict=True)
        ],
        "user_verifiable_addresses": [
            {
                "id": str(uuid.UUID(int=3000 + number)),
                "user_id": each,
                "address": f"p{number}@example.com",
                "type": "email",
                "status": "active",
                "verified": True,
            }
            for number, each in zip(numbers, ids, strict=True)
        ],
    }


def describe_password(number: int) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(int=1000 + number)),
        "user_id": name_id(number),
        "type": "password",
        "payload": {
            "hashed_password": {
                "value": HASHED,
                "config": {"method": "bcrypt", "bcrypt": {"cost": 4}},
            }
        },
    }


def find_user(number: int) -> User:
    return User.objects.get(subject_id=name_id(number))


def test_a_token_says_what_it_is_for(connection: Connection, secret: str) -> None:
    answer = ask_token(connection, secret)

    assert answer.json() | {"access_token": ""} == {
        "access_token": "",
        "expires_in": 3600,
        "scope": "manage_configuration",
        "token_type": "bearer",
    }


@pytest.mark.parametrize(
    "path",
    [f"/{TENANT}/system/oauth2/token", "/system/system/oauth2/token", "/system/oauth2/token"],
)
def test_tokens_are_handed_out_at_each_spelling(
    connection: Connection, secret: str, path: str
) -> None:
    assert ask_token(connection, secret, path).status_code == 200


def test_a_client_may_send_basic_credentials(connection: Connection, secret: str) -> None:
    written = base64.b64encode(f"{connection.client_id}:{secret}".encode()).decode()

    answer = Client().post(
        f"/{TENANT}/system/oauth2/token",
        {"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {written}"},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "manage_configuration fly"}, 400, "invalid_scope"),
    ],
)
def test_a_token_is_refused_in_the_words_of_oauth(
    connection: Connection, secret: str, change: dict[str, str], status: int, error: str
) -> None:
    answer = ask_token(connection, secret, **change)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json().keys() == {
        "error",
        "error_description",
        "error_hint",
        "cause",
        "status_code",
        "details",
    }


def test_the_token_endpoint_of_another_tenant_refuses(connection: Connection, secret: str) -> None:
    assert ask_token(connection, secret, "/other/system/oauth2/token").status_code == 401


def test_a_connection_that_is_off_hands_out_no_token_and_takes_none(
    connection: Connection, secret: str, token: str, operator: User
) -> None:
    switch(connection, is_on=False, actor=operator)

    assert ask_token(connection, secret).status_code == 403
    refused = put(token, describe_people(1))
    assert (refused.status_code, refused.json()["status_code"]) == (403, 403)
    assert "switched off" in refused.json()["error"]


@pytest.mark.parametrize("path", SPELLINGS)
def test_users_are_imported_at_each_spelling(token: str, path: str) -> None:
    answer = put(token, describe_people(1, 2), path)

    assert (answer.status_code, answer.content) == (204, b"")
    assert [find_user(number).email for number in (1, 2)] == ["p1@example.com", "p2@example.com"]
    assert find_user(1).password.count(HASHED) == 1


def test_ignore_leaves_who_exists_and_takes_the_rest(token: str) -> None:
    put(token, describe_people(1))

    answer = put(token, describe_people(1, 2, given_name="Bea"))

    assert answer.status_code == 204
    assert [find_user(number).given_name for number in (1, 2)] == ["Ann 1", "Bea"]


def test_update_changes_who_exists(token: str) -> None:
    put(token, describe_people(1))

    answer = put(token, describe_people(1, given_name="Bea"), mode="update")

    assert (answer.status_code, find_user(1).given_name) == (204, "Bea")


def test_fail_imports_nothing_at_a_conflict(token: str) -> None:
    put(token, describe_people(1))

    answer = put(token, describe_people(2, 1), mode="fail")

    assert (answer.status_code, answer.json()["error_code"]) == (409, "conflict")
    [fault] = answer.json()["details"]["records"]
    assert (fault["list"], fault["index"], fault["id"]) == ("users", 1, name_id(1))
    assert not User.objects.filter(subject_id=name_id(2)).exists()
    assert put(token, describe_people(2), mode="fail").status_code == 204


def test_what_is_wrong_is_named_and_costs_no_other_user(token: str) -> None:
    dump = describe_people(1, 2)
    dump["user_identifiers"][1]["identifier"] = "nobody"

    answer = put(token, dump)

    assert answer.status_code == 422
    body = answer.json()
    assert body.keys() == {"status_code", "error", "error_code", "details"}
    assert {(each["list"], each["id"]) for each in body["details"]["records"]} == {
        ("users", name_id(2))
    }
    assert any("email" in each["field"] for each in body["details"]["records"])
    assert find_user(1).email == "p1@example.com"
    assert ImportRecord.objects.filter(status="failed").count() == 1


def test_a_status_that_there_is_not_fails_its_user(token: str) -> None:
    dump = describe_people(1, 2)
    dump["users"][0]["status"] = "activ"
    del dump["users"][1]["status"]

    assert put(token, dump).status_code == 422
    assert not User.objects.filter(subject_id__in=[name_id(1), name_id(2)]).exists()


@pytest.mark.parametrize("mode", ["ignore", "update", "fail"])
def test_credentials_may_come_in_a_request_of_their_own(token: str, mode: str) -> None:
    dump = describe_people(1)
    credentials = dump.pop("user_credentials")
    dump["users"][0]["status"] = "inactive"
    put(token, dump)

    answer = put(token, {"user_credentials": credentials}, mode=mode)

    assert answer.status_code == 204
    user = find_user(1)
    assert user.password.count(HASHED) == 1
    assert user.is_active is False


def test_credentials_of_nobody_wait_in_the_job_and_fail_a_strict_request(token: str) -> None:
    parts = {"user_credentials": [describe_password(1)]}

    assert put(token, parts).status_code == 204
    assert put(token, parts, mode="fail").status_code == 422

    assert not User.objects.filter(subject_id=name_id(1)).exists()
    assert set(ImportRecord.objects.values_list("status", flat=True)) == {"failed"}


def test_groups_are_created_and_joined(token: str) -> None:
    dump = describe_people(1)
    dump["groups"] = [{"id": "g", "user_pool_id": "pool", "name": "Staff"}]
    dump["group_members"] = [{"group_id": "g", "user_id": name_id(1)}]

    assert put(token, dump).status_code == 204
    assert [group.key for group in find_user(1).groups.all()] == ["Staff"]


def test_pools_schemas_and_codes_are_taken_and_not_stored(token: str) -> None:
    dump = describe_people(1) | {"pools": [{"id": "p"}], "schemas": [{}], "codes": [{"x": 1}]}

    assert put(token, dump).status_code == 204


def test_a_patch_adds_what_its_operations_say(token: str) -> None:
    dump = describe_people(1)
    operations = [
        {"op": "add", "path": "/users/-", "value": dump["users"][0]},
        {"op": "add", "path": "/user_identifiers", "value": dump["user_identifiers"]},
    ]

    assert put(token, operations, method="PATCH").status_code == 204
    assert find_user(1).email == "p1@example.com"


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [
        ("PUT", b"{", 400),
        ("PUT", b"[NaN]", 400),
        ("PUT", b"", 400),
        ("PUT", b"[]", 422),
        ("PUT", b'{"user": []}', 422),
        ("PUT", b'{"users": {}}', 422),
        ("PUT", b'{"users": [1]}', 422),
        ("PUT", b'{"user_credentials": [{}]}', 422),
        ("PUT", b'{"groups": [{}]}', 422),
        ("PATCH", b"{}", 422),
        ("PATCH", b'[{"op": "remove", "path": "/users/0"}]', 422),
        ("PATCH", b'[{"op": "add", "path": "/users/0", "value": {}}]', 422),
        ("PATCH", b'[{"op": "add", "path": "/users", "value": {}}]', 422),
        ("POST", b"{}", 405),
    ],
)
def test_a_body_that_is_no_dump_is_refused_in_the_error_form(
    token: str, method: str, body: bytes, status: int
) -> None:
    answer = put(token, body, method=method)

    assert (answer.status_code, answer.json()["status_code"]) == (status, status)


@pytest.mark.parametrize("query", ["?mode=UPDATE", "?mode=", "?modus=update"])
def test_a_parameter_that_there_is_not_is_refused(token: str, query: str) -> None:
    answer = put(token, describe_people(1), CONFIGURATION + query)

    assert answer.status_code == 422
    assert not User.objects.filter(subject_id=name_id(1)).exists()


def test_another_tenant_is_not_found(token: str) -> None:
    for path in ("/api/identity/other/configuration", "/api/identity/system/configuration?tid=x"):
        assert put(token, describe_people(1), path).status_code == 404


@pytest.mark.parametrize("path", ["/api/system/acme/configuration", "/api/identity/acme/users"])
def test_other_addresses_are_answered_in_the_error_form(client: Client, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.json()["status_code"]) == (404, 404)


def test_nobody_is_let_in_without_an_access_token(secret: str) -> None:
    for value in ("", "unknown", secret):
        answer = put(value, describe_people(1))
        assert (answer.status_code, answer.json()["error_code"]) == (401, "unauthorized")


def test_a_token_for_reading_imports_nothing(connection: Connection, operator: User) -> None:
    secret = issue_secret(connection, actor=operator, scopes=["read_configuration"])
    token = ask_token(connection, secret).json()["access_token"]

    assert put(token, describe_people(1)).status_code == 403
    assert put(token, b"", method="GET").status_code == 200


def export(token: str) -> dict[str, Any]:
    answer = put(token, b"", method="GET")
    assert answer.status_code == 200
    dump: dict[str, Any] = json.loads(answer.getvalue())
    return dump


def test_an_export_imports_back_unchanged(token: str) -> None:
    dump = describe_people(1, 2)
    dump["groups"] = [{"id": "g", "name": "Staff"}]
    dump["group_members"] = [{"group_id": "g", "user_id": name_id(1)}]
    dump["users"][1]["status"] = "inactive"
    dump["user_identifiers"].append(
        {"id": "i", "user_id": name_id(1), "identifier": "+498912345678", "type": "mobile"}
    )
    put(token, dump)
    exported = export(token)

    assert put(token, exported, mode="update").status_code == 204

    last = ImportRecord.objects.order_by("-job_id", "-row_number")[:2]
    assert [record.reason for record in last] == ["unchanged", "unchanged"]
    assert export(token) == exported


def test_an_export_holds_no_hash(token: str) -> None:
    put(token, describe_people(1))

    assert export(token)["user_credentials"] == []
    assert HASHED not in str(export(token))


def ask_for_credentials(connection: Connection, actor: User) -> str:
    """Return an access token with the scope of credentials, and that of imports."""
    scopes = ["manage_configuration", "export_credentials"]
    value = issue_secret(connection, actor=actor, scopes=scopes)
    token: str = ask_token(connection, value).json()["access_token"]
    return token


def describe_authenticators(number: int) -> list[dict[str, Any]]:
    key = {"id": "AQID", "public_key": PUBLIC_KEY, "sign_count": 3, "name": "Key"}
    made = [("totp", {"secret": "JBSWY3DPEHPK3PXP"}), ("webauthn", {"credentials": [key]})]
    return [
        {"id": f"c{number}", "user_id": name_id(number), "type": kind, "payload": payload}
        for kind, payload in made
    ]


def test_an_export_with_credentials_imports_back_unchanged(
    connection: Connection, operator: User
) -> None:
    token = ask_for_credentials(connection, operator)
    dump = describe_people(1, 2, 3, 4)
    dump["user_credentials"] += describe_authenticators(1)
    dump["user_credentials"][1]["state"] = "must_be_changed"
    dump["user_credentials"][2]["expires_at"] = "2031-01-01T00:00:00Z"
    put(token, dump)
    find_user(3).roles.clear()
    User.objects.filter(subject_id=name_id(2)).update(password=f"bcrypt${HASHED}")
    User.objects.filter(subject_id=name_id(3)).update(
        password="digest$algorithm=md5&salt=a&salt_encoding=utf8&salt_position=prefix"
        "&hash_encoding=hex&password_encoding=utf-8&rounds=1$5f4dcc3b5aa765d61d8327deb882cf99"
    )
    passwords = list(User.objects.order_by("subject_id").values_list("password", flat=True))
    exported = export(token)

    assert put(token, exported, mode="update").status_code == 204

    assert export(token) == exported
    assert len(exported["user_credentials"]) == 6
    assert list(User.objects.order_by("subject_id").values_list("password", flat=True)) == passwords
    reasons = ImportRecord.objects.order_by("-job_id", "-row_number").values_list(
        "reason", flat=True
    )
    assert list(reasons[:3]) == ["unchanged"] * 3
    User.objects.filter(is_staff=False).delete()
    assert put(token, exported).status_code == 204
    assert list(User.objects.order_by("subject_id").values_list("password", flat=True)) == passwords
    again = export(token)
    assert [each["payload"] for each in again["user_credentials"]] == [
        each["payload"] for each in exported["user_credentials"]
    ]


def test_credentials_take_the_scope_and_are_noted(connection: Connection, operator: User) -> None:
    token = ask_for_credentials(connection, operator)
    put(token, describe_people(1))

    export(token)

    noted = Export.objects.latest("pk")
    assert (noted.actor, noted.channel, noted.taker) == (operator, "secureauth", "Pools")
    assert (noted.with_credentials, noted.users, noted.state) == (True, 1, "complete")


def test_everybody_whom_the_connection_acts_for_has_to_be_allowed_credentials(
    connection: Connection, operator: User, make_clerk: Callable[..., User]
) -> None:
    token = ask_for_credentials(connection, operator)
    clerk = make_clerk("imports.add_importjob", "imports.run_importjob", "accounts.view_user")
    add_preparer(connection, clerk)

    answer = put(token, b"", method="GET")

    assert answer.status_code == 403
    assert "accounts.export_credentials" in answer.json()["error"]
    assert not Export.objects.exists()


def test_nobody_gives_a_scope_that_they_may_not_use(
    connection: Connection, make_clerk: Callable[..., User]
) -> None:
    clerk = make_clerk("imports.add_importjob", "imports.run_importjob")

    with pytest.raises(ImporterError, match=r"accounts\.export_credentials"):
        issue_secret(connection, actor=clerk, scopes=["export_credentials"])


def test_an_export_has_the_users_of_its_source_alone(token: str, operator: User) -> None:
    put(token, describe_people(1))
    User.objects.create_user(subject_id="other", source="elsewhere")

    assert [user["id"] for user in export(token)["users"]] == [name_id(1)]


def test_an_import_is_undone(token: str, operator: User) -> None:
    put(token, describe_people(1))
    put(token, describe_people(1, given_name="Bea"), mode="update")

    for job in ImportJob.objects.order_by("-pk"):
        undo = start_undo(job, UndoOptions(), actor=operator)
        work_on_undo(undo.pk)
        if job.variant == "update":
            assert find_user(1).given_name == "Ann 1"

    assert not User.objects.filter(subject_id=name_id(1)).exists()
    assert Undo.objects.count() == 2


def test_a_groups_creation_takes_the_permission(
    make_clerk: Callable[..., User],
) -> None:
    clerk = make_clerk("imports.add_importjob", "imports.run_importjob", "accounts.add_user")
    connection = create_connection(clerk, kind="secureauth", name="Pools", tenant=TENANT)
    token = ask_token(connection, issue_secret(connection, actor=clerk)).json()["access_token"]
    dump = describe_people(1)
    dump["groups"] = [{"id": "g", "name": "Staff"}]
    dump["group_members"] = [{"group_id": "g", "user_id": name_id(1)}]

    assert put(token, dump).status_code == 422
    assert not Group.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_documented_commands_of_curl_work_verbatim(
    live_server: Any, operator: User, tmp_path: Any
) -> None:
    connection = create_connection(operator, kind="secureauth", name="Pools", tenant=TENANT)
    secret = issue_secret(connection, actor=operator)
    (tmp_path / "users.json").write_text(json.dumps(describe_people(1)))
    script = f"""
        set -euo pipefail
        TOKEN=$(curl --silent --fail --request POST \
          '{live_server.url}/{TENANT}/system/oauth2/token' \
          --header 'Content-Type: application/x-www-form-urlencoded' \
          --data-urlencode 'grant_type=client_credentials' \
          --data-urlencode 'client_id={connection.client_id}' \
          --data-urlencode 'client_secret={secret}' |
          python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
        curl --silent --output /dev/null --write-out '%{{http_code}}' --request PUT \
          '{live_server.url}{CONFIGURATION}?mode=update' \
          --header "Authorization: Bearer $TOKEN" -d @users.json
    """

    told = subprocess.run(  # noqa: S603
        ["bash", "-c", script],  # noqa: S607
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "204"
    assert find_user(1).email == "p1@example.com"


def test_the_document_refers_to_nothing_that_is_not_in_it(client: Client) -> None:
    document = client.get("/api/identity/openapi.json").json()

    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named <= set(document["components"]["schemas"])
    assert set(document["paths"]) == {
        "/api/identity/system/{tenant}/configuration",
        "/api/identity/{tenant}/configuration",
        "/api/identity/system/configuration",
        "/{tenant}/system/oauth2/token",
        "/system/oauth2/token",
    }
