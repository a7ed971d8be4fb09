"""A connection for Auth0's clients, and one of these."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from imports.models import Connection
from imports.services.connections.secrets import issue_secret
from tests.imports.connecting import create_connection
from tests.interfaces.auth0.calling import NAME, Caller


@pytest.fixture
def connection(operator: User) -> Connection:
    return create_connection(operator, kind="auth0", name=NAME)


@pytest.fixture
def secret(connection: Connection, operator: User) -> str:
    return issue_secret(connection, actor=operator)


@pytest.fixture
def call(connection: Connection, secret: str) -> Caller:
    return make_caller(connection, secret)


def make_caller(connection: Connection, secret: str, **form: str) -> Caller:
    answer = ask_token(connection, secret, **form)
    assert answer.status_code == 200, answer.content
    return Caller(answer.json()["access_token"], f"con_{connection.client_id[:16]}")


def ask_token(connection: Connection, secret: str, **form: str) -> Any:
    filled = {
        "grant_type": "client_credentials",
        "client_id": connection.client_id,
        "client_secret": secret,
        "audience": "https://localhost:8443/api/v2/",
        **form,
    }
    return Client().post("/oauth/token", filled)
