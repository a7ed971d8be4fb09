"""Requests that no client should send: each is answered with problem details, none is a 500."""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from allauth.idp.oidc.models import Client as ApiClient
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.access_tokens import set_up_client
from accounts.models import User
from imports.api.requests.bodies import find_unstorable
from imports.models import ImportJob
from tests.imports.api.conftest import Answer, Program

Call = Callable[[Program], Answer]
LINE = b'{"subject_id": "1"}\n'
# Every kind of place where a program may put text.
TEXTS: dict[str, Call] = {
    "name of a file's job": lambda program: program.upload(LINE, {"name": "a\0"}),
    "template of a job": lambda program: program.upload(LINE, {"template": "a\0"}),
    "answer": lambda program: program.upload(LINE, {"answers": {"signer_key": "a\0"}}),
    "name of an answer": lambda program: program.upload(LINE, {"answers": {"a\0": "b"}}),
    "reading option": lambda program: program.upload(LINE, {"read": {"path": "a\0"}}),
    "key": lambda program: program.upload(LINE, Idempotency_Key="a\0"),
    "name of a template": lambda program: program.call("POST", "/jobs/1/templates", {"name": "\0"}),
    "source column": lambda program: program.call(
        "PUT",
        "/jobs/1/mapping",
        {"mapping": {"rules": [{"source": "\0", "target": "subject_id"}]}},
    ),
    "constant": lambda program: program.call(
        "PUT", "/jobs/1/mapping", {"mapping": {"constants": {"profile.locale": ["\0"]}}}
    ),
    "rule": lambda program: program.call("PUT", "/jobs/1/policies", {"conflicts": {"\0": "skip"}}),
    "imported template": lambda program: program.call(
        "POST", "/templates", {"name": "\0", "mapping": {}, "columns": []}
    ),
}
# orjson, with which a program of the tests writes, refuses this one itself.
SURROGATE = b'{"mapping": {"constants": {"profile.locale": "\\ud800"}}}'
UNREADABLE_BODIES = {
    "NaN": b'{"mapping": {"constants": {"profile.locale": NaN}}}',
    "nested too deeply": b"[" * 100_000,
    "cut": b'{"mode":',
    "not UTF-8": b'{"mode": "\xff"}',
    "number too long": b'{"chunk_rows": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("send", TEXTS.values(), ids=TEXTS)
def test_text_that_cannot_be_stored_is_refused_by_its_place(program: Program, send: Call) -> None:
    answer = send(program)

    assert (answer.status, answer.body["code"]) == (422, "request_invalid")
    assert answer.body["faults"][0]["at"]


def test_fault_names_the_place_of_unstorable_text(program: Program) -> None:
    answer = program.upload(LINE, {"read": {"path": "a\0"}})

    assert answer.body["faults"] == [
        {
            "at": "options.read.path",
            "message": "The text contains a NUL character, which cannot be stored. Remove it.",
        }
    ]


def test_half_of_a_surrogate_pair_is_refused_by_its_place(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.token}"}

    response = Client().put(
        "/api/v1/jobs/1/mapping", SURROGATE, content_type="application/json", headers=headers
    )

    assert response.status_code == 422
    assert response.json()["faults"][0]["at"] == "body.mapping.constants.profile.locale"


@pytest.mark.parametrize("path", ["/jobs?search=%00", "/jobs/1/records?search=%00", "/sources/%00"])
def test_nul_in_a_url_is_refused(program: Program, path: str) -> None:
    answer = program.call("GET", path)

    assert (answer.status, answer.body["code"]) == (400, "request_unreadable")


@pytest.mark.parametrize("body", UNREADABLE_BODIES.values(), ids=UNREADABLE_BODIES)
def test_body_that_is_not_json_is_refused(program: Program, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {program.token}"}

    response = Client().put(
        "/api/v1/jobs/1/mapping", body, content_type="application/json", headers=headers
    )

    assert (response.status_code, response.json()["code"]) == (400, "request_unreadable")


@given(
    st.recursive(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.floats(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("ab.é"), inner),
    )
)
def test_storable_values_have_no_fault(value: Any) -> None:
    assert not list(find_unstorable(value))


@given(st.text(max_size=5), st.sampled_from(["\0", "\ud800", "\udfff"]), st.text(max_size=5))
def test_unstorable_text_is_found_at_any_depth(before: str, sign: str, after: str) -> None:
    value = {"a": [{"b": before + sign + after}]}

    assert [place for place, _ in find_unstorable(value)] == [("a", 0, "b")]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("DELETE", "/api/v1/jobs", 405, "method_not_allowed"),
        ("GET", "/api/token", 405, "method_not_allowed"),
        ("GET", "/api/token/revoke", 405, "method_not_allowed"),
        ("POST", "/api/token/", 404, "not_found"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/v3/jobs", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
    ],
)
def test_errors_below_the_prefix_are_problem_details(
    db: None, method: str, path: str, status: int, code: str
) -> None:
    response = Client().generic(method, path)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"


def test_refused_method_names_those_that_are_taken(program: Program) -> None:
    answer = program.call("DELETE", "/jobs")

    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_unknown_host_is_answered_with_problem_details() -> None:
    response = Client().get("/api/v1/jobs", headers={"Host": "elsewhere.example"})

    assert (response.status_code, response.json()["code"]) == (400, "request_unreadable")


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=\xe9"])
def test_form_without_a_boundary_is_answered_with_problem_details(
    program: Program, kind: str
) -> None:
    headers = {"Authorization": f"Bearer {program.token}"}

    response = Client().generic("POST", "/api/v1/jobs", b"x", content_type=kind, headers=headers)

    assert (response.status_code, response.json()["code"]) == (400, "request_unreadable")


def test_fault_of_ours_is_answered_with_problem_details(
    program: Program, finished_job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("imports.api.jobs.watching.describe_job", fail)
    client = Client(raise_request_exception=False)

    response = client.get(
        f"/api/v1/jobs/{finished_job.pk}", headers={"Authorization": f"Bearer {program.token}"}
    )

    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "secret detail" not in response.text


def make_client(owner: User) -> tuple[ApiClient, str]:
    client = ApiClient(name="Automation")
    secret = set_up_client(client, owner)
    client.save()
    return client, secret


def ask_for_token(credentials: str, **data: str) -> Any:
    encoded = base64.b64encode(credentials.encode()).decode()
    return Client().post(
        "/api/token",
        {"grant_type": "client_credentials", **data},
        headers={"Authorization": f"Basic {encoded}"},
    )


def encode_strictly(text: str) -> str:
    """Write a text as clients do that encode everything but letters and digits."""
    return "".join(sign if sign.isalnum() else f"%{ord(sign):02X}" for sign in text)


@pytest.mark.parametrize("encode", [str, quote, encode_strictly])
def test_credentials_are_read_however_the_client_encodes_them(
    operator: User, monkeypatch: pytest.MonkeyPatch, encode: Callable[[str], str]
) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda length: "a-b_c-" * 7)
    client, secret = make_client(operator)

    response = ask_for_token(f"{encode(client.id)}:{encode(secret)}")

    assert response.status_code == 200
    assert response.json()["access_token"]


def test_wrong_secret_is_asked_for_again_as_basic(operator: User) -> None:
    client, _ = make_client(operator)

    response = ask_for_token(f"{client.id}:wrong")

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("credentials", ["a\0:b", "a:b\0", "a%00:b"])
def test_credentials_with_nul_are_refused(db: None, credentials: str) -> None:
    response = ask_for_token(credentials)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/api/token", "/api/token/revoke"])
def test_parameter_with_nul_is_refused(db: None, path: str) -> None:
    response = Client().post(path, {"client_id": "a\0", "client_secret": "b", "token": "c"})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
