"""The parts of a file that is received by and by, each encrypted before it reaches the disk."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from django.core.files.storage import default_storage

from imports.core.files.sealed_files import Sealer, open_sealed
from imports.engine.files.receiving import SealedUpload

FOLDER = "parts"
PORTION_BYTES = 1 << 20


def write_part(portions: Iterable[bytes], key: bytes) -> tuple[str, int]:
    """Store a part of a file, and return its name and size: of as much as has arrived."""
    name = f"{FOLDER}/{secrets.token_hex(16)}"
    path = Path(default_storage.path(name))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    size = 0
    with os.fdopen(descriptor, "wb") as file:
        sealer = Sealer(file, key)
        for portion in portions:
            sealer.write(portion)
            size += len(portion)
        sealer.finish()
    return name, size


def read_parts(names: Iterable[str], key: bytes) -> Iterator[bytes]:
    """Yield the content of parts, in their order. Raises FileFormatError where one was altered."""
    for name in names:
        stored = cast(BinaryIO, default_storage.open(name, "rb"))
        with open_sealed(stored, key) as content:
            while portion := content.read(PORTION_BYTES):
                yield portion


def join_parts(names: Iterable[str], key: bytes, file_name: str, size: int) -> SealedUpload:
    """Return the whole file, as an upload that was received at once."""
    upload = SealedUpload(file_name, "application/octet-stream", None, None)
    for portion in read_parts(names, key):
        upload.receive(portion)
    upload.finish(size)
    return upload


def delete_parts(names: Iterable[str]) -> None:
    for name in names:
        with suppress(FileNotFoundError):
            default_storage.delete(name)
