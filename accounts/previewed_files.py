"""Keep the file of an import in the admin, encrypted, from its preview until it is confirmed.

django-import-export would keep it in clear in the folder for temporary files, and for ever where
nobody confirms. What is left here is deleted with other leftovers.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from import_export.tmp_storages import BaseStorage

from accounts import encryption

FOLDER = "previewed"
PURPOSE = b"previewed file"
NAME = re.compile(r"[0-9a-f]{32}")


class SealedStorage(BaseStorage):
    """One such file, under a name that nobody can guess."""

    def __init__(self, *, name: str | None = None, **options: Any) -> None:
        super().__init__(name=name or secrets.token_hex(16), **options)
        if not NAME.fullmatch(self.name):
            raise SuspiciousFileOperation("This is not the name of a previewed file.")
        self._path = f"{FOLDER}/{self.name}"

    def save(self, data: bytes) -> None:
        default_storage.save(self._path, ContentFile(encryption.encrypt(data, purpose=PURPOSE)))

    def read(self) -> bytes:
        """Return the content; raise BadRequest where it was confirmed already, or swept."""
        if not default_storage.exists(self._path):
            raise BadRequest("The previewed file has been deleted. Upload it again.")
        with default_storage.open(self._path) as file:
            return encryption.decrypt(file.read(), purpose=PURPOSE)

    def remove(self) -> None:
        default_storage.delete(self._path)
