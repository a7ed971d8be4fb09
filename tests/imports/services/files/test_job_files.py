"""The file of a job: nowhere on disk in clear, and gone when it is not needed any more."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import encryption
from accounts.models import User
from imports.core.errors import FileFormatError
from imports.engine.files.job_files import open_file
from imports.engine.files.receiving import FOLDER
from imports.models import ImportChunk, ImportJob
from imports.services.files import uploads
from imports.services.jobs import retention
from imports.services.runs import recovery, runs
from imports.states import JobState
from tests.archive_files import make_zip
from tests.imports.conftest import MakeJob, drain
from tests.workers import running_worker

MARK = "Marked-Secret-7319"
ROWS = 30_000


def make_content(rows: int = ROWS) -> bytes:
    lines = [f"{number},u{number}@example.com,{MARK}-{number:06}" for number in range(rows)]
    return "\n".join(["id,email,note", *lines]).encode()


def list_stored() -> list[Path]:
    return [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]


def list_received() -> set[Path]:
    """Return what is being received, or was when its process ended."""
    return set(Path(default_storage.path(FOLDER)).glob("*"))


def holds_mark(paths: Iterator[Path] | list[Path]) -> list[Path]:
    return [path for path in paths if MARK.encode() in path.read_bytes()]


@pytest.mark.parametrize("rows", [10, 200_000], ids=["in memory", "received to disk"])
def test_upload_is_stored_encrypted_and_read_back(
    client: Client, operator: User, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    content, before = make_content(rows), list_received()
    client.force_login(operator)

    client.post(reverse("imports:upload"), {"file": SimpleUploadedFile("users.csv", content)})

    job = ImportJob.objects.get()
    with open_file(job) as file:
        assert file.read() == content
    assert job.file_size == len(content)
    assert not holds_mark(list_stored())
    assert not list(tmp_path.iterdir())
    assert list_received() == before


def test_key_of_one_job_opens_no_file_of_another(make_job: MakeJob) -> None:
    one, other = (make_job(make_content(5), name="users.csv") for _ in range(2))
    one.file_key = other.file_key

    with pytest.raises(FileFormatError):
        open_file(one)


def test_file_whose_key_is_not_configured_any_more_is_said_to_be(
    make_job: MakeJob, settings: Settings
) -> None:
    job = make_job(make_content(5), name="users.csv")
    settings.ENCRYPTION_KEYS = ["k9:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]

    with pytest.raises(FileFormatError, match="USERFERRY_ENCRYPTION_KEYS"):
        open_file(job)


def test_key_is_kept_encrypted(make_job: MakeJob) -> None:
    job = make_job(make_content(5), name="users.csv")
    key = encryption.decrypt(bytes(job.file_key or b""), purpose=b"job file key")

    assert key not in bytes(job.file_key or b"")


def test_file_and_key_go_when_every_row_has_a_status(
    make_job: MakeJob, django_capture_on_commit_callbacks: object
) -> None:
    job = make_job(make_content(5), name="users.csv")
    path = Path(job.file.path)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        drain(job)

    job.refresh_from_db()
    assert (job.state, job.file.name, job.file_key) == (JobState.COMPLETED, "", None)
    assert not path.exists()


def test_purge_destroys_the_key(make_job: MakeJob) -> None:
    job = make_job(make_content(5), name="users.csv")
    retention.purge(job)

    job.refresh_from_db()
    assert job.file_key is None
    with pytest.raises(FileFormatError, match="destroyed"):
        open_file(job)


@pytest.mark.usefixtures("keep_uploads")
def test_copied_job_has_a_key_of_its_own(make_job: MakeJob) -> None:
    job = make_job(make_content(5), name="users.csv")
    copied = uploads.copy_job(job, actor=job.created_by)

    with open_file(copied) as file:
        assert file.read() == make_content(5)
    assert Path(copied.file.path).read_bytes() != Path(job.file.path).read_bytes()


def test_what_a_crash_left_is_swept_and_what_is_in_use_stays(make_job: MakeJob) -> None:
    job = make_job(make_content(5), name="users.csv")
    orphan = default_storage.save("imports/2024/01/left.csv", ContentFile(b"x"))
    unfinished = default_storage.save(f"{FOLDER}/left", ContentFile(b"x"))
    fresh = default_storage.save(f"{FOLDER}/fresh", ContentFile(b"x"))
    old = (timezone.now() - timedelta(hours=2)).timestamp()
    for name in (orphan, unfinished, job.file.name):
        os.utime(default_storage.path(str(name)), (old, old))

    retention.sweep_files()

    assert default_storage.exists(fresh)
    assert default_storage.exists(str(job.file.name))
    assert not default_storage.exists(orphan)
    assert not default_storage.exists(unfinished)


def list_open_files(pid: int) -> list[Path]:
    """Return the files on disk, named or not, that a process and its children have open."""
    found = []
    for each in [pid, *list_children(pid)]:
        for link in Path(f"/proc/{each}/fd").iterdir():
            target = os.readlink(link)
            if target.startswith("/") and not target.startswith(("/dev", "/proc")):
                found.append(link)
    return found


def list_children(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [each for child in map(int, children) for each in (child, *list_children(child))]


@pytest.mark.django_db(transaction=True)
def test_no_disk_holds_a_secret_in_clear_while_a_killed_worker_stages_and_after(
    make_job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    settings.IMPORT_IDLE_SECONDS = 0
    job = make_job(make_zip({"users.csv": make_content()}), name="users.zip", chunk_rows=1000)
    path = Path(job.file.path)
    with running_worker(processes=1) as worker:
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        wait_for_staging(job)
        pids = [worker.pid, *list_children(worker.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        assert not holds_mark(list_open_files(worker.pid))
        assert not holds_mark(list_stored())
        for pid in pids[1:2]:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert not holds_mark([path for path in tmp_path.rglob("*") if path.is_file()])

    recovery.sweep()
    drain(job)

    job.refresh_from_db()
    assert job.state == JobState.COMPLETED
    assert job.total_rows == ROWS
    assert not path.exists()
    retention.purge(job)
    assert not ImportChunk.objects.filter(job=job, payload__isnull=False).exists()


def wait_for_staging(job: ImportJob) -> None:
    from imports.services.runs.worker import read_staging

    deadline = time.monotonic() + 400
    while not read_staging(job.pk) and time.monotonic() < deadline:
        job.refresh_from_db()
        if job.phase != "staging":
            return
        time.sleep(0.01)
