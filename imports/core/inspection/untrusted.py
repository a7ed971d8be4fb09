"""Read uploaded files; workbooks and databases in a process of their own, with limits.

Their libraries are large and in C, and what they do with a file that was made to be read for ever,
or to crash them, must not happen to a web server or worker. The process that reads one has neither
the file nor its key nor our environment: it asks for bytes through a pipe, and answers with rows.
Text is read here, compressed or not, by readers that are bounded themselves. Archives of text are
looked at in the process while somebody waits, since each of their members is; a worker, whose time
is limited, reads them here, since the process alone costs as much as 100,000 rows.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
import select
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import Inspection, inspect_file
from imports.core.inspection.reading import choose_reading
from imports.core.problems import Problem
from imports.core.readers import RawRow, ReaderOptions, sampling
from imports.core.readers import read_rows as read_rows_here
from imports.core.readers.containers.opening import (
    EMPTY_ZIP_START,
    ZIP_START,
    is_text_archive,
    open_container,
)
from imports.core.readers.packed.streams import GZIP_START
from imports.core.readers.rows import decode_row, encode_row
from imports.core.readers.surroundings import Surroundings, survey
from imports.core.readers.tables.databases import SQLITE_START

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-m", "imports.core.inspection.untrusted_child"]
# Kind and length of what the process sends; length of what it is sent; place and size it asks for.
FRAME, LENGTH, PLACE = struct.Struct(">cI"), struct.Struct(">I"), struct.Struct(">QI")
READ, DATA, FAULT, BROKEN, END = b"R", b"D", b"F", b"B", b"."


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process may take: seconds of a processor and in all, seconds of silence, bytes."""

    cpu_seconds: int
    seconds: int
    silent_seconds: int
    memory_bytes: int = 1 << 30


# While somebody waits for the page.
LOOK = Limits(cpu_seconds=30, seconds=60, silent_seconds=30)
# By a worker; nothing that it asks for or says for so long is no reading any more.
WHOLE = Limits(cpu_seconds=43_200, seconds=43_200, silent_seconds=300)


def inspect(
    file: BinaryIO,
    *,
    file_name: str,
    options: ReaderOptions | None = None,
    chosen: Mapping[str, Any] | None = None,
    provider: str = "",
) -> Inspection:
    """Return what `inspect_file` does."""
    if not is_packed(file):
        return inspect_file(
            file, file_name=file_name, options=options, chosen=chosen, provider=provider
        )
    arguments = {
        "file_name": file_name,
        "options": options.to_json() if options else None,
        "chosen": dict(chosen) if chosen is not None else None,
        "provider": provider,
    }
    (answer,) = ask("inspect", arguments, file, LOOK)
    return Inspection.from_json(json.loads(answer))


def choose_options(file: BinaryIO, *, file_name: str) -> ReaderOptions:
    """Return how to read a file, as it is recognised."""
    if is_packed(file):
        (answer,) = ask("choose", {"file_name": file_name}, file, LOOK)
        return ReaderOptions.from_json(json.loads(answer))
    with open_container(file) as container:
        return choose_reading(container, file_name=file_name).options


def read_sample(file: BinaryIO, options: ReaderOptions) -> list[RawRow]:
    """Return what `sampling.read_sample` does."""
    if not is_packed(file):
        return sampling.read_sample(file, options)
    answers = ask("sample", {"options": options.to_json()}, file, LOOK)
    return [decode_row(line) for answer in answers for line in answer.split(b"\n")]


def read_rows(file: BinaryIO, options: ReaderOptions, limits: Limits = LOOK) -> Iterator[RawRow]:
    """Yield what `readers.read_rows` does."""
    if is_packed(file):
        yield from map(decode_row, _read_lines(file, options, limits))
    else:
        yield from read_rows_here(file, options)


def look_around(file: BinaryIO, options: ReaderOptions, limits: Limits = WHOLE) -> Surroundings:
    """Return what `survey` does, for a worker."""
    if not needs_process(file):
        return survey(file, options)
    (answer,) = ask("survey", {"options": options.to_json()}, file, limits)
    return Surroundings.from_json(json.loads(answer))


def read_encoded(
    file: BinaryIO, options: ReaderOptions, limits: Limits = WHOLE
) -> Iterator[tuple[int, bytes]]:
    """Yield number and encoded form of each row, as `encode_row` writes it, for a worker."""
    if needs_process(file):
        for line in _read_lines(file, options, limits):
            yield int(line[1 : line.index(b",")]), line
    else:
        for row in read_rows_here(file, options):
            yield row.row_number, encode_row(row)


def _read_lines(file: BinaryIO, options: ReaderOptions, limits: Limits) -> Iterator[bytes]:
    for answer in ask("rows", {"options": options.to_json()}, file, limits):
        yield from answer.split(b"\n")


def is_packed(file: BinaryIO) -> bool:
    """Return whether the file is read by libraries for archives, workbooks or databases."""
    file.seek(0)
    start = file.read(len(SQLITE_START))
    if start.startswith(GZIP_START):
        file.seek(0)
        with suppress(OSError, EOFError, zlib.error):
            start = gzip.GzipFile(fileobj=file, mode="rb").read(len(SQLITE_START))
    file.seek(0)
    return start == SQLITE_START or start.startswith((ZIP_START, EMPTY_ZIP_START))


def needs_process(file: BinaryIO) -> bool:
    """Return whether a library for workbooks or databases reads the file, packed or not.

    Raise FileFormatError for an archive that is refused.
    """
    if not is_packed(file):
        return False
    is_zip = file.read(len(ZIP_START)) in {ZIP_START, EMPTY_ZIP_START}
    return not (is_zip and is_text_archive(file))


def ask(
    operation: str, arguments: Mapping[str, Any], file: BinaryIO, limits: Limits
) -> Iterator[bytes]:
    """Have a process do an operation of `untrusted_child` on a file; yield what it answers.

    Raise FileFormatError where the file cannot be read, or the process has to be stopped.
    """
    reader = _Reader(limits)
    try:
        size = file.seek(0, os.SEEK_END)
        order = {
            "operation": operation,
            "arguments": arguments,
            "size": size,
            "memory": limits.memory_bytes,
            "cpu": limits.cpu_seconds,
            "seconds": limits.seconds,
        }
        reader.send(json.dumps(order).encode())
        while (frame := reader.receive())[0] != END:
            kind, content = frame
            if kind == READ:
                place, wanted = PLACE.unpack(content)
                file.seek(place)
                reader.send(file.read(wanted))
            elif kind == DATA:
                yield content
            else:
                raise _tell_fault(kind, content)
    finally:
        reader.end()


def _tell_fault(kind: bytes, content: bytes) -> FileFormatError:
    if kind == FAULT:
        return FileFormatError(Problem.from_json(json.loads(content)))
    fault = json.loads(content)
    # Where it happened, but not what the data were.
    logger.error("%s in the reading of a file\n%s", fault["name"], fault["places"])
    return stop(f"its reader failed ({fault['name']})")


class _Reader:
    """The process, and the two pipes to it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._ends = time.monotonic() + limits.seconds
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no word of it is given
            COMMAND,
            cwd=ROOT,
            env={"LANG": "C.UTF-8", **kept},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)
        self._poll = select.poll()
        self._poll.register(self._output, select.POLLIN)

    def send(self, content: bytes) -> None:
        rest = memoryview(LENGTH.pack(len(content)) + content)
        try:
            while rest:
                rest = rest[self._input.write(rest) :]
        except BrokenPipeError:
            raise self._tell_end() from None

    def receive(self) -> tuple[bytes, bytes]:
        kind, size = FRAME.unpack(self._read(FRAME.size))
        return kind, self._read(size)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._input.close()
        self._output.close()

    def _read(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            patience = min(self._limits.silent_seconds, self._ends - time.monotonic())
            if patience <= 0 or not self._poll.poll(patience * 1000):
                raise stop(f"it took longer than {self._tell_patience(patience):,} s")
            portion = os.read(self._output.fileno(), size - len(found))
            if not portion:
                raise self._tell_end()
            found += portion
        return bytes(found)

    def _tell_patience(self, patience: float) -> int:
        is_silent = patience == self._limits.silent_seconds
        return self._limits.silent_seconds if is_silent else self._limits.seconds

    def _tell_end(self) -> FileFormatError:
        """Return why the process ended of itself."""
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return stop(f"it took more than {self._limits.cpu_seconds:,} s of a processor")
        if code == -signal.SIGALRM:
            return stop(f"it took longer than {self._limits.seconds:,} s")
        return stop(f"its reader crashed ({code})")


def stop(detail: str) -> FileFormatError:
    return FileFormatError(Problem("reading_stopped", params={"detail": detail}))
