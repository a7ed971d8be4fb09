"""Open a file as what its first bytes say it is, packed or not."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from imports.core.errors import FileFormatError
from imports.core.readers.containers.kinds import (
    DATA_ENDINGS,
    Archive,
    Container,
    Sheets,
    Tables,
    TextFile,
    name_member,
)
from imports.core.readers.packed.archives import list_members, open_archive, unpack_member
from imports.core.readers.packed.streams import GZIP_START, Unpacked, unpack_gzip
from imports.core.readers.tables.databases import SQLITE_START
from imports.core.readers.tables.workbooks import WORKBOOK

ZIP_START = b"PK\x03\x04"
EMPTY_ZIP_START = b"PK\x05\x06"
# Beside a workbook or database, a text is a note; any of these may be what is meant.
TABLE_ENDINGS = DATA_ENDINGS - {".txt"}


@contextmanager
def open_container(file: BinaryIO) -> Iterator[Container]:
    """Open a seekable file as what its first bytes say; raise FileFormatError when they lie."""
    container = choose_container(file)
    try:
        yield container
    finally:
        container.close()


def choose_container(file: BinaryIO) -> Container:
    start = read_start(file)
    if start.startswith(GZIP_START):
        return open_unpacked(unpack_gzip(file, "The compressed file"), "compressed file")
    if start == SQLITE_START:
        return Tables(file)
    if not start.startswith((ZIP_START, EMPTY_ZIP_START)):
        return TextFile(file)
    with open_archive(file) as archive:
        if WORKBOOK in archive.namelist():
            return Sheets(file)
        inner = find_inner(archive)
        if inner is not None:
            return open_inner(archive, inner)
    return Archive(file)


def is_text_archive(file: BinaryIO) -> bool:
    """Return whether a zip archive is read as text: no workbook or database is meant.

    Raise FileFormatError when it is refused.
    """
    with open_archive(file) as archive:
        return WORKBOOK not in archive.namelist() and find_inner(archive) is None


def read_start(file: BinaryIO | Unpacked) -> bytes:
    file.seek(0)
    return file.read(len(SQLITE_START))


def open_unpacked(stream: Unpacked, outer: str) -> Container:
    """Open what was compressed; a workbook or database is unpacked to a temporary file."""
    start = read_start(stream)
    if not start.startswith((ZIP_START, SQLITE_START)):
        return TextFile(cast(BinaryIO, stream))
    kind = Tables if start == SQLITE_START else Sheets
    container = kind(cast(BinaryIO, stream))
    container.label = f"{kind.label} in a {outer}"
    return container


def find_inner(archive: zipfile.ZipFile) -> zipfile.ZipInfo | None:
    """Return the one workbook, database or archive inside, if no other member can be meant."""
    inner, others = [], 0
    for member in list_members(archive):
        with closing(unpack_member(archive, member)) as stream:
            start = read_start(stream)
        if start.startswith((ZIP_START, SQLITE_START)):
            inner.append(member)
        else:
            others += PurePosixPath(member.filename.lower()).suffix in TABLE_ENDINGS
    return inner[0] if len(inner) == 1 and not others else None


def open_inner(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Container:
    try:
        with closing(unpack_member(archive, member)) as stream:
            return open_unpacked(stream, Archive.label)
    except FileFormatError as error:
        raise name_member(error, member.filename) from error
