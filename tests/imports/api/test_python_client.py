"""The Python client and its command line, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Group
from imports.api.client import MODULE, render_client
from imports.services.connections.secrets import issue_secret
from tests.imports.api.conftest import Program
from tests.imports.connecting import create_connection, name_person

FOLDER = MODULE.parents[1]
SAMPLE = Path(__file__).parents[3] / "samples" / "mistakes.csv"
sys.path.insert(0, str(FOLDER))
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(transactional_db: None, live_server: Any, program: Program) -> Run:
    """Return a function that runs the command line."""

    def run(*arguments: str, token: str = program.token) -> subprocess.CompletedProcess[str]:
        given = {"USERFERRY_URL": live_server.url, "USERFERRY_TOKEN": token}
        return subprocess.run(  # noqa: S603
            [sys.executable, "-m", "userferry", *arguments],
            env={**os.environ, **given, "PYTHONPATH": str(FOLDER)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_client_is_up_to_date() -> None:
    assert MODULE.read_text("utf-8") == render_client(), "Write it again, as its head says."


def test_client_calls_operations_and_goes_through_pages(
    transactional_db: None, live_server: Any, program: Program
) -> None:
    from userferry import ApiError, Client

    client = Client(live_server.url, token=program.token)
    job = client.upload_file(file=SAMPLE, options={"name": "Night"}, idempotency_key="a")
    again = client.upload_file(file=SAMPLE, options={"name": "Night"}, idempotency_key="a")
    for key in "abc":
        client.create_group(body={"key": key})

    listed = [each["key"] for each in client.pages(client.list_groups, "groups", limit=2)]
    with pytest.raises(ApiError) as refused:
        client.start_run(job["id"])

    assert (job["name"], again["id"], listed) == ("Night", job["id"], ["a", "b", "c"])
    assert (refused.value.status, refused.value.problem["code"]) == (409, "dry_run_missing")
    client.delete_group(Group.objects.get(key="a").pk)
    assert Group.objects.count() == 2


def test_command_line_prints_json_and_says_why_it_failed(run: Run, tmp_path: Path) -> None:
    body = tmp_path / "group.json"
    body.write_text(json.dumps({"key": "staff"}))

    made = run("groups", "create", str(body))
    listed = run("groups", "list", "--search", "sta")
    refused = run("groups", "create", '{"key": "staff", "roles": ["nobody"]}')

    assert json.loads(made.stdout)["key"] == "staff"
    assert [each["key"] for each in json.loads(listed.stdout)["groups"]] == ["staff"]
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "request_invalid" in refused.stderr
    assert "body.key" in refused.stderr


def test_records_are_sent_by_command_line(run: Run, operator: Any, tmp_path: Path) -> None:
    file = tmp_path / "people.ndjson"
    file.write_text("\n".join(json.dumps(name_person(number)) for number in (1, 2)))
    token = issue_secret(create_connection(operator), actor=operator)

    sent = run("records", "send", str(file), token=token)

    assert json.loads(sent.stdout)["counts"]["created"] == 2
