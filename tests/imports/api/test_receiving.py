"""The records API: what a program sends, and what it is told of each record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.models import Role, User
from imports.api.jobs import receiving
from imports.models import Connection, ConnectionSecret, ImportJob, ImportRecord
from imports.services.connections.connections import switch
from imports.services.connections.secrets import issue_secret
from imports.states import JobState
from tests.imports.api.conftest import Answer, make_token, read_answer, require_documented
from tests.imports.conftest import drain
from tests.imports.connecting import create_connection, name_person

ADD, RUN = "imports.add_importjob", "imports.run_importjob"
URL = "/records"
Send = Callable[..., Answer]


@pytest.fixture
def connection(operator: User) -> Connection:
    return create_connection(operator)


@pytest.fixture
def token(connection: Connection, operator: User) -> str:
    return issue_secret(connection, actor=operator)


def call(
    token: str,
    method: str,
    path: str,
    content: bytes = b"",
    kind: str = "application/json",
    **headers: str,
) -> Answer:
    sent = {"Authorization": f"Bearer {token}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    answer = read_answer(
        Client().generic(method, f"/api/v1{path}", content, content_type=kind, headers=sent)
    )
    require_documented(method, path, answer)
    return answer


def post(token: str, *records: Any, query: str = "", **headers: str) -> Answer:
    return call(token, "POST", URL + query, orjson.dumps(records), **headers)


def test_each_record_has_its_status_problems_and_changes(token: str) -> None:
    post(token, name_person(1), name_person(2))

    answer = post(
        token, name_person(1), name_person(2, given_name="Bea"), name_person(3), {"x": "y"}
    )

    assert answer.status == 200
    job = ImportJob.objects.get()
    assert (answer.body["job"], answer.body["batch"], answer.body["dry_run"]) == (job.pk, 2, False)
    assert answer.body["counts"] == {
        "created": 1,
        "updated": 1,
        "skipped": 1,
        "failed": 1,
        "unchanged": 1,
    }
    records = answer.body["records"]
    assert [(each["index"], each["row"], each["status"]) for each in records] == [
        (0, 3, "skipped"),
        (1, 4, "updated"),
        (2, 5, "created"),
        (3, 6, "failed"),
    ]
    assert [each["unchanged"] for each in records] == [True, False, False, False]
    assert records[1]["changes"] == [{"field": "profile.given_name", "old": "Ann 2", "new": "Bea"}]
    assert records[2]["user_id"] == User.objects.get(subject_id="p3").pk
    assert records[3]["reason"] in {problem["code"] for problem in records[3]["problems"]}
    assert {"field", "message", "advice"} <= records[3]["problems"][0].keys()


def test_a_line_that_is_not_json_costs_no_other_record(token: str) -> None:
    content = b"\n".join([orjson.dumps(name_person(1)), b"{oops", b"", orjson.dumps([1])])

    answer = call(token, "POST", URL, content, "application/x-ndjson")

    assert [(each["status"], each["reason"]) for each in answer.body["records"]] == [
        ("created", ""),
        ("failed", "row_unreadable"),
        ("failed", "row_not_an_object"),
    ]


def test_half_of_a_surrogate_pair_costs_no_other_record(token: str) -> None:
    content = json.dumps([name_person(1), name_person(2, given_name="\ud800")]).encode()

    answer = call(token, "POST", URL, content)

    assert [each["status"] for each in answer.body["records"]] == ["created", "failed"]


def test_a_dry_run_tells_and_writes_nothing(token: str) -> None:
    answer = post(token, name_person(1), {}, query="?dry_run=true")

    assert answer.body["dry_run"] is True
    assert (answer.body["job"], answer.body["batch"]) == (None, None)
    assert [each["status"] for each in answer.body["records"]] == ["created", "failed"]
    assert not User.objects.filter(subject_id="p1").exists()
    assert not ImportJob.objects.exists()


def test_a_repeated_request_is_answered_alike(token: str) -> None:
    first = post(token, name_person(1), Idempotency_Key="a")
    again = post(token, name_person(1), Idempotency_Key="a")

    assert again.body == first.body
    assert ImportRecord.objects.count() == 1


def test_a_key_with_another_request_is_refused(token: str) -> None:
    post(token, name_person(1), Idempotency_Key="a")

    answer = post(token, name_person(2), Idempotency_Key="a")

    assert (answer.status, answer.body["code"]) == (422, "key_reused")
    assert not User.objects.filter(subject_id="p2").exists()


@pytest.mark.parametrize("is_dry_run", [False, True])
def test_more_than_a_thousand_records_become_a_job(token: str, is_dry_run: bool) -> None:
    people = [name_person(number) for number in range(1001)]
    query = "?dry_run=true" if is_dry_run else ""

    answer = post(token, *people, query=query, Idempotency_Key="a")
    again = post(token, *people, query=query, Idempotency_Key="a")

    assert (answer.status, again.body["job"]["id"]) == (202, answer.body["job"]["id"])
    job = ImportJob.objects.get()
    drain(job)
    told = call(token, "GET", f"{URL}/jobs/{job.pk}").body
    assert told["state"] == ("dry_run_done" if is_dry_run else "completed")
    assert told["totals"]["created"] == (0 if is_dry_run else 1001)


def test_the_records_of_a_job_are_read_page_by_page(token: str) -> None:
    job = post(token, name_person(1), name_person(2), {}).body["job"]
    path = f"{URL}/jobs/{job}/records"

    first = call(token, "GET", f"{path}?limit=2").body
    second = call(token, "GET", f"{path}?limit=2&after={first['next']}").body

    assert [each["row"] for each in first["records"] + second["records"]] == [1, 2, 3]
    assert second["next"] is None


def test_jobs_of_others_are_not_found(token: str, operator: User) -> None:
    other = create_connection(operator, name="Shop")
    job = post(issue_secret(other, actor=operator), name_person(1)).body["job"]

    for path in (f"{URL}/jobs/{job}", f"{URL}/jobs/{job}/records", f"{URL}/jobs/{2**70}"):
        assert call(token, "GET", path).status == 404


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"[", "application/json", 400, "request_unreadable"),
        (b"[NaN]", "application/json", 400, "request_unreadable"),
        (b"\xff", "application/json", 400, "request_unreadable"),
        (b"[" * 100_000, "application/json", 400, "request_unreadable"),
        (b" ", "application/json", 400, "request_unreadable"),
        (b"{}", "application/json", 422, "request_invalid"),
        (b"[]", "application/json", 422, "request_invalid"),
        (b" \n", "application/x-ndjson", 422, "request_invalid"),
        (b"[{}]", "text/csv", 415, "media_type_unknown"),
    ],
)
def test_a_body_that_is_no_list_of_records_is_refused(
    token: str, content: bytes, kind: str, status: int, code: str
) -> None:
    answer = call(token, "POST", URL, content, kind)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert not ImportRecord.objects.exists()


def test_a_body_that_is_too_large_is_refused(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MAX_BODY", 100)

    answer = post(token, *[name_person(number) for number in range(9)])

    assert (answer.status, answer.body["code"]) == (413, "request_too_large")


def test_a_large_body_is_taken(token: str) -> None:
    record = name_person(1, given_name="x" * 100)
    record["profile"]["picture"] = "https://example.com/" + "a" * 500_000
    records = [{**record, "subject_id": f"p{number}"} for number in range(8)]

    assert post(token, *records).status == 200


@pytest.mark.parametrize("query", ["?dryrun=true", "?dry_run=1", "?dry_run=TRUE", "?dry_run="])
def test_a_parameter_that_there_is_not_is_refused(token: str, query: str) -> None:
    answer = post(token, name_person(1), query=query)

    assert (answer.status, answer.body["code"]) == (422, "request_invalid")
    assert not ImportRecord.objects.exists()


# Method, path, and the scopes of which one is needed.
MATRIX = [
    ("send_records", "POST", URL, {"write", "dry_run"}),
    ("get_own_job", "GET", f"{URL}/jobs/1", {"write", "dry_run"}),
    ("list_own_records", "GET", f"{URL}/jobs/1/records", {"write", "dry_run"}),
]
each_operation = pytest.mark.parametrize(
    ("name", "method", "path", "scopes"), MATRIX, ids=[name for name, *_ in MATRIX]
)


def test_every_operation_with_a_token_of_a_connection_is_in_the_matrix(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()

    assert {
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
        if {"ConnectionToken": []} in operation["security"]
    } == {name for name, *_ in MATRIX}


@each_operation
def test_nobody_is_let_in_without_a_token_of_the_kind(
    operator: User, name: str, method: str, path: str, scopes: set[str]
) -> None:
    sent = Client().generic(method, f"/api/v1{path}")
    assert (sent.status_code, sent.json()["code"]) == (401, "token_missing")
    for token in ("unknown", make_token(operator)):
        assert call(token, method, path).body["code"] == "token_invalid"


@each_operation
def test_a_revoked_token_is_refused(
    token: str, name: str, method: str, path: str, scopes: set[str]
) -> None:
    ConnectionSecret.objects.all().delete()

    assert call(token, method, path).body["code"] == "token_invalid"


@each_operation
def test_a_connection_that_is_off_is_refused_by_name(
    token: str,
    connection: Connection,
    operator: User,
    name: str,
    method: str,
    path: str,
    scopes: set[str],
) -> None:
    switch(connection, is_on=False, actor=operator)

    answer = call(token, method, path)

    assert (answer.status, answer.body["code"]) == (403, "connection_refused")
    assert "“HR” is switched off" in answer.body["detail"]


@each_operation
@pytest.mark.parametrize("loses", ["activity", "staff", ADD, RUN])
def test_a_connection_whose_maker_lost_a_right_is_refused_by_name(
    make_clerk: Callable[..., User],
    name: str,
    method: str,
    path: str,
    scopes: set[str],
    loses: str,
) -> None:
    clerk = make_clerk(ADD, RUN)
    token = issue_secret(create_connection(clerk), actor=clerk)
    if loses == "activity":
        User.objects.update(is_active=False)
    elif loses == "staff":
        User.objects.update(is_staff=False)
    else:
        codename = loses.partition(".")[2]
        role = Role.objects.get()
        role.permissions.remove(role.permissions.get(codename=codename))

    answer = call(token, method, path)

    assert (answer.status, answer.body["code"]) == (403, "connection_refused")
    assert str(clerk) in answer.body["detail"]
    assert loses not in {ADD, RUN} or loses in answer.body["detail"]


def test_a_token_for_dry_runs_writes_nothing(connection: Connection, operator: User) -> None:
    token = issue_secret(connection, actor=operator, scopes=["dry_run"])

    refused = post(token, name_person(1))

    assert (refused.status, refused.body["code"]) == (403, "scope_missing")
    assert "“write”" in refused.body["detail"]
    assert post(token, name_person(1), query="?dry_run=true").status == 200


def test_signed_in_people_are_not_let_in_by_their_session(operator: User) -> None:
    client = Client()
    client.force_login(operator)

    assert client.post("/api/v1/records", "[]", "application/json").status_code == 401


def test_the_requests_of_a_minute_are_counted_and_bounded(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = create_connection(operator, per_minute=2)
    token = issue_secret(connection, actor=operator)
    monkeypatch.setattr("accounts.counters.time.time", lambda: 6_000_000_010.0)

    answers = [post(token, name_person(1)) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert [answer.headers["RateLimit"] for answer in answers] == [
        '"minute";r=1;t=50',
        '"minute";r=0;t=50',
        '"minute";r=0;t=50',
    ]
    assert answers[2].headers["Retry-After"] == "50"


def test_the_last_use_of_a_token_is_kept(token: str) -> None:
    post(token, name_person(1))

    assert ConnectionSecret.objects.get().last_used_at is not None


def test_no_answer_repeats_a_secret(token: str) -> None:
    record = name_person(1)
    record["authenticators"] = {"password": {"plaintext": "correct horse battery staple"}}

    first = post(token, record)
    changed = post(token, {**record, "authenticators": {"password": {"hash": "$2b$broken"}}})

    assert "correct horse" not in str(first.body)
    assert "$2b$broken" not in str(changed.body)


def test_a_job_of_the_day_is_listed_with_the_others(token: str, connection: Connection) -> None:
    post(token, name_person(1))

    job = ImportJob.objects.get()
    assert job.state == JobState.RECEIVING
    assert connection.jobs.get() == job
