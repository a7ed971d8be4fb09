"""`manage.py export_users`: files, what it prints, and how it ends."""

from __future__ import annotations

import errno
import io
import json
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from exports.models import Channel, Export, ExportState
from tests.exports.exporting import get_latest

# Exit status, standard output and standard error of a call.
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def people(operator: User) -> None:
    User.objects.create_user(subject_id="a", source="hr")
    User.objects.create_user(subject_id="b")


@pytest.fixture
def run() -> Iterator[Run]:
    """Return what calls the command in the test's own transaction."""
    handler = signal.getsignal(signal.SIGTERM)

    def call(*arguments: object) -> tuple[int, str, str]:
        output, messages = io.StringIO(), io.StringIO()
        given = map(str, arguments)
        try:
            call_command("export_users", *given, stdout=output, stderr=messages)
        except CommandError as error:
            return error.returncode, output.getvalue(), f"{messages.getvalue()}{error}"
        return 0, output.getvalue(), messages.getvalue()

    yield call
    signal.signal(signal.SIGTERM, handler)


def read_ids(path: Path) -> list[str]:
    return [json.loads(line)["subject_id"] for line in path.read_text().splitlines()]


def test_users_are_written_to_a_file_of_its_owner(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "users.ndjson"

    status, output, _ = run("native", file)

    assert status == 0
    assert read_ids(file) == ["a", "b"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "2 users in" in output
    assert "1 administrators excluded" in output
    assert (get_latest().channel, get_latest().taker) == (Channel.COMMAND, "users.ndjson")


def test_users_are_chosen_and_told_as_json(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "users.json"

    _, output, _ = run("native", file, "--source", "hr", "--search", "a", "--json")

    assert [each["subject_id"] for each in json.loads(file.read_text())] == ["a"]
    told = json.loads(output)
    assert told["users"] == 1
    assert told["excluded"] == {}
    assert told["bytes"] == file.stat().st_size
    assert (told["target"], told["with_passwords"]) == ("native", False)


def test_a_dry_run_counts_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "users.ndjson"

    status, output, _ = run("native", file, "--dry-run", "--json")

    assert status == 0
    assert json.loads(output)["users"] == 2
    assert not file.exists()
    assert not Export.objects.exists()


def test_a_file_that_exists_stays_as_it_is(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "users.ndjson"
    file.write_text("kept")

    status, _, messages = run("native", file)

    assert (status, file.read_text()) == (2, "kept")
    assert "exists already" in messages
    assert not Export.objects.exists()


def test_a_full_disk_leaves_no_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("exports.files.os.fsync", fail)

    status, _, messages = run("native", tmp_path / "users.ndjson")

    assert status == 1
    assert "No space left on device" in messages
    assert list(tmp_path.iterdir()) == []


def test_two_exports_do_not_write_one_file(run: Run, tmp_path: Path) -> None:
    part = tmp_path / "users.ndjson.part"
    part.write_text("of another export")

    status, _, messages = run("native", tmp_path / "users.ndjson")

    assert (status, part.read_text()) == (2, "of another export")
    assert "another export writes it" in messages
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [["--group", "nobody"], ["--job", "4711"], ["--as", "nobody@example.com"]],
)
def test_wrong_usage_is_told(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    assert run("native", tmp_path / "users.ndjson", *arguments)[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_somebody_without_the_permission_is_refused(
    run: Run, tmp_path: Path, make_clerk: Callable[..., User]
) -> None:
    clerk = make_clerk("accounts.view_user")
    file = tmp_path / "users.ndjson"

    status, _, messages = run("native", file, "--with-passwords", "--as", clerk.subject_id)

    assert status == 1
    assert "accounts.export_credentials" in messages
    assert not file.exists()


class Terminal(io.StringIO):
    """Standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "status"), [("yes\n", 0), ("y\n", 1), ("", 1)])
def test_passwords_are_asked_about_at_a_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, status: int
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    file = tmp_path / "users.ndjson"

    ended, _, messages = run("native", file, "--with-passwords")

    assert (ended, file.exists()) == (status, status == 0)
    assert "Type “yes”" in messages
    assert Export.objects.filter(with_credentials=True).count() == (status == 0)


def test_passwords_are_not_asked_about_in_a_script(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert run("native", tmp_path / "users.ndjson", "--with-passwords")[0] == 0
    assert get_latest().with_credentials


def test_an_interrupted_export_leaves_no_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> Iterator[Any]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr("exports.services.exporting.read_portions", interrupt)

    assert run("native", tmp_path / "users.ndjson")[0] == 130
    assert list(tmp_path.iterdir()) == []
    assert get_latest().state == ExportState.ERRORED
