"""Receive a file part by part, so that an upload that broke off goes on where it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import encryption
from accounts.models import User
from imports.core.errors import ImporterError
from imports.core.files.sealed_files import make_key
from imports.engine.files.parts import delete_parts, join_parts, write_part
from imports.engine.files.receiving import SealedUpload
from imports.models import PartialUpload
from imports.services.files.uploads import digest_file

PURPOSE = b"partial upload key"
# Uploads that one person can have under way.
MOST_OPEN = 20
# An upload to which nothing was added for so long is abandoned.
ABANDONED_AFTER = timedelta(days=1)


class TooLarge(ImporterError):
    """A file is larger than the installation allows."""


class WrongOffset(ImporterError):
    """A part does not begin where the upload is: at `received`."""

    def __init__(self, message: str, received: int) -> None:
        super().__init__(message)
        self.received = received


class UploadIncomplete(ImporterError):
    """Bytes of an upload are still missing, or are not those of its digest."""


def begin_upload(name: str, size: int, sha256: str, *, actor: User) -> PartialUpload:
    """Return a new upload of a file. Raises TooLarge, and ImporterError for too many at once."""
    if size > settings.IMPORT_UPLOAD_MB << 20:
        raise TooLarge(f"A file can have {settings.IMPORT_UPLOAD_MB:,} MB.")
    if PartialUpload.objects.filter(owner=actor).count() >= MOST_OPEN:
        raise ImporterError(
            f"{MOST_OPEN} uploads are under way. Complete or delete one of them first."
        )
    key = encryption.encrypt(make_key(), purpose=PURPOSE)
    return PartialUpload.objects.create(owner=actor, name=name, size=size, sha256=sha256, key=key)


def add_part(upload: PartialUpload, start: int, portions: Iterable[bytes]) -> PartialUpload:
    """Add what arrives of a part that begins at a byte; return the upload as it is then.

    A part that breaks off is kept as far as it came. Of two at once for the same place, one counts.
    Raises WrongOffset.
    """
    _require_offset(upload, start)
    name, size = write_part(portions, _read_key(upload))
    try:
        with transaction.atomic():
            locked = PartialUpload.objects.select_for_update().get(pk=upload.pk)
            _require_offset(locked, start)
            locked.parts = [*locked.parts, [name, size]]
            locked.received += size
            locked.save(update_fields=["parts", "received", "updated_at"])
    except (WrongOffset, PartialUpload.DoesNotExist):
        delete_parts([name])
        raise
    return locked


def open_upload(upload: PartialUpload) -> SealedUpload:
    """Return the file of a complete upload, to be closed. Raises UploadIncomplete."""
    if upload.received != upload.size:
        raise UploadIncomplete(
            f"{upload.received:,} of {upload.size:,} bytes have arrived. Send the rest."
        )
    names = [name for name, _ in upload.parts]
    file = join_parts(names, _read_key(upload), upload.name, upload.size)
    if digest_file(file) != upload.sha256:
        file.close()
        raise UploadIncomplete(
            "The bytes that have arrived do not have the SHA-256 of the file. Delete the upload"
            " and begin again."
        )
    return file


def drop_upload(upload: PartialUpload) -> None:
    """Delete an upload, and its parts with the transaction's end; what a crash leaves is swept."""
    names = [name for name, _ in upload.parts]
    upload.delete()
    transaction.on_commit(lambda: delete_parts(names))


def drop_abandoned() -> None:
    """Delete the uploads to which nothing was added for a day."""
    cutoff = timezone.now() - ABANDONED_AFTER
    for upload in PartialUpload.objects.filter(updated_at__lt=cutoff):
        drop_upload(upload)


def _require_offset(upload: PartialUpload, start: int) -> None:
    if upload.received != start:
        raise WrongOffset(
            f"The upload continues at byte {upload.received}.", received=upload.received
        )


def _read_key(upload: PartialUpload) -> bytes:
    try:
        return encryption.decrypt(bytes(upload.key), purpose=PURPOSE)
    except encryption.DecryptionError:
        raise ImporterError("Its key cannot be decrypted by USERFERRY_ENCRYPTION_KEYS.") from None
