"""Who gets a token of Auth0's API, what it admits to, and in which form it is refused."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Role, User
from imports.models import Connection
from imports.services.connections.connections import switch
from imports.services.connections.kinds import AUTH0
from imports.services.connections.secrets import issue_secret
from interfaces.auth0.operations import OPERATIONS
from interfaces.auth0.schemas import IMPORTED_USER
from tests.imports.connecting import create_connection
from tests.interfaces.auth0.calling import NAME, Caller, describe, name_path
from tests.interfaces.auth0.conftest import ask_token, make_caller

# Route, method, scopes of which any will do, and permissions of whom the connection acts for.
VIEW, VIEW_ROLE = "accounts.view_user", "accounts.view_role"
READ, ASSIGN = ["read:users"], ["update:roles", "update:users"]
MATRIX: list[tuple[str, str, list[str], list[str]]] = [
    ("users", "GET", READ, [VIEW]),
    ("users", "POST", ["create:users"], [VIEW]),
    ("users-by-email", "GET", READ, [VIEW]),
    ("users/<path:user_id>", "GET", READ, [VIEW]),
    ("users/<path:user_id>", "PATCH", ["update:users"], [VIEW]),
    ("users/<path:user_id>", "DELETE", ["delete:users"], [VIEW]),
    ("users/<path:user_id>/roles", "GET", ["read:roles", "read:users"], [VIEW_ROLE, VIEW]),
    ("users/<path:user_id>/roles", "POST", ASSIGN, [VIEW_ROLE, VIEW]),
    ("users/<path:user_id>/roles", "DELETE", ASSIGN, [VIEW_ROLE, VIEW]),
    ("roles", "GET", ["read:roles"], [VIEW_ROLE]),
    ("roles/<str:role_id>", "GET", ["read:roles"], [VIEW_ROLE]),
    ("roles/<str:role_id>/users", "GET", ["read:roles", "read:users"], [VIEW_ROLE, VIEW]),
    ("roles/<str:role_id>/users", "POST", ASSIGN, [VIEW_ROLE, VIEW]),
    ("connections", "GET", ["read:connections"], []),
    ("connections/<str:connection_id>", "GET", ["read:connections"], []),
    ("jobs/users-imports", "POST", ["create:users"], [VIEW]),
    ("jobs/users-exports", "POST", READ, [VIEW]),
    ("jobs/<str:job_id>", "GET", ["create:users", "read:users"], []),
    ("jobs/<str:job_id>/errors", "GET", ["create:users", "read:users"], [VIEW]),
]
IDS = [f"{method}-{route}" for route, method, *_ in MATRIX]
BODIES: dict[str, Any] = {
    "users": describe(),
    "users/<path:user_id>": {"given_name": "Bea"},
    "users/<path:user_id>/roles": {"roles": ["rol_1"]},
    "roles/<str:role_id>/users": {"users": ["auth0|x"]},
    "jobs/users-exports": {"format": "json"},
}


def fill(route: str) -> str:
    return "/" + re.sub(r"<\w+:\w+>", "nobody", route)


def make_clerk_caller(make_clerk: Callable[..., User], *permissions: str, **form: str) -> Caller:
    clerk = make_clerk("imports.add_importjob", "imports.run_importjob", *permissions)
    connection = create_connection(clerk, kind="auth0", name=NAME)
    return make_caller(connection, issue_secret(connection, actor=clerk), **form)


def test_every_operation_is_in_the_matrix() -> None:
    found = [(route, method) for route, each in OPERATIONS.items() for method in each]
    assert sorted(found) == sorted((route, method) for route, method, *_ in MATRIX)
    for route, method, scopes, permissions in MATRIX:
        operation = OPERATIONS[route][method]
        assert sorted(operation.scopes) == sorted(scopes)
        assert sorted(operation.permissions) == sorted(permissions)


@pytest.mark.parametrize(("route", "method", "scopes", "permissions"), MATRIX, ids=IDS)
def test_each_operation_takes_its_scope_and_its_permissions(
    make_clerk: Callable[..., User],
    route: str,
    method: str,
    scopes: list[str],
    permissions: list[str],
) -> None:
    clerk = make_clerk("imports.add_importjob", "imports.run_importjob")
    connection = create_connection(clerk, kind="auth0", name=NAME)
    secret = issue_secret(connection, actor=clerk)
    body = BODIES.get(route) if method != "GET" else None
    others = " ".join(sorted(set(AUTH0.scopes) - set(scopes)))

    assert Client().generic(method, f"/api/v2{fill(route)}").status_code == 401

    refused = make_caller(connection, secret, scope=others)(method, fill(route), body)
    assert (refused.status, refused["errorCode"]) == (403, "insufficient_scope")
    assert refused["message"].startswith("Insufficient scope, expected any of: ")

    admitted = make_caller(connection, secret, scope=scopes[0])(method, fill(route), body)
    if permissions:
        assert admitted.status == 403
        assert str(clerk) in admitted["message"]
        assert any(each in admitted["message"] for each in permissions)
    else:
        assert admitted.status in (200, 404)


def test_a_token_says_what_it_is_for(connection: Connection, secret: str) -> None:
    answer = ask_token(connection, secret)

    assert answer.json() | {"access_token": ""} == {
        "access_token": "",
        "expires_in": 3600,
        "scope": " ".join(AUTH0.default_scopes),
        "token_type": "Bearer",
    }


def test_a_token_is_asked_for_as_json_as_well(connection: Connection, secret: str) -> None:
    body = {
        "grant_type": "client_credentials",
        "client_id": connection.client_id,
        "client_secret": secret,
        "audience": "https://tenant.eu.auth0.com/api/v2/",
    }

    assert Client().post("/oauth/token", json.dumps(body), "application/json").status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "access_denied"),
        ({"client_id": "wrong"}, 401, "access_denied"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "read:users fly"}, 400, "invalid_scope"),
        ({"audience": "https://api.example.com/"}, 403, "access_denied"),
    ],
)
def test_a_token_is_refused_in_the_words_of_oauth(
    connection: Connection, secret: str, change: dict[str, str], status: int, error: str
) -> None:
    answer = ask_token(connection, secret, **change)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json().keys() == {"error", "error_description"}


def test_a_connection_that_is_off_hands_out_no_token_and_takes_none(
    connection: Connection, secret: str, call: Caller, operator: User
) -> None:
    switch(connection, is_on=False, actor=operator)

    assert ask_token(connection, secret).status_code == 403
    refused = call("GET", "/users")
    assert refused.status == refused["statusCode"] == 403
    assert "switched off" in refused["message"]


def test_a_neighbour_with_wrong_tokens_shuts_out_no_right_one(
    connection: Connection, secret: str, call: Caller
) -> None:
    for _ in range(30):
        refused = ask_token(connection, secret, client_secret="guess")

    assert refused.status_code == 429
    assert ask_token(connection, secret).status_code == 200
    assert call("GET", "/users").status == 200


def test_every_answer_says_how_many_requests_are_left(call: Caller, connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(per_minute=2)

    answers = [call("GET", "/users"), call("GET", "/users/nobody"), call("GET", "/users")]

    assert [answer.status for answer in answers] == [200, 404, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"2"}
    assert int(answers[2].headers["Retry-After"]) <= 60
    resets = [int(answer.headers["x-ratelimit-reset"]) for answer in answers]
    assert resets[0] <= int(time.time()) < resets[2]
    assert answers[2]["errorCode"] == "too_many_requests"


def test_other_urls_and_methods_are_answered_in_the_error_form(call: Caller) -> None:
    for method, path, status in (
        ("GET", "/clients", 404),
        ("PUT", "/users", 405),
        ("GET", "/roles/nobody", 404),
        ("GET", "/connections/con_other", 404),
        ("GET", "/jobs/job_other", 404),
    ):
        answer = call(method, path)
        assert answer.status == answer["statusCode"] == status
    assert Client().get("/oauth/token").json().keys() == {"error", "error_description"}


def test_the_connection_of_the_client_is_found_by_name(call: Caller) -> None:
    [found] = call("GET", "/connections", query={"name": NAME, "strategy": "auth0"}).body

    assert found["id"] == call.connection_id
    assert re.fullmatch("con_[A-Za-z0-9]{16}", found["id"])
    assert call("GET", f"/connections/{found['id']}").body == found
    checkpoint = call("GET", "/connections", query={"take": 50, "include_totals": "true"})
    assert checkpoint.body == {"connections": [found]}
    assert call("GET", "/connections", query={"name": "other"}).body == []


def test_roles_are_listed_assigned_removed_and_bounded(call: Caller) -> None:
    editor = Role.objects.create(key="editor", name="Editor", description="Edits")
    Role.objects.create(key="reader")
    user_id = call.create()
    [found] = call("GET", "/roles", query={"name_filter": "edit"}).body
    assert found == {"id": f"rol_{editor.pk:016d}", "name": "Editor", "description": "Edits"}
    assert call("GET", f"/roles/{found['id']}").body == found

    path = name_path(user_id, "/roles")
    assert call("POST", path, {"roles": [found["id"]]}).status == 204
    page = call("GET", path, query={"include_totals": "true"})
    assert page.body == {"roles": [found], "start": 0, "limit": 50, "length": 1, "total": 1}
    members = call("GET", f"/roles/{found['id']}/users", query={"take": 1}).body
    assert [user["user_id"] for user in members["users"]] == [user_id]

    assert call("DELETE", path, {"roles": [found["id"]]}).status == 204
    assert call("GET", path).body == []

    assert call("POST", f"/roles/{found['id']}/users", {"users": [user_id]}).status == 200
    assert list(User.objects.get(subject_id=user_id).roles.all()) == [editor]
    assert call("POST", path, {"roles": ["rol_9999999999999999"]}).status == 404


def test_a_role_that_the_maker_does_not_hold_is_not_granted(
    make_clerk: Callable[..., User],
) -> None:
    from django.contrib.auth.models import Permission

    strong = Role.objects.create(key="strong")
    strong.permissions.add(Permission.objects.get(codename="delete_user"))
    rights = ("accounts.add_user", "accounts.change_user", VIEW, VIEW_ROLE)
    call = make_clerk_caller(make_clerk, *rights)
    user_id = call.create()

    refused = call("POST", name_path(user_id, "/roles"), {"roles": [f"rol_{strong.pk}"]})

    assert refused.status == 403
    assert not User.objects.get(subject_id=user_id).roles.exists()


def test_a_connection_is_made_without_a_browser(
    operator: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("create_connection", "auth0", name="Tenant", operator=operator.email, json=True)

    made = json.loads(capsys.readouterr().out)
    assert made.keys() == {"kind", "url", "token_url", "client_id", "client_secret"}
    assert made["url"].endswith("/api/v2/")
    connection = Connection.objects.get(client_id=made["client_id"])
    assert make_caller(connection, made["client_secret"])("GET", "/users").body == []


def test_the_document_refers_to_nothing_that_is_not_in_it(client: Client) -> None:
    document = client.get("/api/v2/openapi.json").json()

    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named | {"ImportedUser"} == set(document["components"]["schemas"])
    assert len(document["paths"]) == len(OPERATIONS) + 1
    assert document["components"]["schemas"]["ImportedUser"] == IMPORTED_USER
