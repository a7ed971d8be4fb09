"""Write an export to a file that has its name only once it is complete."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from imports.core.errors import ImporterError

# For its owner alone: it holds personal data, and maybe what people sign in with.
PRIVATE = 0o600
PART_EXISTS = "{} exists: another export writes it, or one was killed. Remove it first."


class FileExists(ImporterError):
    """There is a file of this name already."""


def write_file(path: Path, pieces: Iterable[bytes]) -> int:
    """Write a new file of a name that `refuse_existing` lets pass; return its size in bytes.

    Raise FileExists, or OSError. Whatever goes wrong, what was written is removed.
    """
    part = name_part(path)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        raise FileExists(PART_EXISTS.format(part)) from None
    try:
        with open(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(descriptor)
            size = file.tell()
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return size


def name_part(path: Path) -> Path:
    """Return the name that a file has until it is complete."""
    return path.with_name(f"{path.name}.part")


def refuse_existing(path: Path) -> None:
    """Raise FileExists if a file of this name exists, or is being written."""
    if path.exists():
        raise FileExists(f"{path} exists already. Choose another name, or remove it first.")
    if (part := name_part(path)).exists():
        raise FileExists(PART_EXISTS.format(part))
