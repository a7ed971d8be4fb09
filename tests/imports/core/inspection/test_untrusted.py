"""Untrusted files are read in a process with limits: alike, and stopped when they hold it."""

from __future__ import annotations

import io
import json
import re
import resource
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from imports.core.errors import FileFormatError
from imports.core.inspection import untrusted, untrusted_child
from imports.core.inspection.inspection import inspect_file
from imports.core.inspection.untrusted import LOOK, Limits
from imports.core.readers import ReaderOptions, read_rows
from imports.core.readers.rows import encode_row
from imports.core.readers.sampling import read_sample
from tests.archive_files import compress, make_database, make_workbook, make_zip

CSV = "id,email\n1,a@example.com\n2,é@example.com\n"
FILES = {
    "users.zip": make_zip({"users.csv": CSV}),
    "users.db": make_database({"users": [{"id": 1, "email": "é@example.com"}]}),
    "users.xlsx": make_workbook({"Users": [["id", "email"], [1, "a@example.com"]]}),
    "users.db.gz": compress(make_database({"users": [{"id": 1, "email": "x"}]})),
}
DATABASE, WORKBOOK = FILES["users.db"], FILES["users.xlsx"]
NATIVE = {
    "workbook": WORKBOOK,
    "database": DATABASE,
    "database in gzip": FILES["users.db.gz"],
    "workbook in zip": make_zip({"export.bin": WORKBOOK}),
    "database in zip": make_zip({"export.bin": DATABASE, "README.txt": "x"}),
    "workbook behind the end of an archive": b"PK\x05\x06" + bytes(18) + WORKBOOK,
}
# Each row of this table takes the reader a few milliseconds: an honest file, 1,500 rows long.
SLOW = make_database(
    {"other": [{"id": 1}]},
    """
    CREATE TABLE slow (id, x AS (length(hex(zeroblob(1000000 + id)))));
    INSERT INTO slow (id)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
        SELECT i FROM n;
    """,
)
READ_SLOW = ReaderOptions("sqlite", member="slow")


class SlowFile(io.BytesIO):
    """A disk that takes its time."""

    def read(self, size: int | None = -1) -> bytes:
        time.sleep(0.2)
        return super().read(size)


@pytest.mark.parametrize("name", FILES)
def test_what_the_process_reads_is_what_the_readers_read(name: str) -> None:
    file = io.BytesIO(FILES[name])
    assert untrusted.is_packed(file)

    found = untrusted.inspect(file, file_name=name)

    assert found == inspect_file(file, file_name=name)
    assert untrusted.choose_options(file, file_name=name) == found.options
    assert untrusted.read_sample(file, found.options) == read_sample(file, found.options)
    rows = list(read_rows(file, found.options))
    assert list(untrusted.read_rows(file, found.options)) == rows
    assert list(untrusted.read_encoded(file, found.options)) == [
        (row.row_number, encode_row(row)) for row in rows
    ]


@pytest.mark.parametrize("content", [CSV.encode(), compress(CSV.encode())])
def test_text_is_read_without_a_process(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    file = io.BytesIO(content)

    options = untrusted.inspect(file, file_name="users.csv").options

    assert [number for number, _ in untrusted.read_encoded(file, options)] == [1, 2]


def test_worker_reads_an_archive_of_text_without_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    file = io.BytesIO(make_zip({"users.csv": CSV, "groups.csv": "g\n1\n2\n3\n"}))
    options = ReaderOptions(member="users.csv")

    assert [number for number, _ in untrusted.read_encoded(file, options)] == [1, 2]
    assert untrusted.look_around(file, options).members == {"groups.csv": 3}


@pytest.mark.parametrize("name", NATIVE)
def test_worker_reads_a_workbook_or_database_in_a_process(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.BytesIO(NATIVE[name])
    monkeypatch.setattr(untrusted, "COMMAND", ["/bin/false"])

    with pytest.raises(FileFormatError, match="crashed"):
        next(untrusted.read_encoded(file, ReaderOptions()))
    with pytest.raises(FileFormatError, match="crashed"):
        untrusted.look_around(file, ReaderOptions())


def test_bomb_in_an_archive_of_text_is_refused_before_a_worker_unpacks_it() -> None:
    bomb = io.BytesIO(make_zip({"users.csv": b"id\n" + b"0\n" * (20 << 20)}))

    with pytest.raises(FileFormatError) as caught:
        next(untrusted.read_encoded(bomb, ReaderOptions(member="users.csv")))
    assert caught.value.problem.code == "archive_refused"


def test_many_rows_come_in_order() -> None:
    users = [{"id": number, "email": f"u{number}@example.com"} for number in range(30_000)]
    file = io.BytesIO(make_database({"users": users}))
    options = ReaderOptions("sqlite", member="users")

    rows = list(untrusted.read_encoded(file, options))

    assert [number for number, _ in rows] == list(range(1, 30_001))
    assert orjson.loads(rows[-1][1])[2] == {"id": 29999, "email": "u29999@example.com"}


def test_fault_of_a_file_is_the_reader_s_own() -> None:
    damaged = make_zip({"users.csv": CSV})[:-30]

    with pytest.raises(FileFormatError) as caught:
        untrusted.inspect(io.BytesIO(damaged), file_name="users.zip")
    assert caught.value.problem.code == "archive_damaged"


@pytest.mark.parametrize(
    ("file", "limits", "said"),
    [
        pytest.param(io.BytesIO(SLOW), Limits(1, 60, 60), "1 s of a processor", id="processor"),
        pytest.param(io.BytesIO(SLOW), Limits(60, 1, 60), "longer than 1 s", id="time"),
        pytest.param(SlowFile(SLOW), Limits(60, 1, 60), "longer than 1 s", id="slow disk"),
    ],
)
def test_reading_that_takes_more_than_its_limits_is_stopped_and_says_which(
    file: io.BytesIO, limits: Limits, said: str
) -> None:
    with pytest.raises(FileFormatError, match=said) as caught:
        list(untrusted.read_encoded(file, READ_SLOW, limits))
    assert caught.value.problem.code == "reading_stopped"


# What a process does that heeds no limit: nothing, or talk for long without a row.
SILENT = ["/bin/sleep", "60"]
TALK = r"i=0; while [ $i -lt 2000000 ]; do printf 'D\0\0\0\0'; i=$((i + 1)); done"
TALKING = ["/bin/sh", "-c", TALK]


@pytest.mark.parametrize(
    ("command", "limits"),
    [
        pytest.param(SILENT, Limits(60, 60, 1), id="silent"),
        pytest.param(TALKING, Limits(60, 1, 60), id="talking"),
    ],
)
def test_process_that_does_not_stop_itself_is_stopped(
    command: list[str], limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untrusted, "COMMAND", command)

    with pytest.raises(FileFormatError, match="longer than 1 s"):
        deque(untrusted.ask("rows", {}, io.BytesIO(SLOW), limits), maxlen=0)


def test_reading_that_takes_more_memory_than_its_limit_is_stopped_and_says_so() -> None:
    limits = Limits(60, 60, 60, memory_bytes=1 << 20)

    with pytest.raises(FileFormatError, match="more than 1 MB of memory") as caught:
        list(untrusted.read_encoded(io.BytesIO(SLOW), READ_SLOW, limits))
    assert caught.value.problem.code == "reading_stopped"


@contextmanager
def ordering_rows(limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that reads rows, and leave what it asks for unanswered."""
    order = {
        "operation": "rows",
        "arguments": {"options": READ_SLOW.to_json()},
        "size": len(SLOW),
        "memory": limits.memory_bytes,
        "cpu": limits.cpu_seconds,
        "seconds": limits.seconds,
    }
    content = json.dumps(order).encode()
    with subprocess.Popen(  # noqa: S603 - our own program
        untrusted.COMMAND, cwd=untrusted.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(untrusted.LENGTH.pack(len(content)) + content)
        process.stdin.flush()
        assert process.stdout.read(1) == untrusted.READ
        yield process
        process.kill()


def test_process_ends_itself_where_nobody_stops_it() -> None:
    with ordering_rows(Limits(60, 1, 60)) as process:
        assert process.wait(400) == -signal.SIGALRM


def test_process_ends_when_nobody_waits_for_it_any_more() -> None:
    with ordering_rows(Limits(60, 60, 60)) as process:
        process.stdin.close()  # type: ignore[union-attr]
        assert process.wait(400) == 0


@pytest.fixture
def allow_cores() -> Iterator[None]:
    """Let this process leave cores, as far as the machine does: those that it starts inherit it."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="only Linux tells them")
def test_process_bounds_memory_time_open_files_and_leaves_no_core(allow_cores: None) -> None:
    with ordering_rows(Limits(7, 60, 60, memory_bytes=1 << 29)) as process:
        text = Path(f"/proc/{process.pid}/limits").read_text()

    assert [
        re.search(rf"^{name}\s+(\w+)", text, re.MULTILINE)[1]  # type: ignore[index]
        for name in ("Max address space", "Max cpu time", "Max open files", "Max core file size")
    ] == [str(1 << 29), "7", "64", "0"]


def test_reader_that_fails_is_told_by_the_name_of_its_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(FileFormatError, match=r"its reader failed \(KeyError\)"):
        list(untrusted.ask("rows", {}, io.BytesIO(SLOW), LOOK))
    assert "KeyError in the reading of a file" in caplog.text


# As a library that writes to where results go and reads where orders come from.
CHATTY = """
import os
from imports.core.inspection import untrusted_child

def talk(file, arguments):
    os.write(1, b"noise")
    yield b"read " + os.read(0, 9)

untrusted_child.OPERATIONS["rows"] = talk
untrusted_child.main()
"""


def test_library_has_the_pipes_of_neither_orders_nor_results(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(untrusted, "COMMAND", [sys.executable, "-c", CHATTY])

    assert list(untrusted.ask("rows", {}, io.BytesIO(SLOW), LOOK)) == [b"read "]


def test_rows_are_sent_before_there_are_many_when_they_have_waited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = list(read_rows(io.BytesIO(CSV.encode()), ReaderOptions()))
    assert len(list(untrusted_child.pack(iter(rows)))) == 1

    monkeypatch.setattr(untrusted_child, "BATCH_SECONDS", -1)
    assert len(list(untrusted_child.pack(iter(rows)))) == len(rows)


def test_process_that_crashes_is_told_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crash = ["/bin/sh", "-c", "kill -SEGV $$"]
    monkeypatch.setattr(untrusted, "COMMAND", crash)

    with pytest.raises(FileFormatError, match="crashed"):
        untrusted.read_sample(io.BytesIO(SLOW), READ_SLOW)


def test_reading_that_is_given_up_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)  # type: ignore[call-overload]
            started.append(self)

    monkeypatch.setattr(untrusted.subprocess, "Popen", Noted)
    rows = untrusted.read_rows(io.BytesIO(SLOW), READ_SLOW)
    next(rows)
    rows.close()  # type: ignore[attr-defined]

    assert started[0].poll() == -signal.SIGKILL


def test_process_is_given_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, str] = {}

    class Noted(subprocess.Popen):
        def __init__(self, *args: object, env: dict[str, str], **kwargs: object) -> None:
            super().__init__(*args, env=env, **kwargs)  # type: ignore[call-overload]
            given.update(env)

    monkeypatch.setenv("USERFERRY_ENCRYPTION_KEYS", "k1:secret")
    monkeypatch.setattr(untrusted.subprocess, "Popen", Noted)
    untrusted.choose_options(io.BytesIO(FILES["users.zip"]), file_name="users.zip")

    assert set(given) <= {"PATH", "TMPDIR", "LANG"}
