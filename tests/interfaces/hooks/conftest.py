"""A sign-in hook, a user whose password came from elsewhere, and systems that ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bcrypt
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import hashing
from accounts.models import User
from imports.models import Connection
from imports.services.connections.secrets import issue_secret
from interfaces.hooks.contract import Caller
from interfaces.hooks.document import write_path
from interfaces.hooks.registry import CALLERS
from tests.accounts.conftest import MakeUser, make_user
from tests.imports.connecting import create_connection

__all__ = ["make_user"]

TENANT = "acme"
PASSWORD = "correct horse battery staple"
SALT = b"$2b$04$wIcLgc07SjfAJR1rd/WBX."
# As an import stores it.
LEGACY = hashing.encode("bcrypt", bcrypt.hashpw(PASSWORD.encode(), SALT).decode())
# The systems that show a token of the connection.
BY_TOKEN = [name for name, caller in CALLERS.items() if not caller.party]


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any


Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[float]:
    """Answer failures at once, and note that they would have waited."""
    found: list[float] = []
    monkeypatch.setattr("accounts.sign_in.adapters.wait_out_failed_sign_in", found.append)
    settings.TOKEN_ISSUER_HOSTS = ["127.0.0.1"]
    return found


@pytest.fixture
def connection(operator: User) -> Connection:
    return create_connection(operator, kind="hook", name="Moving to Acme", tenant=TENANT)


@pytest.fixture
def token(connection: Connection, operator: User) -> str:
    return issue_secret(connection, actor=operator)


@pytest.fixture
def ada(make_user: MakeUser) -> User:
    """A user whose password is as it was imported."""
    user = make_user(subject_id="auth0|ada", username="ada", email="ada@example.com")
    User.objects.filter(pk=user.pk).update(password=LEGACY, password_changed_at=None)
    user.refresh_from_db()
    return user


@pytest.fixture
def ask(token: str) -> Ask:
    """Return a function that asks as a system does, about a name and a password."""

    def call(
        name: str, login: str = "ada", password: str = PASSWORD, path: str | None = None
    ) -> Answer:
        caller = CALLERS[name]
        return post(caller, write_body(caller, login, password, path), token, path=path)

    return call


def post(
    caller: Caller, body: Any, token: str, *, path: str | None = None, **options: Any
) -> Answer:
    operation = caller.operations[0] if path is None else caller.find_operation(path)
    assert operation is not None
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answered = Client().generic(
        "POST",
        write_path(caller, operation, options.get("tenant", TENANT)),
        content,
        content_type=options.get("content_type", "application/json"),
        headers={caller.header: token} if token else {},
    )
    read = json.loads(answered.content) if answered.content else None
    return Answer(answered.status_code, read, answered.headers)


def write_body(caller: Caller, login: str, password: str, path: str | None = None) -> Any:
    """Return the example of an operation, about somebody else."""
    operation = caller.operations[0] if path is None else caller.find_operation(path)
    assert operation is not None
    written = json.dumps(operation.example)
    written = written.replace('"ada@example.com"', json.dumps(login))
    return json.loads(written.replace('"\\u2026"', json.dumps(password)))
