"""Uploading: what is kept, what is refused and in which words."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from imports.models import ImportJob

UPLOAD = "/admin/imports/upload/"


def upload(
    client: Client, content: bytes, file_name: str = "users.csv", **fields: str
) -> HttpResponse:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(file_name, content), **fields})


def list_stored_files() -> list[Path]:
    place = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    return [path for path in place.rglob("*") if path.is_file()]


def test_a_file_becomes_a_job_and_leads_to_its_mapping(admin: Client) -> None:
    response = upload(admin, b"id,email\n1,ada@example.com\n", file_name="people.csv")

    job = ImportJob.objects.get()
    assert response.headers["Location"] == reverse("imports:mapping", args=[job.pk])
    page = admin.get(response.headers["Location"]).content.decode()
    assert job.file_sha256 in page
    assert "people.csv" in page


def test_a_job_has_the_name_it_is_given(admin: Client) -> None:
    upload(admin, b"id,email\n1,ada@example.com\n", file_name="people.csv", name="Spring move")

    assert ImportJob.objects.get().name == "Spring move"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "users.csv", "The file has no content."),
        (b"id,email\n", "users.csv", "but no records."),
        (b'{"a": [{"x": 1}], "b": [{"y": 1}]}', "users.json", "several lists: a, b"),
        (b"PK\x03\x04\x00\x00", "users.xlsx", "cannot be read to its end"),
    ],
    ids=["empty", "header only", "several lists", "spreadsheet"],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason_and_not_kept(
    admin: Client, content: bytes, name: str, message: str
) -> None:
    before = list_stored_files()

    response = upload(admin, content, file_name=name)

    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    assert message in response.content.decode()
    assert not ImportJob.objects.exists()
    assert list_stored_files() == before


def test_a_form_without_a_file_says_so_at_the_field(admin: Client) -> None:
    response = admin.post(UPLOAD, {})

    assert response.status_code == 422
    assert "This field is required" in response.content.decode()


def test_the_syntax_can_be_chosen_where_it_is_recognised_wrongly(admin: Client) -> None:
    upload(admin, b"id;email\n1;ada@example.com\n", syntax="csv", delimiter=";", encoding="utf-8")

    columns = ImportJob.objects.get().inspection["columns"]
    assert [column["name"] for column in columns] == ["id", "email"]


def test_the_provider_can_be_chosen_where_it_is_recognised_wrongly(admin: Client) -> None:
    upload(admin, b"id,email\n1,ada@example.com\n", provider="aspnet_identity")

    assert ImportJob.objects.get().provider == "aspnet_identity"


@pytest.mark.parametrize("syntax", ["csv", "json", "ndjson"])
def test_each_template_can_be_uploaded_again(admin: Client, syntax: str) -> None:
    template = admin.get(reverse("imports:template", args=[syntax])).content

    upload(admin, template, file_name=f"template.{syntax}")

    assert ImportJob.objects.get().provider == "native"


def test_the_schema_is_json_schema(admin: Client) -> None:
    schema = json.loads(admin.get(reverse("imports:schema")).content)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_template_of_another_kind_is_not_found(admin: Client) -> None:
    assert admin.get(reverse("imports:template", args=["xlsx"])).status_code == 404


def test_a_list_in_an_object_is_read_by_the_path_that_is_given(admin: Client) -> None:
    content = b'{"a": [{"id": 1}], "b": [{"id": 2}, {"id": 3}]}'
    file = SimpleUploadedFile("users.json", content)

    admin.post(UPLOAD, {"file": file, "path": "b"})

    assert ImportJob.objects.get().reader_options["path"] == "b"
