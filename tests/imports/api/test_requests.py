"""What every operation has in common: keys, entity tags, limits, and no guessing at a request."""

from __future__ import annotations

import pytest
from allauth.idp.oidc.models import Client as ApiClient
from django.db import connection
from django.test import Client

from imports.api.application import api
from imports.models import ImportJob, MappingTemplate, StoredAnswer
from imports.services.jobs import request_keys
from tests.imports.api.conftest import MakeProgram, Program

NEW = {"name": "Kept", "mapping": {}, "columns": []}
SPEC = api.get_openapi_schema()


def test_any_post_with_a_key_is_done_once_and_answered_again(program: Program) -> None:
    first = program.call("POST", "/templates", NEW, Idempotency_Key="a")
    MappingTemplate.objects.all().delete()
    again = program.call("POST", "/templates", NEW, Idempotency_Key="a")

    assert (again.status, again.body) == (201, first.body)
    assert not MappingTemplate.objects.exists()


def test_key_is_kept_with_its_answer_encrypted(program: Program) -> None:
    program.call("POST", "/templates", NEW, Idempotency_Key="a")

    assert b"Kept" not in bytes(StoredAnswer.objects.get().body)


@pytest.mark.parametrize(
    ("path", "body"), [("/templates", NEW | {"name": "B"}), ("/jobs/1/templates", {"name": "Kept"})]
)
def test_key_of_another_request_is_refused(program: Program, path: str, body: object) -> None:
    program.call("POST", "/templates", NEW, Idempotency_Key="a")

    answer = program.call("POST", path, body, Idempotency_Key="a")

    assert (answer.status, answer.body["code"]) == (422, "key_reused")


def test_refused_request_keeps_nothing_for_its_key(
    program: Program, finished_job: ImportJob
) -> None:
    path = f"/jobs/{finished_job.pk}/run"

    answer = program.call("POST", path, {}, Idempotency_Key="a")

    assert (answer.status, answer.body["code"]) == (409, "wrong_state")
    assert not StoredAnswer.objects.exists()


def test_request_whose_first_is_in_progress_is_refused(program: Program) -> None:
    client, other = ApiClient.objects.get(), connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtextextended(%s::text, 0))",
                [f"request of client {client.pk} a"],
            )
        answer = program.call("POST", "/templates", NEW, Idempotency_Key="a")
    finally:
        other.close()

    assert (answer.status, answer.body["code"]) == (409, "key_in_use")
    assert answer.headers["Retry-After"] == "1"


def test_keys_expire(program: Program) -> None:
    program.call("POST", "/templates", NEW, Idempotency_Key="a")
    StoredAnswer.objects.update(created_at="2020-01-01T00:00:00Z")

    request_keys.forget_keys()

    assert not StoredAnswer.objects.exists()


def test_the_key_of_another_client_is_another(make_program: MakeProgram) -> None:
    for _ in range(2):
        program = make_program(is_superuser=True)
        assert program.call("POST", "/templates", NEW, Idempotency_Key="a").status == 201

    assert StoredAnswer.objects.count() == 2


def test_key_that_no_header_can_have_is_refused(program: Program) -> None:
    answer = program.call("POST", "/templates", NEW, Idempotency_Key="a" * 201)

    assert (answer.status, answer.body["code"]) == (422, "request_invalid")
    assert answer.body["faults"][0]["at"] == "header.Idempotency-Key"


def test_job_is_answered_with_its_digest_as_entity_tag(
    program: Program, finished_job: ImportJob
) -> None:
    path = f"/jobs/{finished_job.pk}"
    read = program.call("GET", path)

    assert read.headers["ETag"] == f'"{read.body["digest"]}"'
    limits = program.call("PUT", f"{path}/limits", {}, If_Match=read.headers["ETag"])
    assert limits.status == 200
    finished_job.refresh_from_db()
    ImportJob.objects.filter(pk=finished_job.pk).update(rate_limit=7)
    refused = program.call("PUT", f"{path}/limits", {}, If_Match=read.headers["ETag"])
    assert (refused.status, refused.body["code"]) == (412, "changed_meanwhile")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/jobs"),
        ("GET", "/templates"),
        ("POST", "/jobs/1/pause"),
        ("DELETE", "/jobs/1/undo"),
    ],
)
def test_unknown_parameter_is_refused_by_its_name(program: Program, method: str, path: str) -> None:
    answer = program.call(method, f"{path}?page=2")

    assert (answer.status, answer.body["code"]) == (422, "request_invalid")
    assert answer.body["faults"] == [{"at": "query.page", "message": "There is no such parameter."}]


@pytest.mark.parametrize("value", ["yes", "false", 1, 0, "1"])
def test_value_of_another_type_starts_no_run(
    program: Program, finished_job: ImportJob, value: object
) -> None:
    body = {"without_dry_run": value}

    answer = program.call("POST", f"/jobs/{finished_job.pk}/run", body)

    assert (answer.status, answer.body["code"]) == (422, "request_invalid")
    assert answer.body["faults"][0]["at"] == "body.new.without_dry_run"


def test_document_names_the_values_of_every_enumeration_and_the_codes_of_every_refusal() -> None:
    schemas = SPEC["components"]["schemas"]

    assert "dry_run_done" in schemas["JobState"]["enum"]
    assert schemas["JobInfo"]["properties"]["state"]["$ref"].endswith("/JobState")
    assert schemas["ProblemInfo"]["properties"]["severity"]["$ref"].endswith("/Severity")
    assert {"key_in_use", "file_empty", "not_found"} <= set(schemas["ProblemCode"]["enum"])


def test_every_post_takes_a_key() -> None:
    posts = [methods["post"] for methods in SPEC["paths"].values() if "post" in methods]

    assert posts
    for post in posts:
        assert "Idempotency-Key" in {each["name"] for each in post["parameters"]}


def test_reference_page_shows_every_operation_and_object_without_scripts(client: Client) -> None:
    response = client.get("/api/v1/reference")
    page = response.text

    anchors = {each["operationId"] for paths in SPEC["paths"].values() for each in paths.values()}
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script" not in page
    for anchor in anchors | SPEC["components"]["schemas"].keys():
        assert f'<article id="{anchor}">' in page
