"""The SecureAuth-compatible interface against its own document, as tests/imports/api does it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from accounts.models import User
from imports.services.connections.secrets import issue_secret
from tests.imports.api.test_against_document import CHECKS, LONG_SECONDS, SECONDS
from tests.imports.connecting import create_connection


def test_interface_answers_as_its_document_says(
    transactional_db: None,
    live_server: Any,
    operator: User,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    connection = create_connection(
        operator, kind="secureauth", name="Pools", tenant="acme", per_minute=1_000_000
    )
    form = {
        "grant_type": "client_credentials",
        "client_id": connection.client_id,
        "client_secret": issue_secret(connection, actor=operator),
    }
    address = f"{live_server.url}/acme/system/oauth2/token"
    token = requests.post(address, form, timeout=10).json()["access_token"]
    is_long = pytestconfig.getoption("--long")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run"),
        f"{live_server.url}/api/identity/openapi.json",
        *("--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS)),
        *("--phases", "fuzzing,coverage,stateful" if is_long else "fuzzing"),
        *("--max-examples", "50" if is_long else "5"),
        *("--max-time", LONG_SECONDS if is_long else SECONDS),
        *("--generation-database", "none", "--seed", "1", "--continue-on-failure", "--no-color"),
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: S603

    assert done.returncode == 0, done.stdout
