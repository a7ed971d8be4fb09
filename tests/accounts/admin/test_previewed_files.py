"""The file of an import in the admin: on disk encrypted, and gone when it is not needed."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import encryption, previewed_files
from accounts.models import Role
from imports.services.jobs import retention

MARK = "Marked-Name-7319"
HEADER, ROW = ["key", "name"], ["editor", MARK]


def make_workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (HEADER, ROW):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# By the number that the form has for the format.
CONTENTS = {
    "0": f"key,name\neditor,{MARK}\n".encode(),
    "1": make_workbook(),
    "2": f'[{{"key": "editor", "name": "{MARK}"}}]'.encode(),
}


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give uploads and temporary files a folder each, of this test alone; return that of both."""
    temporary, stored = tmp_path / "temporary", tmp_path / "stored"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    default = settings.STORAGES["default"]
    options = {**default["OPTIONS"], "location": str(stored)}
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}
    return tmp_path


def list_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def preview(client: Client, file_format: str = "0") -> HttpResponse:
    upload = SimpleUploadedFile("rows", CONTENTS[file_format])
    fields = {"import_file": upload, "format": file_format, "resource": ""}
    return client.post("/admin/accounts/role/import/", fields)


def confirm(client: Client, shown: HttpResponse, **changed: str) -> HttpResponse:
    fields = {**shown.context["confirm_form"].initial, **changed}
    return client.post("/admin/accounts/role/process_import/", fields)


@pytest.mark.parametrize("file_format", CONTENTS)
def test_file_is_on_disk_encrypted_until_it_is_confirmed(
    superuser_client: Client, folder: Path, file_format: str
) -> None:
    shown = preview(superuser_client, file_format)

    [kept] = list_files(folder)
    stored = kept.read_bytes()
    assert MARK.encode() not in stored
    assert CONTENTS[file_format][:16] not in stored
    assert encryption.decrypt(stored, purpose=previewed_files.PURPOSE) == CONTENTS[file_format]
    assert kept.stat().st_mode & 0o077 == 0

    confirm(superuser_client, shown)

    assert list_files(folder) == []
    assert Role.objects.get(key="editor").name == MARK
    assert confirm(superuser_client, shown).status_code == 400


def test_file_that_nobody_confirms_is_swept(superuser_client: Client, folder: Path) -> None:
    preview(superuser_client)
    [fresh] = list_files(folder)
    retention.sweep_files()
    assert list_files(folder) == [fresh]

    old = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(fresh, (old, old))
    retention.sweep_files()
    assert list_files(folder) == []


@pytest.mark.parametrize("name", ["other", "..", "0" * 33])
def test_no_other_file_can_be_named(superuser_client: Client, folder: Path, name: str) -> None:
    shown = preview(superuser_client)
    default_storage.save("previewed/other", io.BytesIO(CONTENTS["0"]))

    assert confirm(superuser_client, shown, import_file_name=name).status_code == 400
    assert not Role.objects.exists()
