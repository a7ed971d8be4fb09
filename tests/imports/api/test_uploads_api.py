"""Uploads in parts: continued after a break, whole or nothing, kept encrypted, swept."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from imports.engine.files.parts import FOLDER
from imports.models import ImportJob, PartialUpload
from imports.services.files import partial_uploads
from imports.services.jobs import retention
from tests.imports.api.conftest import Answer, MakeProgram, Program, read_answer
from tests.imports.conftest import to_ndjson

USERS = to_ndjson([{"subject_id": str(n), "email": f"user{n}@example.com"} for n in range(50)])


@pytest.fixture(autouse=True)
def _no_parts(db: None) -> None:
    for part in list_parts():
        part.unlink()


def begin(program: Program, content: bytes = USERS, **fields: Any) -> str:
    """Begin an upload, and return its path."""
    new = {"name": "users.ndjson", "size": len(content)}
    new["sha256"] = hashlib.sha256(content).hexdigest()
    answer = program.call("POST", "/uploads", new | fields)
    assert answer.status == 201
    return f"/uploads/{answer.body['id']}"


def send(program: Program, path: str, first: int, part: bytes, size: int | None = None) -> Answer:
    total = len(USERS) if size is None else size
    headers = {
        "Authorization": f"Bearer {program.token}",
        "Content-Range": f"bytes {first}-{first + len(part) - 1}/{total}",
    }
    response = Client().put(
        f"/api/v1{path}/content", part, content_type="application/octet-stream", headers=headers
    )
    return read_answer(response)


def list_parts() -> list[Path]:
    folder = Path(default_storage.path(FOLDER))
    return list(folder.iterdir()) if folder.exists() else []


def test_file_that_came_in_parts_becomes_a_job(program: Program) -> None:
    path = begin(program)
    send(program, path, 0, USERS[:1000])
    offset = int(program.call("HEAD", path).headers["Upload-Offset"])
    sent = send(program, path, offset, USERS[offset:])

    answer = program.call("POST", f"{path}/job", {"mode": "update"})

    assert (offset, sent.body["received"]) == (1000, len(USERS))
    assert (answer.status, answer.body["state"], answer.body["mode"]) == (201, "mapped", "update")
    assert answer.body["file"]["sha256"] == hashlib.sha256(USERS).hexdigest()
    assert program.call("GET", path).status == 404


def test_part_that_broke_off_is_kept_as_far_as_it_came(program: Program) -> None:
    path = begin(program)
    upload = PartialUpload.objects.get()

    partial_uploads.add_part(upload, 0, iter([USERS[:300]]))

    assert program.call("GET", path).body["received"] == 300


@pytest.mark.parametrize("first", [1, 999, 1001])
def test_part_that_begins_elsewhere_is_refused(program: Program, first: int) -> None:
    path = begin(program)
    send(program, path, 0, USERS[:1000])

    answer = send(program, path, first, USERS[first : first + 10])

    assert (answer.status, answer.body["code"]) == (409, "offset_wrong")
    assert answer.body["received"] == 1000
    assert len(list_parts()) == 1


def test_of_two_parts_for_one_place_one_counts(program: Program) -> None:
    begin(program)
    first, second = PartialUpload.objects.get(), PartialUpload.objects.get()
    partial_uploads.add_part(first, 0, iter([USERS[:300]]))

    with pytest.raises(partial_uploads.WrongOffset):
        partial_uploads.add_part(second, 0, iter([USERS[:200]]))

    assert PartialUpload.objects.get().received == 300
    assert len(list_parts()) == 1


@pytest.mark.parametrize("part", [USERS[:-1], USERS[:-2] + b"x\n"], ids=["missing", "other"])
def test_file_that_has_not_arrived_as_it_is_becomes_no_job(program: Program, part: bytes) -> None:
    path = begin(program)
    send(program, path, 0, part)

    answer = program.call("POST", f"{path}/job")

    assert (answer.status, answer.body["code"]) == (409, "upload_incomplete")
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    "written", ["", "bytes 0-9/10", "bytes 9-0/*", "bytes */50", "items 0-1/2"]
)
def test_part_without_its_place_is_refused(program: Program, written: str) -> None:
    path = begin(program)

    answer = program.call("PUT", f"{path}/content", None, Content_Range=written)

    assert (answer.status, answer.body["code"]) == (400, "request_unreadable")


def test_parts_are_encrypted(program: Program) -> None:
    path = begin(program)
    send(program, path, 0, USERS)

    [part] = list_parts()

    assert b"user1@example.com" not in part.read_bytes()


def test_file_that_cannot_be_read_stays_to_be_read_otherwise(program: Program) -> None:
    path = begin(program, b"\n", name="empty.csv")
    send(program, path, 0, b"\n", 1)

    answer = program.call("POST", f"{path}/job")

    assert answer.status == 422
    assert program.call("GET", path).body["received"] == 1


def test_upload_of_somebody_else_is_not_found(make_program: MakeProgram, program: Program) -> None:
    path = begin(program)
    other = make_program(is_superuser=True)

    for method in ("GET", "HEAD", "DELETE"):
        assert other.call(method, path).status == 404
    assert send(other, path, 0, USERS).status == 404
    assert other.call("GET", "/uploads").body["uploads"] == []


def test_upload_larger_than_allowed_is_refused(program: Program, settings: Any) -> None:
    settings.IMPORT_UPLOAD_MB = 1
    new = {"name": "a", "size": (1 << 20) + 1, "sha256": "0" * 64}

    answer = program.call("POST", "/uploads", new)

    assert (answer.status, answer.body["code"]) == (413, "request_too_large")


def test_one_user_has_only_so_many_uploads_under_way(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partial_uploads, "MOST_OPEN", 1)
    begin(program)

    answer = program.call("POST", "/uploads", {"name": "a", "size": 1, "sha256": "0" * 64})

    assert (answer.status, answer.body["code"]) == (409, "refused")


def test_abandoned_upload_is_deleted_and_another_kept(
    program: Program, django_capture_on_commit_callbacks: Any
) -> None:
    for _ in range(2):
        send(program, begin(program), 0, USERS)
    old = PartialUpload.objects.first()
    long_ago = timezone.now() - timedelta(days=2)
    PartialUpload.objects.filter(pk=old.pk).update(updated_at=long_ago)

    with django_capture_on_commit_callbacks(execute=True):
        partial_uploads.drop_abandoned()

    [kept] = PartialUpload.objects.all()
    assert [part.name for part in list_parts()] == [Path(kept.parts[0][0]).name]


def test_sweep_keeps_the_parts_of_uploads_that_are_under_way(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begin(program)
    send(program, path, 0, USERS)
    orphan = Path(default_storage.path(FOLDER)) / "orphan"
    orphan.write_bytes(b"")
    monkeypatch.setattr(retention, "LEFTOVER_AGE", timedelta(seconds=-60))

    retention.sweep_files()

    assert len(list_parts()) == 1
    assert not orphan.exists()


def test_deleted_upload_leaves_nothing(
    program: Program, django_capture_on_commit_callbacks: Any
) -> None:
    path = begin(program)
    send(program, path, 0, USERS)

    with django_capture_on_commit_callbacks(execute=True):
        answer = program.call("DELETE", path)

    assert answer.status == 204
    assert not list_parts()
