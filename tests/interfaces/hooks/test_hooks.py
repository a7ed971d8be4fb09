"""Systems that ask: who is let in, what is decided, and what is kept of it."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import hashing
from accounts.hashing import PREFERRED_PREFIX
from accounts.models import User
from accounts.passwords import turns
from imports.models import Connection, ConnectionSecret, HookAnswer, MovedUser
from imports.services.connections.connections import switch
from imports.services.connections.secrets import issue_secret
from imports.services.jobs.retention import purge_expired
from interfaces.hooks.callers.okta import EVENT
from interfaces.hooks.contract import Caller, Operation
from interfaces.hooks.document import build_document, write_path
from interfaces.hooks.registry import CALLERS
from tests.accounts.conftest import MakeUser
from tests.imports.connecting import create_connection
from tests.interfaces.hooks.conftest import (
    BY_TOKEN,
    LEGACY,
    PASSWORD,
    TENANT,
    Ask,
    post,
    write_body,
)

# Every operation with the scope that it takes.
MATRIX = {
    ("auth0", "login"): "verify",
    ("auth0", "get-user"): "look_up",
    ("cognito", "authentication"): "verify",
    ("cognito", "forgot-password"): "look_up",
    ("entra", ""): "verify",
    ("kratos", ""): "verify",
    ("okta", ""): "verify",
}
OPERATIONS = [
    pytest.param(caller, operation, id=f"{caller.name}-{operation.path}")
    for caller in CALLERS.values()
    for operation in caller.operations
]
each_operation = pytest.mark.parametrize(("caller", "operation"), OPERATIONS)
each_by_token = pytest.mark.parametrize(
    ("caller", "operation"), [each for each in OPERATIONS if each.values[0].name in BY_TOKEN]
)
RIGHTS = ("accounts.view_user", "accounts.change_user")


def ask_plainly(ask: Ask, login: str = "ada", password: str = PASSWORD) -> str:
    """Return the verdict as Auth0's script is told it."""
    answer = ask("auth0", login, password)
    return "right" if answer.status == 200 else str(answer.body.get("verdict", answer.status))


def test_every_operation_is_in_the_matrix() -> None:
    found = {
        (each.values[0].name, each.values[1].path): each.values[1].scope for each in OPERATIONS
    }
    assert found == MATRIX


@each_operation
def test_nobody_is_let_in_without_a_token_of_the_connection(
    connection: Connection, operator: User, ada: User, caller: Caller, operation: Operation
) -> None:
    other = create_connection(operator, kind="hook", name="Other", tenant="other")
    records = create_connection(operator, name="Records")
    tokens = ["", "unknown", issue_secret(other, actor=operator)]

    for token in [*tokens, issue_secret(records, actor=operator)]:
        body = write_body(caller, "ada", PASSWORD, operation.path)
        answer = post(caller, body, token, path=operation.path)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not HookAnswer.objects.exists()


@each_by_token
def test_a_token_has_to_have_the_scope(
    connection: Connection, operator: User, ada: User, caller: Caller, operation: Operation
) -> None:
    other = {"verify": "look_up", "look_up": "verify"}[operation.scope]
    body = write_body(caller, "ada", PASSWORD, operation.path)

    for scope, status in [(other, 401), (operation.scope, 200)]:
        token = issue_secret(connection, actor=operator, scopes=[scope])
        assert post(caller, body, token, path=operation.path).status == status


@pytest.mark.parametrize("name", BY_TOKEN)
@pytest.mark.parametrize("missing", RIGHTS)
def test_a_hook_may_no_more_than_its_maker(
    make_clerk: Callable[..., User], name: str, missing: str
) -> None:
    clerk = make_clerk(*RIGHTS)
    made = create_connection(clerk, kind="hook", name="Hook", tenant=TENANT)
    token = issue_secret(made, actor=clerk)
    body = write_body(CALLERS[name], "nobody", PASSWORD)
    assert post(CALLERS[name], body, token).status != 503

    role = clerk.roles.get()
    role.permissions.remove(role.permissions.get(codename=missing.partition(".")[2]))

    refused = post(CALLERS[name], body, token)
    assert refused.status == 503
    assert missing in str(refused.body)


@pytest.mark.parametrize("name", BY_TOKEN)
def test_a_hook_that_is_off_is_never_taken_for_a_wrong_password(
    connection: Connection, operator: User, ada: User, ask: Ask, name: str
) -> None:
    switch(connection, is_on=False, actor=operator)

    answer = ask(name)

    assert answer.status == 503
    assert "is switched off" in str(answer.body)


@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer ", "Basic "])
def test_a_token_comes_alone_or_by_a_scheme(
    connection: Connection, ada: User, token: str, scheme: str
) -> None:
    sent = base64.b64encode(f"hook:{token}".encode()).decode() if scheme == "Basic " else token
    body = write_body(CALLERS["okta"], "ada", PASSWORD)

    assert post(CALLERS["okta"], body, scheme + sent).status == 200


def test_tokens_are_rotated_two_at_a_time(
    connection: Connection, operator: User, ada: User, token: str
) -> None:
    second = issue_secret(connection, actor=operator)
    body = write_body(CALLERS["okta"], "ada", PASSWORD)
    assert {post(CALLERS["okta"], body, each).status for each in (token, second)} == {200}

    first = ConnectionSecret.objects.earliest("pk")
    assert token not in (first.digest, first.hint)
    first.delete()

    statuses = [post(CALLERS["okta"], body, each).status for each in (token, second)]
    assert statuses == [401, 200]


def test_requests_beyond_the_limit_of_the_connection_wait(
    connection: Connection, ada: User, ask: Ask
) -> None:
    Connection.objects.update(per_minute=1)
    cache.clear()

    answers = [ask("kratos") for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 429]
    assert 0 < int(answers[1].headers["Retry-After"]) <= 60


def test_refused_tokens_of_others_at_the_same_address_shut_nobody_out(ada: User, ask: Ask) -> None:
    cache.clear()
    body = write_body(CALLERS["okta"], "ada", PASSWORD)
    statuses = [post(CALLERS["okta"], body, "unknown").status for _ in range(31)]

    assert (statuses[0], statuses[-1]) == (401, 429)
    assert ask("okta").status == 200


@pytest.mark.parametrize("name", BY_TOKEN)
@pytest.mark.parametrize("login", ["ada", "ADA@example.com"])
def test_a_right_password_moves_the_user_once(
    connection: Connection, ada: User, ask: Ask, name: str, login: str
) -> None:
    assert {ask(name, login).status for _ in range(2)} == {200}

    moved = MovedUser.objects.get()
    assert (moved.connection, moved.user_id, moved.caller) == (connection, ada.pk, name)
    assert (
        list(HookAnswer.objects.values_list("verdict", "user_id", "caller"))
        == [("right", ada.pk, name)] * 2
    )


def test_a_right_password_upgrades_the_hash_and_is_no_sign_in_here(ada: User, ask: Ask) -> None:
    ask("okta")

    ada.refresh_from_db()
    assert ada.password.startswith(f"{PREFERRED_PREFIX}$")
    assert ada.check_password(PASSWORD)
    assert (ada.last_login, ada.password_changed_at) == (None, None)


def test_an_auth0_profile_has_the_id_without_the_prefix_that_auth0_adds(
    ada: User, ask: Ask
) -> None:
    assert ask("auth0").body == {
        "user_id": "ada",
        "email": "ada@example.com",
        "username": "ada",
        "email_verified": False,
    }


@pytest.mark.parametrize("name", BY_TOKEN)
def test_wrong_passwords_and_unknown_names_are_answered_alike_and_as_late(
    ada: User, ask: Ask, waited: list[float], name: str
) -> None:
    wrong, unknown = ask(name, "ada", "wrong"), ask(name, "nobody", "wrong")

    assert (wrong.status, wrong.body) == (unknown.status, unknown.body)
    assert len(waited) == 2
    assert list(HookAnswer.objects.order_by("pk").values_list("verdict", "user_id")) == [
        ("wrong", ada.pk),
        ("unknown", None),
    ]
    assert not MovedUser.objects.exists()


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
@pytest.mark.parametrize("name", BY_TOKEN)
def test_the_password_of_an_administrator_is_never_tested(
    ada: User,
    ask: Ask,
    waited: list[float],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    flag: str,
) -> None:
    User.objects.filter(pk=ada.pk).update(**{flag: True})
    unknown = ask(name, "nobody")
    monkeypatch.setattr(User, "check_password", lambda *_: pytest.fail("It was tested."))

    for login in ("ada", "ada@example.com"):
        answer = ask(name, login)
        assert (answer.status, answer.body) == (unknown.status, unknown.body)
    assert len(waited) == 3
    assert set(HookAnswer.objects.values_list("verdict", "user_id")) == {("unknown", None)}
    ada.refresh_from_db()
    assert ada.password == LEGACY


def test_nobody_locks_an_administrator_out_through_a_hook(
    ada: User, ask: Ask, client: Client
) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    verdicts = [ask_plainly(ask) for _ in range(6)]

    assert verdicts == ["wrong"] * 5 + ["locked"]
    assert sign_in(client, "ada", PASSWORD)


def sign_in(client: Client, login: str, password: str) -> bool:
    client.post("/accounts/login/", {"login": login, "password": password})
    return "_auth_user_id" in client.session


def test_failures_lock_the_user_here_and_there(ada: User, ask: Ask, client: Client) -> None:
    verdicts = [ask_plainly(ask, login, "wrong") for login in ["ada", "ada@example.com"] * 3]

    assert verdicts == ["wrong"] * 5 + ["locked"]
    assert ask_plainly(ask) == "locked"
    assert not sign_in(client, "ada", PASSWORD)


def test_failures_on_the_sign_in_page_lock_the_hook(ada: User, ask: Ask, client: Client) -> None:
    for _ in range(5):
        sign_in(client, "ada", "wrong")

    assert ask_plainly(ask) == "locked"


def test_a_name_that_nobody_has_is_locked_like_any_other(ada: User, ask: Ask) -> None:
    assert [ask_plainly(ask, "nobody") for _ in range(6)] == ["wrong"] * 5 + ["locked"]


def test_one_system_can_ask_about_many_people_who_fail(ada: User, ask: Ask, client: Client) -> None:
    verdicts = {ask_plainly(ask, f"nobody{number}") for number in range(15)}

    assert verdicts == {"wrong"}
    assert ask_plainly(ask) == "right"


def test_failures_of_one_network_address_count_where_the_system_tells_it(
    ada: User, ask: Ask, token: str
) -> None:
    for number in range(10):
        ask("okta", f"nobody{number}")

    assert ask("okta").status == 429
    elsewhere = write_body(CALLERS["okta"], "ada", PASSWORD)
    elsewhere["data"]["context"]["request"]["ipAddress"] = "198.51.100.1"
    assert post(CALLERS["okta"], elsewhere, token).status == 200
    assert set(HookAnswer.objects.values_list("verdict", flat=True)) == {
        "unknown",
        "too_many",
        "right",
    }


def test_a_disabled_user_is_told_so_only_with_the_right_password(ada: User, ask: Ask) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)

    assert [ask_plainly(ask, "ada", each) for each in ("wrong", PASSWORD)] == ["wrong", "disabled"]
    assert not MovedUser.objects.exists()


def test_an_expired_password_is_right_and_has_to_be_changed(ada: User, ask: Ask) -> None:
    User.objects.filter(pk=ada.pk).update(password_expires_at=timezone.now())

    assert [ask_plainly(ask, "ada", each) for each in ("wrong", PASSWORD)] == [
        "wrong",
        "must_change",
    ]
    assert ask("cognito").body["response"]["finalUserStatus"] == "RESET_REQUIRED"
    assert not MovedUser.objects.exists()


def test_a_user_without_a_password_is_wrong_with_any(make_user: MakeUser, ask: Ask) -> None:
    make_user(username="eve")

    assert ask_plainly(ask, "eve") == "wrong"


@pytest.mark.parametrize("password", ["x" * 4097, "", "a\0b"], ids=["long", "empty", "nul"])
def test_a_password_that_cannot_be_right_costs_no_verification(
    ada: User, ask: Ask, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setattr(hashing.registry, "verify", lambda *_: pytest.fail("It was verified."))

    assert ask_plainly(ask, "ada", password) in {"wrong", "400"}


@pytest.mark.parametrize("login", ["a\0b", "x" * 5000, "\ud83d", "' OR 1=1"])
def test_a_strange_name_is_nobodys(ada: User, ask: Ask, login: str) -> None:
    assert {ask_plainly(ask, login), str(ask("auth0", login, path="get-user").status)} <= {
        "wrong",
        "400",
        "404",
    }


@pytest.mark.parametrize("name", BY_TOKEN)
def test_without_a_turn_the_system_is_told_to_ask_again_in_time(
    ada: User, ask: Ask, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    limits: list[float] = []

    class Busy:
        def acquire(self, timeout: float) -> bool:
            limits.append(timeout)
            return False

    monkeypatch.setattr(turns, "get_places", Busy)

    for login in ("ada", "nobody"):
        answer = ask(name, login)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert all(wait + 1 < CALLERS[name].seconds for wait in limits)
    monkeypatch.undo()
    assert ask_plainly(ask) == "right"


def test_waiting_for_a_turn_is_no_failed_attempt(
    ada: User, ask: Ask, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.PASSWORD_WAIT_SECONDS = 0.01
    places = turns.get_places()
    taken = [places.acquire() for _ in range(settings.PASSWORD_CHECKS_AT_ONCE)]
    try:
        assert {ask_plainly(ask) for _ in range(6)} == {"trouble"}
    finally:
        for _ in taken:
            places.release()

    assert ask_plainly(ask) == "right"


@pytest.mark.parametrize(("name", "path"), [("auth0", "get-user"), ("cognito", "forgot-password")])
def test_a_user_is_found_by_any_name_unless_disabled_or_an_administrator(
    ada: User, ask: Ask, name: str, path: str
) -> None:
    found = [ask(name, login, path=path).status for login in ("ada", "ada@example.com", "nobody")]
    assert found == [200, 200, 404]

    for change in ({"is_active": False}, {"is_active": True, "is_staff": True}):
        User.objects.filter(pk=ada.pk).update(**change)
        assert ask(name, path=path).status == 404
    assert not HookAnswer.objects.exists()


@each_by_token
def test_a_body_of_another_system_is_refused(
    ada: User, token: str, caller: Caller, operation: Operation
) -> None:
    def read(each: Operation) -> str:
        return json.dumps(each.example, sort_keys=True)

    others = [each.values[1] for each in OPERATIONS if read(each.values[1]) != read(operation)]
    # What asks about a person alone is a part of what asks about the password as well.
    apart = [each for each in others if not operation.example.items() <= each.example.items()]

    for other in apart:
        answer = post(caller, other.example, token, path=operation.path)
        assert answer.status == 400
    assert not HookAnswer.objects.exists()


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b" ", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"identifier": 1, "password": "x"}', "application/json", 400),
        (b'{"identifier": "ada", "password": null}', "application/json", 400),
        (b'{"identifier": "\xff", "password": "x"}', "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"identifier": "ada", "password": "x"}', "text/plain", 415),
        (b"identifier=ada&password=x", "application/x-www-form-urlencoded", 415),
        (b'{"identifier": "%s"}' % (b"x" * 70_000), "application/json", 413),
    ],
)
def test_a_malformed_request_is_refused(
    connection: Connection, token: str, content: bytes, content_type: str, status: int
) -> None:
    answer = post(CALLERS["kratos"], content, token, content_type=content_type)

    assert answer.status == status
    assert answer.body["error"]


@pytest.mark.parametrize("name", ["okta", "kratos"])
def test_only_post_asks(connection: Connection, token: str, name: str) -> None:
    caller = CALLERS[name]
    for method in ("GET", "PUT", "DELETE"):
        answer = Client().generic(
            method, write_path(caller, caller.operations[0], TENANT), headers={caller.header: token}
        )
        assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path", ["acme", "acme/nobody", "acme/okta/login", "acme/auth0", "a/b/c/d"]
)
def test_other_urls_answer_in_json(db: None, path: str) -> None:
    answer = Client().post(f"/hooks/{path}")

    assert answer.status_code == 404
    assert answer.json()["error"]


def test_neither_password_nor_name_is_logged_or_kept(
    ada: User, ask: Ask, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "a-password-to-be-found"
    with caplog.at_level(logging.DEBUG):
        for name in BY_TOKEN:
            ask(name, "ada", secret)
            ask(name, "someone-unknown", secret)
        post(CALLERS["kratos"], {"identifier": "ada", "password": [secret]}, token)

    kept = [str(row) for row in HookAnswer.objects.values()]
    for text in (caplog.text, *kept):
        assert secret not in text
        assert "someone-unknown" not in text


def test_answers_are_purged_and_who_moved_is_not(ada: User, ask: Ask, settings: Settings) -> None:
    ask("okta")
    long_ago = timezone.now() - timedelta(days=settings.IMPORT_RETENTION_DAYS + 1)
    HookAnswer.objects.update(at=long_ago)
    MovedUser.objects.update(at=long_ago)

    purge_expired()

    assert (HookAnswer.objects.count(), MovedUser.objects.count()) == (0, 1)


def test_the_document_describes_every_operation(client: Client, db: None) -> None:
    document = client.get("/hooks/openapi.json").json()

    assert document == json.loads(json.dumps(build_document()))
    assert set(document["paths"]) == {
        write_path(each.values[0], each.values[1]) for each in OPERATIONS
    }


def test_the_document_says_what_a_body_cannot_do_without() -> None:
    paths: dict[str, Any] = build_document()["paths"]

    def read(path: str) -> Any:
        return paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]

    text = {"type": "string", "minLength": 1}
    assert read("/hooks/{tenant}/kratos") == {
        "type": "object",
        "required": ["identifier", "password"],
        "properties": {"identifier": text, "password": text},
    }
    okta = read("/hooks/{tenant}/okta")
    assert okta["required"] == ["eventType", "data"]
    assert okta["properties"]["eventType"] == {"const": EVENT}
    assert okta["properties"]["data"]["properties"]["context"]["required"] == ["credential"]
    assert read("/hooks/{tenant}/entra")["properties"]["data"]["required"] == [
        "encryptedPasswordContext"
    ]


def test_every_answer_is_documented(ada: User, ask: Ask) -> None:
    paths: dict[str, Any] = build_document()["paths"]
    for each in OPERATIONS:
        caller, operation = each.values
        if caller.party:
            continue
        documented = paths[write_path(caller, operation)]["post"]["responses"]
        for login, password in [("ada", PASSWORD), ("ada", "wrong"), ("nobody", "x")]:
            answer = ask(caller.name, login, password, path=operation.path)
            assert str(answer.status) in documented
