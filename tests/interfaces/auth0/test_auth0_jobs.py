"""Imports and exports of Auth0's API: forms, upserts, failures with codes, files."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from imports.models import Connection, ImportJob, ImportRecord
from imports.notifications.completions import send_completion_mail
from imports.services.connections import requested_jobs
from imports.services.connections.secrets import issue_secret
from tests.imports.connecting import create_connection, name_person, send
from tests.interfaces.auth0.calling import HASHED, NAME, Caller
from tests.interfaces.auth0.conftest import make_caller

PASSWORD = "correct horse battery staple"


def find(user_id: str) -> User:
    return User.objects.get(subject_id=user_id)


def test_a_file_is_imported_with_hashes_and_factors(call: Caller) -> None:
    salted = hashlib.sha256(b"salt" + PASSWORD.encode()).digest()
    custom = {
        "algorithm": "sha256",
        "hash": {"value": base64.b64encode(salted).decode(), "encoding": "base64"},
        "salt": {"value": "salt", "position": "prefix"},
    }
    asked = call.post_file(
        [
            {"email": "a@example.com", "user_id": "a", "password_hash": HASHED},
            {
                "email": "b@example.com",
                "custom_password_hash": custom,
                "mfa_factors": [{"totp": {"secret": "JBSWY3DPEHPK3PXP"}}],
                "user_metadata": {"x": 1},
            },
        ],
        external_id="first",
    )

    assert asked.status == 202
    assert asked.body | {"id": "", "created_at": ""} == {
        "id": "",
        "type": "users_import",
        "status": "pending",
        "created_at": "",
        "connection_id": call.connection_id,
        "connection": NAME,
        "external_id": "first",
        "upsert": False,
        "send_completion_email": False,
    }
    job = call("GET", f"/jobs/{asked['id']}").body
    assert job["summary"] == {"failed": 0, "updated": 0, "inserted": 2, "total": 2}
    assert call("GET", f"/jobs/{asked['id']}/errors").status == 204
    assert find("auth0|a").check_password(PASSWORD)
    [other] = call("GET", "/users-by-email", query={"email": "b@example.com"}).body
    assert other["user_id"].startswith("auth0|")
    assert other["user_metadata"] == {"x": 1}
    user = find(other["user_id"])
    assert user.check_password(PASSWORD)
    assert user.authenticator_set.filter(type="totp").exists()
    assert not mail.outbox


def test_without_upsert_who_exists_fails_and_nothing_is_changed(call: Caller) -> None:
    user_id = call.create(username="ann")

    job = call.load(
        {"email": "ann@example.com", "given_name": "Bea"},
        {"email": "c@example.com", "username": "ANN"},
        {"email": "d@example.com", "user_id": user_id.removeprefix("auth0|")},
        {"email": "e@example.com"},
        {"email": "E@example.com"},
    )

    assert job["summary"] == {"failed": 4, "updated": 0, "inserted": 1, "total": 5}
    failures = {each["user"]["email"]: each["errors"][0] for each in call.list_errors(job)}
    assert {email: error["code"] for email, error in failures.items()} == {
        "ann@example.com": "DUPLICATED_USER",
        "c@example.com": "CONFLICT_USERNAME",
        "d@example.com": "DUPLICATED_USER",
        "E@example.com": "DUPLICATED_USER",
    }
    assert failures["c@example.com"]["path"] == "username"
    assert call.read(user_id)["given_name"] == "Ann"


def test_an_upsert_changes_by_address_what_auth0_changes(call: Caller) -> None:
    user_id = call.create(
        username="ann", nickname="a", user_metadata={"x": 1, "y": 2}, app_metadata={"p": 1}
    )

    job = call.load(
        {
            "email": "ANN@example.com",
            "user_id": "another",
            "username": "bea",
            "email_verified": True,
            "given_name": "Bea",
            "user_metadata": {"z": 3},
            "password_hash": HASHED,
        },
        {"email": "new@example.com", "username": "new"},
        upsert="true",
    )

    assert job["summary"] == {"failed": 0, "updated": 1, "inserted": 1, "total": 2}
    user = call.read(user_id)
    assert [user[name] for name in ("username", "given_name", "email_verified", "nickname")] == [
        *("ann", "Bea", True, "a")
    ]
    assert (user["user_metadata"], user["app_metadata"]) == ({"z": 3}, {"p": 1})
    assert find(user_id).check_password(PASSWORD)
    again = call.load({"email": "ann@example.com", "given_name": "Bea"}, upsert="true")
    assert again["summary"]["updated"] == 1


def test_an_upsert_leaves_a_password_that_is_in_use(call: Caller) -> None:
    user = find(call.create())
    user.set_password("chosen by the user")
    user.save()

    call.load({"email": "ann@example.com", "password_hash": HASHED, "name": "A"}, upsert="true")

    user.refresh_from_db()
    assert (user.check_password("chosen by the user"), user.display_name) == (True, "A")


@pytest.mark.parametrize(
    ("user", "code", "path"),
    [
        ({"email": "x@example.com", "age": 3}, "NOT_PASSED", "age"),
        ({"name": "X"}, "OBJECT_REQUIRED", "email"),
        ({"email": 3}, "INVALID_TYPE", "email"),
        ({"email": "nobody"}, "FORMAT", "email"),
        ({"email": "x@example.com", "blocked": "yes"}, "INVALID_TYPE", "blocked"),
        ({"email": "x@example.com", "mfa_factors": 5}, "INVALID_TYPE", "mfa_factors"),
        ({"email": "x@example.com", "mfa_factors": []}, "ARRAY_LENGTH_SHORT", "mfa_factors"),
        (
            {"email": "x@example.com", "mfa_factors": [{"totp": {"secret": "lower"}}]},
            *("PATTERN", "mfa_factors[0].totp.secret"),
        ),
        (
            {"email": "x@example.com", "app_metadata": {"user_id": "x"}},
            *("NOT_PASSED", "app_metadata.user_id"),
        ),
        (
            {
                "email": "x@example.com",
                "custom_password_hash": {"algorithm": "rot13", "hash": {"value": "x"}},
            },
            *("ENUM_MISMATCH", "custom_password_hash.algorithm"),
        ),
        ({"email": "x@example.com", "password_hash": "x"}, "FORMAT", "custom_password_hash"),
        ({"email": "x@example.com", "username": "x" * 300}, "MAX_LENGTH", "username"),
    ],
)
def test_a_user_who_is_wrong_is_named_and_costs_no_other(
    call: Caller, user: dict[str, Any], code: str, path: str
) -> None:
    job = call.load(user, {"email": "right@example.com"})

    assert job["summary"] == {"failed": 1, "updated": 0, "inserted": 1, "total": 2}
    [failure] = call.list_errors(job)
    error = failure["errors"][0]
    assert (error["code"], error["path"]) == (code, path)
    assert error["message"]
    assert failure["user"].keys() == user.keys()
    assert ImportRecord.objects.filter(status="failed").count() == 1


def test_a_failure_shows_no_secret(call: Caller) -> None:
    job = call.load(
        {
            "email": "x@example.com",
            "no": 1,
            "password_hash": HASHED,
            "custom_password_hash": {
                "algorithm": "hmac",
                "hash": {"value": "abc1", "key": {"value": "abc2"}},
                "salt": {"value": "abc3"},
            },
            "mfa_factors": [{"totp": {"secret": "JBSWY3DPEHPK3PXP"}}],
        }
    )

    told = json.dumps(call.list_errors(job))
    assert not any(each in told for each in ("abc1", "abc2", "abc3", HASHED, "JBSWY3DPEHPK3PXP"))


@pytest.mark.parametrize(
    ("content", "parts", "told"),
    [
        (b"{}", {}, "JSON array"),
        (b"", {}, "JSON array"),
        (b"[]", {}, "no records"),
        (b'[{"email": "a@example.com"}]', {"upsert": "maybe"}, "upsert"),
        (b'[{"email": "a@example.com"}]', {"mode": "x"}, "Additional properties"),
        (b'[{"email": "a@example.com"}]', {"external_id": "a\0"}, "NUL"),
        (b'[{"email": "a@example.com"}]', {"connection_id": "con_other"}, "does not exist"),
    ],
)
def test_a_form_that_is_none_is_refused(
    call: Caller, content: bytes, parts: dict[str, str], told: str
) -> None:
    answer = call.post_file(content, **parts)

    assert answer.status in (400, 404)
    assert told in answer["message"]
    assert not ImportJob.objects.exists()


def test_a_user_of_another_source_is_matched_only_by_the_key_of_the_connection(
    call: Caller, operator: User
) -> None:
    send(create_connection(operator), name_person(1, email_verified=True))
    sent = {"email": "p1@example.com", "email_verified": True, "name": "P"}
    refused = call.load(sent, upsert="true")
    assert call.list_errors(refused)[0]["errors"][0]["code"] == "CONFLICT_EMAIL"

    matching = create_connection(operator, kind="auth0", name="Matching", matching_key="email")
    caller = make_caller(matching, issue_secret(matching, actor=operator))
    job = caller.load(sent, {"email": "q@example.com"}, upsert="true")
    assert job["summary"] == {"failed": 0, "updated": 1, "inserted": 1, "total": 2}
    assert caller.read("p1")["name"] == "P"


def test_the_end_of_an_import_is_told_by_e_mail(
    call: Caller, connection: Connection, operator: User
) -> None:
    job = call.load({"email": "a@example.com"}, {"email": "nobody"}, send_completion_email="true")

    asked = requested_jobs.find_requested_job(job["id"])
    assert asked is not None
    send_completion_mail(asked.pk)
    message = mail.outbox[-1]
    assert message.to == [operator.email]
    assert message.subject == f"Import by {NAME}: 1 of 2 users failed"
    assert f"/admin/imports/{ImportJob.objects.get().pk}/" in message.body
    assert "Created: 1\nUpdated: 0\nFailed: 1\n" in message.body


def test_a_job_is_that_of_its_connection_and_forgotten_in_time(
    call: Caller, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = call.load({"email": "a@example.com"})
    other = create_connection(operator, kind="auth0", name="Other")
    caller = make_caller(other, issue_secret(other, actor=operator))
    assert caller("GET", f"/jobs/{job['id']}").status == 404

    requested_jobs.forget_requested_jobs()
    assert call("GET", f"/jobs/{job['id']}").status == 200
    monkeypatch.setattr(requested_jobs, "KEPT", -requested_jobs.KEPT)
    requested_jobs.forget_requested_jobs()
    assert call("GET", f"/jobs/{job['id']}").status == 404
    assert ImportRecord.objects.count() == 1


def test_an_export_has_the_users_of_the_connection_without_hashes(
    call: Caller, operator: User
) -> None:
    call.create(password=PASSWORD, app_metadata={"plan": "gold"})
    call.create(email="b@example.com")
    send(create_connection(operator), name_person(1))

    lines = call.export(format="json").splitlines()

    assert [json.loads(line) for line in lines] == call("GET", "/users").body
    assert b"argon2" not in b"".join(lines)
    assert len(call.export(limit=1).splitlines()) == 1


def test_an_export_has_the_fields_that_are_asked_for(call: Caller) -> None:
    call.create(given_name="=1+1", user_metadata={"a": {"b": [1, 2]}})
    fields = [
        {"name": "given_name"},
        {"name": "user_metadata.a.b[1]", "export_as": "b"},
        {"name": "identities[0].connection", "export_as": "connection"},
        {"name": "blocked"},
        {"name": "created_at"},
    ]

    [line] = call.export(fields=fields).splitlines()
    found = json.loads(line)
    created = found.pop("created_at")
    assert found == {"given_name": "=1+1", "b": 2, "connection": NAME, "blocked": False}

    rows = list(csv.reader(io.StringIO(call.export(format="csv", fields=fields).decode())))
    assert rows[0] == ["given_name", "b", "connection", "blocked", "created_at"]
    assert rows[1] == ["'=1+1", "2", f"'{NAME}", "false", created]
    refused = call(
        "POST", "/jobs/users-exports", {"format": "csv", "fields": [{"name": "user_metadata"}]}
    )
    assert (refused.status, refused["errorCode"]) == (400, "invalid_body")


def test_the_location_of_an_export_holds_for_a_minute(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = call("POST", "/jobs/users-exports", {})
    location = call("GET", f"/jobs/{asked['id']}")["location"]
    assert Client().get(location).status_code == 200

    assert Client().get(location[:-2]).status_code == 403
    monkeypatch.setattr("interfaces.auth0.exports.SECONDS", -1)
    assert Client().get(location).status_code == 403


def test_a_large_file_is_written_in_batches_of_one_job(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interfaces.auth0.imports.MOST_RECORDS", 2)

    job = call.load(*({"email": f"p{number}@example.com"} for number in range(5)))

    assert job["summary"]["inserted"] == 5
    assert ImportJob.objects.get().chunks.count() == 3
