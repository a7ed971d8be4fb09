"""The process that reads an untrusted file for `untrusted`: limits itself, then does one operation.

It speaks through its standard input and output; whatever a library prints goes nowhere.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO, cast

from imports.core.errors import FileFormatError
from imports.core.files.random_access import RandomAccessFile
from imports.core.inspection.inspection import inspect_file
from imports.core.inspection.reading import choose_reading
from imports.core.inspection.untrusted import (
    BROKEN,
    DATA,
    END,
    FAULT,
    FRAME,
    LENGTH,
    PLACE,
    READ,
    stop,
)
from imports.core.readers import RawRow, ReaderOptions, read_rows, sampling
from imports.core.readers.containers.opening import open_container
from imports.core.readers.rows import encode_row
from imports.core.readers.surroundings import survey

BUFFER_BYTES = 64 << 10
# Rows are sent when they take so many bytes, or the first of them has waited so long.
BATCH_BYTES = 256 << 10
BATCH_SECONDS = 1.0
OPEN_FILES = 64


class Pipe:
    """The two pipes to whoever ordered the reading."""

    def __init__(self, given: io.FileIO, taken: io.FileIO) -> None:
        self._given, self._taken = given, taken

    def receive(self) -> bytes:
        (size,) = LENGTH.unpack(self._read(LENGTH.size))
        return self._read(size)

    def send(self, kind: bytes, content: bytes = b"") -> None:
        rest = memoryview(FRAME.pack(kind, len(content)) + content)
        while rest:
            rest = rest[self._taken.write(rest) :]

    def _read(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            portion = self._given.read(size - len(found))
            if not portion:
                os._exit(0)  # nobody waits for an answer any more
            found += portion
        return bytes(found)


class RemoteFile(RandomAccessFile):
    """The file, which the other end of the pipe has."""

    def __init__(self, pipe: Pipe, size: int) -> None:
        super().__init__(size)
        self._pipe = pipe

    def read_at(self, position: int, size: int) -> bytes:
        self._pipe.send(READ, PLACE.pack(position, size))
        return self._pipe.receive()


def inspect(file: BinaryIO, arguments: dict[str, Any]) -> Iterator[bytes]:
    options = arguments.pop("options")
    given = ReaderOptions.from_json(options) if options else None
    yield json.dumps(inspect_file(file, options=given, **arguments).to_json()).encode()


def choose(file: BinaryIO, arguments: dict[str, Any]) -> Iterator[bytes]:
    with open_container(file) as container:
        options = choose_reading(container, **arguments).options
    yield json.dumps(options.to_json()).encode()


def sample(file: BinaryIO, arguments: dict[str, Any]) -> Iterator[bytes]:
    found = sampling.read_sample(file, ReaderOptions.from_json(arguments["options"]))
    yield from pack(iter(found))


def rows(file: BinaryIO, arguments: dict[str, Any]) -> Iterator[bytes]:
    yield from pack(read_rows(file, ReaderOptions.from_json(arguments["options"])))


def look_around(file: BinaryIO, arguments: dict[str, Any]) -> Iterator[bytes]:
    options = ReaderOptions.from_json(arguments["options"])
    yield json.dumps(survey(file, options).to_json()).encode()


def pack(found: Iterator[RawRow]) -> Iterator[bytes]:
    """Yield rows in portions, each row a line."""
    batch: list[bytes] = []
    size, due = 0, time.monotonic() + BATCH_SECONDS
    for row in found:
        batch.append(encode_row(row))
        size += len(batch[-1])
        if size >= BATCH_BYTES or time.monotonic() > due:
            yield b"\n".join(batch)
            batch.clear()
            size, due = 0, time.monotonic() + BATCH_SECONDS
    if batch:
        yield b"\n".join(batch)


OPERATIONS: dict[str, Callable[[BinaryIO, dict[str, Any]], Iterator[bytes]]] = {
    "inspect": inspect,
    "choose": choose,
    "sample": sample,
    "rows": rows,
    "survey": look_around,
}


def limit(memory: int, cpu: int, seconds: int) -> None:
    """Bound what this process takes; it ends by a signal where nothing else stops it."""
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # not every system has each of them
            resource.setrlimit(kind, (value, find_hard_limit(kind, value)))
    signal.alarm(seconds)


def find_hard_limit(kind: int, value: int) -> int:
    """Return up to where a limit can be lifted: of memory, to say that there is none left."""
    if kind == resource.RLIMIT_AS:
        return resource.getrlimit(kind)[1]
    return value + 5 if kind == resource.RLIMIT_CPU else value


def lift_memory_limit() -> None:
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def answer(pipe: Pipe) -> None:
    """Do what is ordered, and send the result."""
    order = json.loads(pipe.receive())
    limit(order["memory"], order["cpu"], order["seconds"])
    try:
        remote = io.BufferedReader(RemoteFile(pipe, order["size"]), BUFFER_BYTES)
        for portion in OPERATIONS[order["operation"]](cast(BinaryIO, remote), order["arguments"]):
            pipe.send(DATA, portion)
    except FileFormatError as error:
        pipe.send(FAULT, json.dumps(error.problem.to_json()).encode())
    except MemoryError:
        lift_memory_limit()
        problem = stop(f"it needs more than {order['memory'] >> 20:,} MB of memory").problem
        pipe.send(FAULT, json.dumps(problem.to_json()).encode())
    except Exception as error:
        places = "".join(traceback.format_tb(error.__traceback__))
        told = {"name": type(error).__name__, "places": places}
        pipe.send(BROKEN, json.dumps(told).encode())
    else:
        pipe.send(END)


def main() -> None:
    given, taken = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    answer(Pipe(io.FileIO(given, "rb"), io.FileIO(taken, "wb")))
    # Without the closing of what the reading left open: the file is gone already.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
