"""Encrypt an upload while it is received: no byte of it reaches a disk in clear.

Django's own handler would write it to the folder for temporary files first. Small uploads stay in
memory until they are stored.
"""

from __future__ import annotations

import io
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from imports.core.files.sealed_files import Sealer, make_key, open_sealed

# Beside the stored files, so that storing one moves it. What a crash leaves here is swept.
FOLDER = "incoming"


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # generic in its stubs alone
    """An upload that is on disk encrypted; reading it decrypts. Closing it deletes it.

    `temporary_file_path` is where the encrypted bytes are, for a storage to move them.
    """

    def __init__(self, name: str, content_type: str, charset: str | None, extra: Any) -> None:
        folder = Path(default_storage.path(FOLDER))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.key = make_key()
        self._path = folder / secrets.token_hex(16)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._sealed: IO[bytes] = os.fdopen(descriptor, "w+b")
        self._sealer = Sealer(self._sealed, self.key)
        super().__init__(self._sealed, name, content_type, 0, charset, extra)

    def receive(self, data: bytes) -> None:
        """Add a portion to the content."""
        self._sealer.write(data)

    def finish(self, size: int) -> None:
        """End the content, which can be read from now on."""
        self._sealer.finish()
        self._sealed.flush()
        self.size = size
        self.file = cast(IO[Any], open_sealed(cast(BinaryIO, self._sealed), self.key))

    def temporary_file_path(self) -> str:
        return str(self._path)

    def close(self) -> None:
        if isinstance(self.file, io.BufferedReader) and not self.file.closed:
            self.file.close()
        self._sealed.close()
        with suppress(FileNotFoundError):
            self._path.unlink()  # unless it was stored


class SealingUploadHandler(FileUploadHandler):
    """Takes in what is too large for memory."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Raise RequestDataTooBig for more than the settings allow, before anything is read."""
        if content_length > settings.IMPORT_UPLOAD_MB << 20:
            raise RequestDataTooBig(f"An upload has at most {settings.IMPORT_UPLOAD_MB:,} MB.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._upload: SealedUpload | None = SealedUpload(
            self.file_name or "", self.content_type or "", self.charset, self.content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._upload is not None:
            self._upload.receive(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload | None:
        upload, self._upload = self._upload, None
        if upload is not None:
            upload.finish(file_size)
        return upload

    def upload_interrupted(self) -> None:
        if getattr(self, "_upload", None) is not None:
            cast(SealedUpload, self._upload).close()
