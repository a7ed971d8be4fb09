"""One user for known hashes of every format, imported and signed in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from accounts.hashing import FORMATS
from accounts.models import User
from tests.imports.conftest import create_job, create_operator, list_statuses, run_to_the_end
from tests.imports.signing_in import is_signed_in, sign_in

VECTOR_FILES = sorted((Path(__file__).parents[1] / "vectors").glob("*.json"))
VECTORS = [vector for path in VECTOR_FILES for vector in json.loads(path.read_text())]
# Of each format; all of them with --long. That every hash verifies is shown without a site.
SAMPLED = 2

Numbered = list[tuple[int, dict[str, Any]]]


def can_sign_in(vector: dict[str, Any]) -> bool:
    """Tell whether a web form can carry the password: neither bytes, nor nothing, nor NUL."""
    password = vector["password"]
    can_be_typed = bool(password) and password.isprintable()
    return vector["expect"] and can_be_typed and not is_made_for_nobody(vector)


def is_made_for_nobody(vector: dict[str, Any]) -> bool:
    """Tell whether the hash is of a password that belongs to no user name, such as `enable`'s."""
    return vector["format"] == "cisco_asa" and not (
        vector["params"] or ":" in vector["hash"] or vector["hash"].startswith("$")
    )


def choose_vectors(format_id: str, *, is_long: bool) -> list[dict[str, Any]]:
    found = [each for each in VECTORS if each["format"] == format_id and can_sign_in(each)]
    return found if is_long else found[:: max(1, len(found) - 1)][:SAMPLED]


def make_record(number: int, vector: dict[str, Any]) -> dict[str, Any]:
    password = {"hash": vector["hash"], "format": vector["format"], "params": vector["params"]}
    return {
        "subject_id": f"subject-{number}",
        "profile": {"username": f"user{number}"},
        "authenticators": {"password": password},
    }


@pytest.fixture(scope="module")
def imported(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, pytestconfig: pytest.Config
) -> Iterator[dict[str, Numbered]]:
    """The users of every format by number, of one job for all tests, which commit nothing."""
    from django.db import transaction

    is_long = pytestconfig.getoption("--long")
    chosen = [each for name in FORMATS for each in choose_vectors(name, is_long=is_long)]
    users = list(enumerate(chosen))
    with django_db_blocker.unblock(), transaction.atomic():
        records = [make_record(number, vector) for number, vector in users]
        job = create_job(records, actor=create_operator(), chunk_rows=100)
        run_to_the_end(job)
        assert {status for _, status, _ in list_statuses(job)} == {"created"}
        yield {name: [each for each in users if each[1]["format"] == name] for name in FORMATS}
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("format_id", FORMATS)
def test_users_of_every_format_sign_in_and_have_argon2id_afterwards(
    imported: dict[str, Numbered], format_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.sign_in.adapters.wait_out_failed_sign_in", lambda started: None)
    users = imported[format_id]
    assert users

    refused = [
        vector["source"]
        for number, vector in users
        if not is_signed_in(sign_in(number, vector["password"]))
    ]

    assert refused == []
    subjects = [f"subject-{number}" for number, _ in users]
    stored = User.objects.filter(subject_id__in=subjects).values_list("password", flat=True)
    assert all(each.startswith("argon2$argon2id$") for each in stored)
    # The upgraded hash is of the same password.
    number, vector = users[0]
    assert is_signed_in(sign_in(number, vector["password"]))
