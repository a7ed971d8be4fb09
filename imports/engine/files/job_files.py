"""A job's file: stored encrypted under a key of the job's own, which is destroyed with it.

The key is kept with the job, encrypted by the installation's. Without it the file is noise, so a
copy of it that stays on a disk or in a backup says nothing once the job has let go of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast

from django.core.files import File
from django.db import transaction

from accounts import encryption
from imports.core.files.sealed_files import Sealer, alter, make_key, open_sealed
from imports.engine.files.receiving import SealedUpload
from imports.models import ImportJob

PURPOSE = b"job file key"
PORTION_BYTES = 1 << 20


def store_file(job: ImportJob, file: File[bytes], name: str) -> None:
    """Store a file as the job's, encrypted, and set the job's fields for it without saving them.

    One that was encrypted while it was received is moved, any other is encrypted on the way.
    """
    if isinstance(file, SealedUpload):
        key, content = file.key, cast("File[bytes]", file)
    else:
        key = make_key()
        content = SealedContent(file, key)
    job.file_key = encryption.encrypt(key, purpose=PURPOSE)
    job.file.save(name, content, save=False)


def open_file(job: ImportJob) -> BinaryIO:
    """Return the content of the job's file, seekable; raise FileFormatError if it was altered."""
    if job.file_key is None:
        raise alter("its key was destroyed")
    try:
        key = encryption.decrypt(bytes(job.file_key), purpose=PURPOSE)
    except encryption.DecryptionError:
        raise alter("its key cannot be decrypted by USERFERRY_ENCRYPTION_KEYS") from None
    stored = cast(BinaryIO, job.file.storage.open(str(job.file.name), "rb"))
    return cast(BinaryIO, open_sealed(stored, key))


def drop_file(job: ImportJob) -> None:
    """Destroy the key of the job's file at once, and delete the file with the transaction's end.

    Doing it twice is safe. A file that stays, should the process die in between, is swept.
    """
    if not job.file:
        return
    storage, name = job.file.storage, str(job.file.name)
    job.file, job.file_key = "", None
    job.save(update_fields=["file", "file_key"])
    transaction.on_commit(lambda: storage.delete(name))


class SealedContent(File):  # type: ignore[type-arg]  # generic in its stubs alone
    """Hands a storage the bytes of a file encrypted; nothing of it is written elsewhere first."""

    def __init__(self, file: File[bytes], key: bytes) -> None:
        super().__init__(file.file, file.name)
        self._content, self._key = cast(BinaryIO, file.file), key

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        sealed: list[bytes] = []
        sealer = Sealer(Collector(sealed), self._key)
        self._content.seek(0)
        while portion := self._content.read(PORTION_BYTES):
            sealer.write(portion)
            yield b"".join(sealed)
            sealed.clear()
        sealer.finish()
        yield b"".join(sealed)


class Collector:
    """A sink that keeps what it is given in a list."""

    def __init__(self, portions: list[bytes]) -> None:
        self._portions = portions

    def write(self, data: bytes) -> None:
        self._portions.append(data)
