"""The API against its own document: no server error, and no answer that the document has not.

Schemathesis calls every operation as the document allows, and as it does not, and follows what
one answers to the next. The ordinary run stops after some seconds; `--long` goes through all of it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import Group, Role
from imports.api.requests import access
from imports.models import ImportJob, Webhook
from tests.imports.api.conftest import MakeProgram

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
SECONDS, LONG_SECONDS = "12", "1200"


@pytest.mark.parametrize(
    ("phase", "examples"), [("fuzzing", "2"), ("stateful", "2"), ("coverage", "1")]
)
def test_api_answers_as_its_document_says(
    transactional_db: None,
    live_server: Any,
    make_program: MakeProgram,
    finished_job: ImportJob,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
    tmp_path: Path,
    phase: str,
    examples: str,
) -> None:
    monkeypatch.setattr(access, "PER_MINUTE", 10**9)
    # Nobody waits for a job that no worker works on.
    monkeypatch.setattr("imports.api.jobs.watching.PAUSE_SECONDS", 1000)
    monkeypatch.setattr(settings, "WEBHOOK_HOSTS", ["hooks.example.com"])
    Group.objects.create(key="staff")
    Role.objects.create(key="editor")
    Webhook.objects.create(name="HR", url="https://hooks.example.com/")
    is_long = pytestconfig.getoption("--long")
    program = make_program(is_superuser=True)
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run"),
        f"{live_server.url}/api/v1/openapi.json",
        *("--header", f"Authorization: Bearer {program.token}"),
        *("--phases", phase, "--checks", ",".join(CHECKS)),
        *("--max-examples", "50" if is_long else examples),
        *("--max-time", LONG_SECONDS if is_long else SECONDS),
        *("--generation-database", "none", "--seed", "1", "--continue-on-failure", "--no-color"),
        # Operations of connections take another token.
        *("--exclude-path-regex", "^/api/v1/records"),
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: S603

    assert done.returncode == 0, done.stdout
