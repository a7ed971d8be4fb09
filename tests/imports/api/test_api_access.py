"""Who may call what: with no token, another scope, without the permission, with it."""

import json
import logging
import re

import pytest
from django.test import Client

from accounts.models import AttributeDefinition, Group, Role, User
from imports.api.application import api
from imports.api.requests import access
from imports.core.corrections import Change
from imports.core.mapping import Mapping
from imports.models import (
    ImportJob,
    InvitationCampaign,
    LegacyDirectory,
    PartialUpload,
    Webhook,
)
from imports.selectors import list_error_groups
from imports.services.corrections.corrections import make_corrections
from imports.services.mapping import templates
from tests.imports.api.conftest import MakeProgram, Program, make_token

VIEW, ADD, RUN = "imports.view_importjob", "imports.add_importjob", "imports.run_importjob"
UNDO, VIEW_USER = "imports.undo_importjob", "accounts.view_user"
VIEW_TEMPLATE = "imports.view_mappingtemplate"
ADD_TEMPLATE = "imports.add_mappingtemplate"
# Operation, method, address and the permissions it takes.
MATRIX = [
    ("upload_file", "POST", "/jobs", [ADD]),
    ("list_jobs", "GET", "/jobs", [VIEW]),
    ("get_job", "GET", "/jobs/{job}", [VIEW]),
    ("watch_job", "GET", "/jobs/{job}/events", [VIEW]),
    ("import_again", "POST", "/jobs/{job}/copies", [ADD]),
    ("get_mapping", "GET", "/jobs/{job}/mapping", [ADD]),
    ("save_mapping", "PUT", "/jobs/{job}/mapping", [ADD]),
    ("set_policies", "PUT", "/jobs/{job}/policies", [ADD]),
    ("set_limits", "PUT", "/jobs/{job}/limits", [RUN]),
    ("start_dry_run", "POST", "/jobs/{job}/dry-run", [ADD]),
    ("get_dry_run", "GET", "/jobs/{job}/dry-run", [VIEW]),
    ("stop_dry_run", "DELETE", "/jobs/{job}/dry-run", [ADD]),
    ("start_run", "POST", "/jobs/{job}/run", [RUN]),
    ("pause", "POST", "/jobs/{job}/pause", [RUN]),
    ("resume", "POST", "/jobs/{job}/resume", [RUN]),
    ("cancel", "POST", "/jobs/{job}/cancel", [RUN]),
    ("retry", "POST", "/jobs/{job}/retry", [RUN]),
    ("list_records", "GET", "/jobs/{job}/records", [VIEW]),
    ("get_record", "GET", "/jobs/{job}/records/1", [VIEW]),
    ("list_reasons", "GET", "/jobs/{job}/reasons", [VIEW]),
    ("list_error_groups", "GET", "/jobs/{job}/error-groups", [VIEW]),
    ("get_error_group", "GET", "/jobs/{job}/error-groups/{group}", [VIEW, RUN]),
    ("list_corrections", "GET", "/jobs/{job}/corrections", [VIEW]),
    ("add_correction", "POST", "/jobs/{job}/corrections", [RUN]),
    ("remove_correction", "DELETE", "/jobs/{job}/corrections/1", [RUN]),
    ("get_report", "GET", "/jobs/{job}/report", [VIEW]),
    ("preview_missing_users", "GET", "/jobs/{job}/missing-users", [VIEW]),
    ("list_missing_users", "GET", "/jobs/{job}/missing-users/list", [VIEW, VIEW_USER]),
    ("disable_missing_users", "POST", "/jobs/{job}/missing-users/disable", [RUN]),
    ("stop_disabling_users", "DELETE", "/jobs/{job}/missing-users/disable", [RUN]),
    ("preview_undo", "GET", "/jobs/{job}/undo", [VIEW]),
    ("start_undo", "POST", "/jobs/{job}/undo", [UNDO]),
    ("stop_undo", "DELETE", "/jobs/{job}/undo", [UNDO]),
    ("save_template", "POST", "/jobs/{job}/templates", [ADD, ADD_TEMPLATE]),
    ("list_templates", "GET", "/templates", [VIEW_TEMPLATE]),
    ("import_template", "POST", "/templates", [ADD_TEMPLATE]),
    ("export_template", "GET", "/templates/{version}", [VIEW_TEMPLATE]),
    ("list_activity", "GET", "/jobs/{job}/activity", [VIEW]),
    ("list_uploads", "GET", "/uploads", [ADD]),
    ("begin_upload", "POST", "/uploads", [ADD]),
    ("get_upload", "GET", "/uploads/{upload}", [ADD]),
    ("find_offset", "HEAD", "/uploads/{upload}", [ADD]),
    ("send_part", "PUT", "/uploads/{upload}/content", [ADD]),
    ("complete_upload", "POST", "/uploads/{upload}/job", [ADD]),
    ("delete_upload", "DELETE", "/uploads/{upload}", [ADD]),
    ("list_sources", "GET", "/sources", [VIEW]),
    ("get_source", "GET", "/sources/{source}", [VIEW]),
    ("count_passwords", "GET", "/passwords", [VIEW]),
    ("list_users", "GET", "/users", [VIEW_USER]),
    ("get_user", "GET", "/users/{user}", [VIEW_USER]),
    ("list_groups", "GET", "/groups", ["accounts.view_group"]),
    ("get_group", "GET", "/groups/{staff}", ["accounts.view_group"]),
    ("create_group", "POST", "/groups", ["accounts.add_group"]),
    ("change_group", "PATCH", "/groups/{staff}", ["accounts.change_group"]),
    ("delete_group", "DELETE", "/groups/{staff}", ["accounts.delete_group"]),
    ("list_roles", "GET", "/roles", ["accounts.view_role"]),
    ("get_role", "GET", "/roles/{role}", ["accounts.view_role"]),
    ("create_role", "POST", "/roles", ["accounts.add_role"]),
    ("change_role", "PATCH", "/roles/{role}", ["accounts.change_role"]),
    ("delete_role", "DELETE", "/roles/{role}", ["accounts.delete_role"]),
    ("list_attributes", "GET", "/attributes", ["accounts.view_attributedefinition"]),
    ("get_attribute", "GET", "/attributes/level", ["accounts.view_attributedefinition"]),
    ("create_attribute", "POST", "/attributes", ["accounts.add_attributedefinition"]),
    ("change_attribute", "PATCH", "/attributes/level", ["accounts.change_attributedefinition"]),
    ("delete_attribute", "DELETE", "/attributes/level", ["accounts.delete_attributedefinition"]),
    ("list_providers", "GET", "/providers", [VIEW]),
    ("get_provider", "GET", "/providers/okta", [VIEW]),
    ("list_formats", "GET", "/formats", [VIEW]),
    ("get_format", "GET", "/formats/argon2", [VIEW]),
    ("list_webhooks", "GET", "/webhooks", ["imports.view_webhook"]),
    ("get_webhook", "GET", "/webhooks/{webhook}", ["imports.view_webhook"]),
    ("create_webhook", "POST", "/webhooks", ["imports.add_webhook"]),
    ("change_webhook", "PATCH", "/webhooks/{webhook}", ["imports.change_webhook"]),
    ("renew_webhook_secret", "POST", "/webhooks/{webhook}/secret", ["imports.change_webhook"]),
    ("test_webhook", "POST", "/webhooks/{webhook}/test", ["imports.change_webhook"]),
    ("delete_webhook", "DELETE", "/webhooks/{webhook}", ["imports.delete_webhook"]),
    ("list_directories", "GET", "/directories", ["imports.view_legacydirectory"]),
    ("get_directory", "GET", "/directories/{directory}", ["imports.view_legacydirectory"]),
    (
        "set_directory_mode",
        "PUT",
        "/directories/{directory}/mode",
        ["imports.change_legacydirectory"],
    ),
    ("list_campaigns", "GET", "/campaigns", ["imports.view_invitationcampaign"]),
    ("get_campaign", "GET", "/campaigns/{campaign}", ["imports.view_invitationcampaign"]),
    (
        "list_recipients",
        "GET",
        "/campaigns/{campaign}/recipients",
        ["imports.view_invitationcampaign", VIEW_USER],
    ),
    (
        "start_campaign",
        "POST",
        "/campaigns/{campaign}/start",
        ["imports.change_invitationcampaign"],
    ),
    (
        "pause_campaign",
        "POST",
        "/campaigns/{campaign}/pause",
        ["imports.change_invitationcampaign"],
    ),
    (
        "create_reminder",
        "POST",
        "/campaigns/{campaign}/reminders",
        ["imports.add_invitationcampaign"],
    ),
    ("export_users", "GET", "/exports/native", [VIEW_USER]),
]
IDS = [name for name, *_ in MATRIX]
EVERYTHING = sorted({permission for *_, taken in MATRIX for permission in taken})
each_operation = pytest.mark.parametrize(("name", "method", "path", "taken"), MATRIX, ids=IDS)


@pytest.fixture
def operator(shared_job: ImportJob, db: None) -> User:
    return shared_job.created_by


@pytest.fixture
def finished_job(shared_job: ImportJob, db: None) -> ImportJob:
    return ImportJob.objects.get(pk=shared_job.pk)


@pytest.fixture
def places(finished_job: ImportJob) -> dict[str, str]:
    """What the addresses of the matrix are about."""
    mapping = Mapping.model_validate(finished_job.mapping)
    version = templates.add_version("Kept", mapping, [], actor=finished_job.created_by)
    [change] = make_corrections(finished_job, [Change("trim", "profile.email")])
    finished_job.corrections = [change.to_json()]
    finished_job.save()
    AttributeDefinition.objects.create(name="level")
    return {
        "job": str(finished_job.pk),
        "group": list_error_groups(finished_job)[0].digest,
        "version": str(version.pk),
        "source": finished_job.source,
        "user": str(finished_job.created_by.pk),
        "staff": str(Group.objects.create(key="staff").pk),
        "role": str(Role.objects.create(key="editor").pk),
        "upload": str(
            PartialUpload.objects.create(owner=finished_job.created_by, size=1, key=b"").pk
        ),
        "webhook": str(Webhook.objects.create(name="HR", url="https://example.com").pk),
        "directory": str(
            LegacyDirectory.objects.create(
                name="Old", kind="http", source="old", url="https://example.com", job=finished_job
            ).pk
        ),
        "campaign": str(
            InvitationCampaign.objects.create(name="C", created_by=finished_job.created_by).pk
        ),
    }


def test_every_operation_is_in_the_matrix() -> None:
    paths = api.get_openapi_schema()["paths"].values()
    operations = [each for methods in paths for each in methods.values()]

    # Those of connections are in that of tests/imports/api/test_receiving.py.
    assert {
        each["operationId"]
        for each in operations
        if {"ConnectionToken": []} not in each["security"]
    } == set(IDS)


@each_operation
def test_nobody_is_let_in_without_a_token(
    places: dict[str, str], name: str, method: str, path: str, taken: list[str]
) -> None:
    response = Client().generic(method, f"/api/v1{path.format(**places)}")

    assert response.status_code == 401
    assert method == "HEAD" or response.json()["code"] == "token_missing"
    assert response.headers["WWW-Authenticate"] == "Bearer"


@each_operation
def test_a_token_for_something_else_is_refused(
    make_program: MakeProgram,
    places: dict[str, str],
    name: str,
    method: str,
    path: str,
    taken: list[str],
) -> None:
    program = make_program(is_superuser=True, scope="openid")

    answer = program.call(method, path.format(**places))

    assert answer.status == 403
    assert method == "HEAD" or answer.body["code"] == "scope_missing"
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


@each_operation
def test_owners_who_lack_a_permission_are_told_which(
    make_program: MakeProgram,
    places: dict[str, str],
    name: str,
    method: str,
    path: str,
    taken: list[str],
) -> None:
    for lacking in taken:
        others = [permission for permission in EVERYTHING if permission != lacking]

        answer = make_program(*others).call(method, path.format(**places))

        assert answer.status == 403
        # The answer to HEAD has no body.
        if method != "HEAD":
            assert answer.body["code"] == "permission_missing"
            assert lacking in answer.body["detail"]


@each_operation
def test_owners_with_the_permission_are_let_in(
    make_program: MakeProgram,
    places: dict[str, str],
    name: str,
    method: str,
    path: str,
    taken: list[str],
) -> None:
    program = make_program(*taken)
    # Uploads are their owner's alone.
    PartialUpload.objects.update(owner=program.user)

    answer = program.call(method, path.format(**places))

    assert answer.status in {200, 201, 202, 204, 409, 422} or name == "send_part"


def test_signed_in_people_are_not_let_in_by_their_session(operator: User) -> None:
    client = Client()
    client.force_login(operator)

    assert client.get("/api/v1/jobs").status_code == 401


@pytest.mark.parametrize("lost", ["is_active", "is_staff"])
def test_a_token_dies_with_its_owner(make_program: MakeProgram, lost: str) -> None:
    program = make_program(is_superuser=True)
    User.objects.filter(pk=program.user.pk).update(**{lost: False})

    assert program.call("GET", "/jobs").body["code"] == "token_invalid"


def test_a_refused_token_is_logged_without_it(
    db: None, caplog: pytest.LogCaptureFixture, operator: User
) -> None:
    with caplog.at_level(logging.WARNING, "accounts.access_tokens"):
        answer = Program("not-a-token", operator).call("GET", "/jobs")

    assert answer.status == 401
    assert "unknown, expired or revoked" in caplog.text
    assert "not-a-token" not in caplog.text


def test_an_address_that_guesses_tokens_is_shut_out(operator: User) -> None:
    for _ in range(30):
        Program("guess", operator).call("GET", "/jobs")

    answer = Program("another guess", operator).call("GET", "/jobs")

    assert (answer.status, answer.body["code"]) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == "60"


def test_a_right_token_is_admitted_from_an_address_that_guesses(operator: User) -> None:
    for _ in range(30):
        Program("guess", operator).call("GET", "/jobs")

    assert Program(make_token(operator), operator).call("GET", "/jobs").status == 200


def test_an_owner_whose_programs_call_too_often_has_to_wait(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "PER_MINUTE", 1)
    monkeypatch.setattr("accounts.counters.time.time", lambda: 6_000_000_010.0)
    allowed = program.call("GET", "/jobs")
    refused = program.call("GET", "/jobs")

    assert (allowed.status, allowed.headers["RateLimit"]) == (200, '"minute";r=0;t=50')
    assert allowed.headers["RateLimit-Policy"] == '"minute";q=1;w=60'
    assert (refused.status, refused.headers["Retry-After"]) == (429, "50")


def test_the_document_needs_no_token_and_says_where_to_get_one(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()

    scheme = document["components"]["securitySchemes"]["AccessToken"]
    assert scheme["flows"]["clientCredentials"]["tokenUrl"] == "/api/token"


def test_the_document_refers_to_nothing_that_is_not_in_it(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()

    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named == named & set(document["components"]["schemas"])
