"""The question a migration is judged by: one user per known hash, imported and signed in."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.hashers import Argon2idHasher
from accounts.hashing import FORMATS
from accounts.models import User
from tests.imports.conftest import MakeJob, list_outcomes

VECTOR_FILES = sorted((Path(__file__).parents[1] / "vectors").glob("*.json"))
VECTORS = [vector for path in VECTOR_FILES for vector in json.loads(path.read_text())]


def can_be_typed(vector: dict[str, Any]) -> bool:
    """Tell whether a web form can carry the password: neither bytes, nor nothing, nor NUL."""
    password = vector["password"]
    return bool(password) and password.isprintable()


def by_format(vector: dict[str, Any]) -> str:
    return str(vector["format"])


MATCHING = {
    format_id: list(vectors)
    for format_id, vectors in groupby(
        sorted((each for each in VECTORS if each["expect"] and can_be_typed(each)), key=by_format),
        key=by_format,
    )
}


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Argon2idHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2idHasher, "memory_cost", 8)
    monkeypatch.setattr(Argon2idHasher, "parallelism", 1)
    monkeypatch.setattr("accounts.adapters.wait_out_failed_sign_in", lambda started: None)


def make_record(number: int, vector: dict[str, Any]) -> dict[str, Any]:
    password = {"hash": vector["hash"], "format": vector["format"], "params": vector["params"]}
    return {
        "subject_id": f"subject-{number}",
        "profile": {"username": f"user{number}"},
        "authenticators": {"password": password},
    }


def sign_in(number: int, password: str) -> Client:
    """Sign in as one of the users, each from a network address of their own."""
    client = Client(REMOTE_ADDR=f"10.0.{number // 250}.{number % 250 + 1}")
    client.post("/accounts/login/", {"login": f"USER{number}", "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("format_id", FORMATS)
def test_users_of_every_format_sign_in_and_have_argon2id_afterwards(
    run_job: MakeJob, format_id: str
) -> None:
    vectors = MATCHING[format_id]
    job = run_job([make_record(number, vector) for number, vector in enumerate(vectors)])
    assert {outcome for _, outcome, _ in list_outcomes(job)} == {"created"}

    refused = [
        vector["source"]
        for number, vector in enumerate(vectors)
        if not is_signed_in(sign_in(number, vector["password"]))
    ]

    assert refused == []
    imported = User.objects.filter(subject_id__startswith="subject-")
    stored = imported.values_list("password", flat=True)
    assert all(each.startswith("argon2$argon2id$") for each in stored)
    # The upgraded hash is of the same password.
    assert is_signed_in(sign_in(0, vectors[0]["password"]))


@pytest.mark.parametrize(
    "password", ["p", " spaced out ", "tab\there", "ß" * 40, "🔑🗝", "'\"<&>%00"]
)
def test_odd_plaintext_passwords_sign_in(run_job: MakeJob, password: str) -> None:
    record = make_record(0, {"hash": None, "format": None, "params": {}})
    record["authenticators"]["password"] = {"plaintext": password}
    run_job([record])
    assert is_signed_in(sign_in(0, password))
