"""The protocol of SCIM: who is let in, bulk, discovery, its error form, and a tester of others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.test.client import ClientHandler
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_server.routing import ROUTES
from scim2_tester import Status, check_server

from accounts.models import User
from imports.models import Connection, ImportRecord
from imports.services.connections.connections import switch
from imports.services.connections.secrets import issue_secret
from tests.imports.connecting import create_connection
from tests.interfaces.scim.calling import Caller, describe

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
READ, WRITE = "read", "write"
# Every route of the library by its name, with the scope that it takes.
MATRIX = {
    "service_provider_config": READ,
    "resource_types": READ,
    "resource_type": READ,
    "schemas": READ,
    "schema": READ,
    "bulk": WRITE,
    "me_query": READ,
    "me_replace": WRITE,
    "me_patch": WRITE,
    "me_delete": WRITE,
    "me_create": WRITE,
    "search_root": READ,
    "search_root_with_body": READ,
    "search_with_body": READ,
    "search": READ,
    "create": WRITE,
    "query": READ,
    "replace": WRITE,
    "patch": WRITE,
    "delete": WRITE,
}
each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)


def write_path(route: Any) -> str:
    path: str = route.pattern.replace("{endpoint}", "Users").replace("{resource_id}", "1")
    return path


def test_every_route_is_in_the_matrix() -> None:
    assert {route.name for route in ROUTES} == MATRIX.keys()


@each_route
def test_nobody_is_let_in_without_a_token_of_the_connection(
    connection: Connection, operator: User, route: Any
) -> None:
    other = create_connection(operator, name="Records")
    tokens = ["", "unknown", issue_secret(other, actor=operator)]

    for token in tokens:
        answer = Caller(token)(route.method, write_path(route))
        assert (answer.status, answer["schemas"], answer["status"]) == (401, [ERROR], "401")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@each_route
def test_a_token_has_to_have_the_scope(connection: Connection, operator: User, route: Any) -> None:
    other = {READ: WRITE, WRITE: READ}[MATRIX[route.name]]
    token = issue_secret(connection, actor=operator, scopes=[other])

    answer = Caller(token)(route.method, write_path(route))

    assert answer.status == 403
    assert f"“{MATRIX[route.name]}”" in answer["detail"]


@each_route
def test_a_connection_that_is_off_is_refused_by_name(
    call: Caller, connection: Connection, operator: User, route: Any
) -> None:
    switch(connection, is_on=False, actor=operator)

    answer = call(route.method, write_path(route))

    assert (answer.status, answer["schemas"]) == (403, [ERROR])
    assert "“Acme HR” is switched off" in answer["detail"]


def test_the_token_is_taken_as_a_password_too(connection: Connection, call: Caller) -> None:
    credentials = Client().get(
        "/scim/v2/acme/Users", headers={"Authorization": _write_basic("okta", call.token)}
    )

    assert credentials.status_code == 200
    assert Caller(call.token, "other")("GET", "/Users").status == 404


def _write_basic(name: str, password: str) -> str:
    from base64 import b64encode

    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def test_requests_beyond_the_limit_are_told_to_wait(call: Caller, connection: Connection) -> None:
    Connection.objects.update(per_minute=1)

    call("GET", "/Users")
    answer = call("GET", "/Users")

    assert (answer.status, answer["schemas"]) == (429, [ERROR])
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/Nothing", 404),
        ("GET", "/Schemas/unknown", 404),
        ("GET", "/Users/1/2", 404),
        ("GET", "/Groups/x", 404),
        ("POST", "/Schemas", 405),
        ("OPTIONS", "/Users", 405),
        ("GET", "/Me", 501),
        ("GET", "/Users?filter=userName%20xx%20%22a%22", 400),
        ("GET", "/Users?filter=bogus%20eq%20%22a%22", 400),
        ("GET", "/Users?cursor=nonsense", 400),
        ("GET", "/Users/%00", 400),
        ("GET", "/Groups/99999999999999999999", 404),
    ],
)
def test_every_refusal_has_the_error_form(
    call: Caller, method: str, path: str, status: int
) -> None:
    answer = call(method, path)

    assert (answer.status, answer["status"], answer["schemas"]) == (status, str(status), [ERROR])
    assert answer.headers["Content-Type"].startswith("application/scim+json")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/Users", {"startIndex": 10**30}),
        ("/Users", {"count": 10**30}),
        ("/Users", {"filter": r'userName eq "a\u0000"'}),
        ("/Users", {"filter": r'externalId eq "\ud800"'}),
        ("/Groups", {"filter": r'displayName eq "a\u0000"'}),
        ("/Groups", {"filter": 'id eq "99999999999999999999"'}),
    ],
)
def test_what_nobody_can_have_is_an_empty_list(
    call: Caller, path: str, query: dict[str, Any]
) -> None:
    answer = call("GET", path, query=query)

    assert (answer.status, answer.body.get("Resources", [])) == (200, [])


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"\xff", b'{"userName": 1}', b'{"manager":' + b"[" * 300 + b"]" * 300 + b"}"],
)
def test_a_body_that_is_no_user_is_refused(call: Caller, content: bytes) -> None:
    answered = Client().generic(
        "POST",
        "/scim/v2/acme/Users",
        content,
        content_type="application/json",
        headers={"Authorization": f"Bearer {call.token}"},
    )

    assert answered.status_code == 400
    assert json.loads(answered.content)["schemas"] == [ERROR]
    assert not User.objects.filter(source="Acme HR").exists()


def test_bulk_operations_refer_to_each_other_and_each_has_its_status(call: Caller) -> None:
    answer = call(
        "POST",
        "/Bulk",
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [
                {
                    "method": "POST",
                    "path": "/Groups",
                    "bulkId": "g",
                    "data": {"displayName": "Staff", "members": [{"value": "bulkId:u"}]},
                },
                {"method": "POST", "path": "/Users", "bulkId": "u", "data": describe()},
                {
                    "method": "POST",
                    "path": "/Users",
                    "bulkId": "x",
                    "data": describe(userName="x", emails=[{"value": "nonsense"}]),
                },
                {"method": "DELETE", "path": "/Users/nobody"},
            ],
        },
    )

    assert answer.status == 200
    assert [each["status"] for each in answer["Operations"]] == ["201", "201", "400", "404"]
    user = User.objects.get(username="ann@corp.local")
    assert [group.key for group in user.groups.all()] == ["Staff"]
    assert ImportRecord.objects.filter(status="failed").count() == 1


def test_what_is_published_names_what_is_supported(call: Caller) -> None:
    config = call("GET", "/ServiceProviderConfig").body
    schemas = {each["id"]: each for each in call("GET", "/Schemas")["Resources"]}

    assert all(config[name]["supported"] for name in ("patch", "bulk", "filter", "sort", "etag"))
    assert config["pagination"]["cursor"] is True
    assert len(schemas) == 3
    assert [each["id"] for each in call("GET", "/ResourceTypes")["Resources"]] == ["User", "Group"]


def serve(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer a request in the transaction of the test."""
    response = ClientHandler(enforce_csrf_checks=False)(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


# These change every attribute apart from all others, which takes a minute.
SLOW = {"patch:add", "patch:remove"}


@pytest.mark.parametrize(
    "left_out",
    [SLOW, pytest.param(frozenset(), marks=pytest.mark.long)],
    ids=["in short", "in full"],
)
def test_the_tester_of_others_finds_no_error(call: Caller, left_out: set[str]) -> None:
    client = WSGISCIMClient(
        serve,
        base_url="http://testserver/scim/v2/acme",
        headers={"Authorization": f"Bearer {call.token}"},
    )
    client.discover()

    results = check_server(client, exclude_tags=set(left_out))

    found = [each for each in results if each.status is not Status.SKIPPED]
    faults = [each for each in found if each.status is not Status.SUCCESS]
    assert [(each.title, each.reason) for each in faults] == []
    assert len(found) > (60 if left_out else 130)


def test_a_neighbour_with_wrong_tokens_shuts_out_no_right_one(call: Caller) -> None:
    for _ in range(30):
        refused = Caller("guess")("GET", "/Users")

    assert (refused.status, Caller("guess")("GET", "/Users").status) == (429, 429)
    assert call("GET", "/Users").status == 200
