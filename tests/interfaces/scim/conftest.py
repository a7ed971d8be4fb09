"""A connection for SCIM, and a client of it."""

from __future__ import annotations

import pytest

from accounts.models import User
from imports.models import Connection
from imports.services.connections.secrets import issue_secret
from tests.imports.connecting import create_connection
from tests.interfaces.scim.calling import Caller


@pytest.fixture
def connection(operator: User) -> Connection:
    return create_connection(operator, kind="scim", name="Acme HR", tenant="acme")


@pytest.fixture
def call(connection: Connection, operator: User) -> Caller:
    return Caller(issue_secret(connection, actor=operator))
