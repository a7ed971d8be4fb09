"""The API against its own document: for API clients, and for connections that send records."""

from __future__ import annotations

import pytest
from django.conf import settings

from accounts.models import Group, Role, User
from imports.api.requests import access
from imports.models import ImportJob, Webhook
from imports.services.connections.secrets import issue_secret
from tests.against_document import Compare
from tests.imports.api.conftest import MakeProgram
from tests.imports.connecting import create_connection, name_person, send

DOCUMENT = "/api/v1/openapi.json"


@pytest.mark.parametrize("phase", ["fuzzing", "stateful", "coverage"])
def test_api_answers_as_its_document_says(
    compare_with_document: Compare,
    make_program: MakeProgram,
    finished_job: ImportJob,
    monkeypatch: pytest.MonkeyPatch,
    phase: str,
) -> None:
    monkeypatch.setattr(access, "PER_MINUTE", 10**9)
    # Nobody waits for a job that no worker works on.
    monkeypatch.setattr("imports.api.jobs.watching.PAUSE_SECONDS", 1000)
    monkeypatch.setattr(settings, "WEBHOOK_HOSTS", ["hooks.example.com"])
    Group.objects.create(key="staff")
    Role.objects.create(key="editor")
    Webhook.objects.create(name="HR", url="https://hooks.example.com/")
    program = make_program(is_superuser=True)

    compare_with_document(
        DOCUMENT,
        {"Authorization": f"Bearer {program.token}"},
        # Operations of connections take another token.
        paths="^/api/v1/(?!records)",
        phases=phase,
        seconds=12,
        long_seconds=1200,
    )


def test_records_are_answered_as_the_document_says(
    compare_with_document: Compare, operator: User
) -> None:
    connection = create_connection(operator, per_minute=1_000_000)
    job_id = send(connection, name_person(1), {"x": "y"}).job_id

    compare_with_document(
        DOCUMENT,
        {"Authorization": f"Bearer {issue_secret(connection, actor=operator)}"},
        values={"path.job_id": job_id},
        paths="^/api/v1/records",
    )
