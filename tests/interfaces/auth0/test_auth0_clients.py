"""The unmodified clients of Auth0, over HTTPS, and the examples of the guide."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from django.test import Client

from accounts.models import Role, User
from imports.models import Connection
from imports.services.connections.secrets import issue_secret
from tests.imports.connecting import create_connection
from tests.interfaces.auth0.calling import NAME
from tests.interfaces.auth0.https import SecureServerThread
from tests.interfaces.guides import read_blocks
from tests.interfaces.running import needs_npm_clients, run, run_node

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = "auth0-api.md"


@pytest.fixture
def connection(operator: User) -> Connection:
    return create_connection(operator, kind="auth0", name=NAME)


@pytest.fixture
def secret(connection: Connection, operator: User) -> str:
    return issue_secret(connection, actor=operator)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecureServerThread]:
    thread = SecureServerThread(tmp_path / "https")
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    monkeypatch.setenv("SSL_CERT_FILE", str(thread.certificates.authority))
    # The first request loads the site, for which no client waits that has a time limit.
    Client().get("/api/v2/openapi.json")
    yield thread
    thread.terminate()


def list_environment(
    server: SecureServerThread, connection: Connection, secret: str
) -> dict[str, str]:
    """Return the variables by which a script finds the site."""
    authority = str(server.certificates.authority)
    return {
        "DOMAIN": server.domain,
        "SITE": f"https://{server.domain}",
        "CLIENT_ID": connection.client_id,
        "CLIENT_SECRET": secret,
        "NODE_EXTRA_CA_CERTS": authority,
        "CURL_CA_BUNDLE": authority,
    }


@pytest.fixture
def client(
    server: SecureServerThread, connection: Connection, secret: str
) -> Iterator[ManagementClient]:
    """A client as a script makes it, but for connections that are closed in the end."""
    with httpx.Client(timeout=60, follow_redirects=True) as http:
        yield ManagementClient(
            domain=server.domain,
            client_id=connection.client_id,
            client_secret=secret,
            httpx_client=http,
        )


def refuse(call: Any) -> tuple[int | None, Any]:
    with pytest.raises(ApiError) as refused:
        call()
    return refused.value.status_code, refused.value.body["errorCode"]


def test_auth0_python_does_what_a_migration_does(client: ManagementClient) -> None:
    Role.objects.create(key="editor")

    [found] = client.connections.list(name=NAME, strategy=["auth0"])
    user = client.users.create(
        connection=found.name, email="ann@example.com", user_metadata={"color": "green"}
    )
    # Three requests, of which none but the last is told.
    assert refuse(lambda: client.users.create(connection=found.name, email="ann@example.com")) == (
        *(409, "auth0_idp_error"),
    )
    changed = client.users.update(user.user_id, user_metadata={"size": 1}, blocked=True)
    assert (changed.user_metadata, changed.blocked) == ({"color": "green", "size": 1}, True)
    assert [each.user_id for each in client.users.list(q="blocked:true")] == [user.user_id]
    assert len(client.users.list_users_by_email(email="ann@example.com")) == 1

    [role] = client.roles.list(name_filter="edit")
    client.users.roles.assign(user.user_id, roles=[role.id])
    assert [each.name for each in client.users.roles.list(user.user_id)] == ["editor"]
    assert [each.user_id for each in client.roles.users.list(role.id)] == [user.user_id]
    client.users.roles.delete(user.user_id, roles=[role.id])

    users = json.dumps([{"email": "ann@example.com", "name": "Ann"}, {"email": "x"}]).encode()
    asked = client.jobs.users_imports.create(
        connection_id=found.id,
        users=users,
        upsert=True,
        external_id="one",
        send_completion_email=False,
    )
    job: Any = client.jobs.get(asked.id)
    assert (job.status, job.external_id) == ("completed", "one")
    assert (job.summary.updated, job.summary.failed, job.summary.total) == (1, 1, 2)
    [failure] = client.jobs.errors.get(asked.id)
    assert (failure.user, failure.errors[0].code) == ({"email": "x"}, "FORMAT")

    exported = client.jobs.users_exports.create(format="json", fields=[{"name": "name"}])
    location = client.jobs.get(exported.id).location
    assert gzip.decompress(httpx.get(location).content) == b'{"name":"Ann"}\n'

    client.users.delete(user.user_id)
    assert refuse(lambda: client.users.get(user.user_id)) == (404, "inexistent_user")
    assert list(client.users.list()) == []


def test_auth0_python_waits_for_its_limit(client: ManagementClient, connection: Connection) -> None:
    waits: list[float] = []
    client.users.list()
    Connection.objects.filter(pk=connection.pk).update(per_minute=1)

    def note(seconds: float) -> None:
        waits.append(seconds)
        Connection.objects.filter(pk=connection.pk).update(per_minute=6000)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auth0.management.core.http_client.time.sleep", note)
        assert list(client.users.list()) == []

    assert len(waits) == 1
    assert 0 < waits[0] <= 60


@needs_npm_clients
def test_npm_auth0_does_what_a_migration_does(
    server: SecureServerThread, connection: Connection, secret: str
) -> None:
    Role.objects.create(key="editor")

    printed = run_node("auth0.mjs", list_environment(server, connection, secret))

    told = json.loads(printed)
    assert told.pop("connection")["name"] == NAME
    assert told == {
        "conflict": [409, "auth0_idp_error"],
        "metadata": {"color": "green", "size": 1},
        "found": [True],
        "byEmail": 1,
        "roles": ["editor"],
        "members": [True],
        "job": [
            "from node",
            "completed",
            {"failed": 1, "updated": 0, "inserted": 1, "total": 2},
        ],
        "errors": ["FORMAT"],
        "exported": 2,
        "gone": [404, "inexistent_user"],
    }


def test_the_guides_commands_work_as_they_are_written(
    server: SecureServerThread, connection: Connection, secret: str, tmp_path: Path
) -> None:
    script = "set -euo pipefail\n" + read_blocks(GUIDE, "sh")[1]

    printed = run(["bash", "-c", script], list_environment(server, connection, secret), tmp_path)

    assert '"status":"completed"' in printed
    assert '"inserted":1' in printed
    assert printed.count('"email":"ada@example.com"') == 1


def test_the_guides_program_works_as_it_is_written(
    server: SecureServerThread, connection: Connection, secret: str, tmp_path: Path
) -> None:
    program = read_blocks(GUIDE, "python")[0]

    printed = run(
        [sys.executable, "-c", program], list_environment(server, connection, secret), tmp_path
    )

    assert re.fullmatch(r"auth0\|\w+ \{'color': 'blue', 'size': 1\}\n|.*'size': 1.*\n", printed)
