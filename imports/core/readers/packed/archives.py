"""Open zip archives of export files: few members, plain names, nothing encrypted or nested."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections import Counter
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.packed.streams import (
    RATIO_FREE,
    RATIO_LIMIT,
    TOTAL_LIMIT,
    Unpacked,
    measure,
)

MEMBER_LIMIT = 500
DIRECTORY_LIMIT = 1 << 20
NAME_LIMIT = 300
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# Encrypted; patched data; strongly encrypted (PKWARE's application note, 4.4.4).
REFUSED_FLAGS = 0x61
ENCRYPTED_FLAGS = 0x41
# The records that end an archive (the same, 4.3.14 and 4.3.16), and the longest comment after.
END, END_64 = b"PK\x05\x06", b"PK\x06\x06"
TAIL = 22 + 0xFFFF + 76
MANY = 0xFFFF
DRIVE = re.compile(r"[A-Za-z]:")
# What operating systems put into archives besides the files.
CLUTTER = ("__MACOSX", "Thumbs.db", "desktop.ini")


def open_archive(file: BinaryIO, packed_size: int | None = None) -> zipfile.ZipFile:
    """Return the archive when nothing about it is suspicious.

    `packed_size` is what it takes inside another archive, where it is compressed once more: by
    that its unpacked size is judged. Raise FileFormatError that says what to do when it is refused.
    """
    check_directory_size(file)
    try:
        archive = zipfile.ZipFile(cast(IO[bytes], SmallReads(file)))
    # Names that are not text are a ValueError, versions of the format that are not known the last.
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        params = {"member": "The archive", "detail": str(error)}
        raise FileFormatError(Problem("archive_damaged", params=params)) from error
    if fault := find_fault(archive, packed_size or measure(file)):
        raise refuse(fault)
    return archive


class SmallReads:
    """A seekable file of which no more than a list of members may take is read at once.

    An archive can say the size of that list in more than one place, and the library believes
    another than `check_directory_size` finds; it reads the list at once.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Raise FileFormatError when that is more than DIRECTORY_LIMIT."""
        most = DIRECTORY_LIMIT + 1
        data = self._file.read(min(size, most) if size >= 0 else most)
        if len(data) == most:
            raise refuse(
                f"its list of members takes more than {DIRECTORY_LIMIT >> 20} MB; pack only the"
                " files of the export"
            )
        return data


def list_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the members that are files of an export."""
    return [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and member.file_size
        and not any(
            part in CLUTTER or part.startswith(".") for part in PurePosixPath(member.filename).parts
        )
    ]


def unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Unpacked:
    """Return what a member holds."""

    def open_packed() -> IO[bytes]:
        try:
            return archive.open(member)
        # It is said to be before the start of the file, or its own name is not text.
        except ValueError as error:
            raise zipfile.BadZipFile(f"its entry is damaged ({error})") from error

    return Unpacked(open_packed, member.filename, max(member.compress_size, 1))


def refuse(detail: str) -> FileFormatError:
    return FileFormatError(Problem("archive_refused", params={"detail": detail}))


def check_directory_size(file: BinaryIO) -> None:
    """Refuse an archive of too many members before the list of them is read into memory."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    end = tail.rfind(END)
    if end < 0 or len(tail) < end + 22:
        params = {"member": "The archive", "detail": "its list of members is missing at the end"}
        raise FileFormatError(Problem("archive_damaged", params=params))
    count, length = struct.unpack_from("<HI", tail, end + 10)
    end_64 = tail.rfind(END_64)
    if count == MANY and end_64 >= 0 and len(tail) >= end_64 + 56:
        count, length = struct.unpack_from("<QQ", tail, end_64 + 32)
    if count > MEMBER_LIMIT or length > DIRECTORY_LIMIT:
        raise refuse(tell_too_many(count))


def tell_too_many(count: int) -> str:
    return (
        f"it has {count:,} members, and at most {MEMBER_LIMIT} are accepted; pack only the files"
        " of the export"
    )


def find_fault(archive: zipfile.ZipFile, packed_size: int) -> str:
    """Return why the archive is refused, and what to do; empty when it is accepted."""
    members = archive.infolist()
    if len(members) > MEMBER_LIMIT:
        return tell_too_many(len(members))
    names = Counter(member.filename for member in members)
    for member in members:
        if fault := find_member_fault(member):
            return fault
        if names[member.filename] > 1:
            return f"it has two members called “{member.filename}”; pack it again"
    total = sum(member.file_size for member in members)
    if total > TOTAL_LIMIT or total > max(RATIO_FREE, RATIO_LIMIT * packed_size):
        return (
            f"it says that it unpacks to {total >> 20:,} MB, which no export of its size does; if"
            " it is one, unpack it and upload the file inside"
        )
    return ""


def find_member_fault(member: zipfile.ZipInfo) -> str:
    name = member.filename[:NAME_LIMIT]
    path = PurePosixPath(name.replace("\\", "/"))
    if ".." in path.parts or path.is_absolute() or DRIVE.match(name):
        return f"its member “{name}” has a path out of the archive; pack only the files themselves"
    if member.flag_bits & ENCRYPTED_FLAGS:
        return (
            f"its member “{name}” is encrypted; unpack it with its password, and upload the files"
            " or an archive without one"
        )
    if member.flag_bits & REFUSED_FLAGS or member.compress_type not in METHODS:
        return (
            f"its member “{name}” is compressed in an unusual way (method "
            f"{member.compress_type}); pack it again as an ordinary zip, or with gzip"
        )
    return ""
