"""Every provider's fixtures are imported as they are, and their users sign in afterwards."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.models import Group, Role, User
from imports.core.mapping import Mapping
from imports.core.planning.conflicts import Mode
from imports.core.providers import PROVIDERS
from imports.models import ImportJob
from imports.services.files import uploads
from imports.services.mapping import mappings
from imports.services.runs import runs
from tests.fixtures.make_golden import find_golden, list_fixtures, read_answers, read_passwords
from tests.imports.conftest import drain, list_statuses

FIXTURES = list_fixtures()
PASSWORD_TARGETS = {"authenticators.password.hash", "authenticators.password.plaintext"}


@pytest.fixture(autouse=True)
def _quick_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.sign_in.adapters.wait_out_failed_sign_in", lambda started: None)


def read_golden(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(find_golden(path).read_text("utf-8"))["rows"]
    return rows


def import_fixture(path: Path, operator: User) -> ImportJob:
    """Import a fixture to the end, after making the groups and roles that it names."""
    for row in read_golden(path):
        memberships = (row["record"] or {}).get("memberships", {})
        for model, name in ((Group, "groups"), (Role, "roles")):
            for key in memberships.get(name, ()):
                model.objects.get_or_create(key=key)
    job = uploads.create_job(ContentFile(path.read_bytes(), name=path.name), actor=operator)
    mapping = Mapping.model_validate({**job.mapping, "answers": read_answers(path)})
    options = mappings.JobOptions(mode=Mode.SKIP, chunk_rows=10)
    mappings.save_mapping(job, mapping, options, actor=operator)
    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)
    return job


def expect_status(row: dict[str, Any]) -> str:
    if row["record"] is not None:
        return "created"
    is_excluded = any(problem["code"] == "excluded" for problem in row["problems"])
    return "skipped" if is_excluded else "failed"


def can_sign_in(number: int, login: str, password: str) -> bool:
    """Tell whether the page lets the user in, at a second factor or a forced change at the least.

    Each comes from a network address of their own.
    """
    client = Client(REMOTE_ADDR=f"10.0.0.{number + 1}")
    response = client.post("/accounts/login/", {"login": login, "password": password})
    return response.status_code == 302 and "/inactive/" not in response.headers["Location"]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_users_of_a_fixture_are_imported_and_sign_in(path: Path, operator: User) -> None:
    job = import_fixture(path, operator)

    statuses = [status for _, status, _ in list_statuses(job)]
    expected = list(map(expect_status, read_golden(path)))
    assert job.state == "completed"
    assert statuses == expected
    refused = [
        login
        for number, (login, password) in enumerate(read_passwords(path).items())
        if not can_sign_in(number, login, password) or can_sign_in(100 + number, login, "wrong")
    ]
    assert refused == []


@pytest.mark.parametrize("name", PROVIDERS)
def test_provider_with_passwords_has_a_fixture_whose_users_sign_in(name: str) -> None:
    targets = {preset.target for preset in PROVIDERS[name].presets.values()}
    if targets & PASSWORD_TARGETS:
        assert any(read_passwords(path) for path in FIXTURES if path.parent.name == name), (
            f"Name users and their passwords in tests/fixtures/{name}/sign_in.json."
        )
