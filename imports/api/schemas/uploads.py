"""Uploads in parts."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import Field

from imports.api.schemas.given import Given


class NewUpload(Given):
    """A file that is going to be sent in parts."""

    name: str = Field(min_length=1, max_length=300, description="Name of the file.")
    size: int = Field(ge=1, le=2**50, description="Size in bytes.")
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the content, as 64 lower-case hexadecimal digits.",
    )


class UploadInfo(Schema):
    """An upload, and how far it is."""

    id: int = Field(description="Id of the upload, which its URL has.")
    name: str = Field(description="Name of the file.")
    size: int = Field(description="Size in bytes.")
    received: int = Field(description="Bytes that have arrived: where the next part begins.")
    created_at: datetime = Field(description="When it was begun.")
    updated_at: datetime = Field(
        description="When something was last added. A day later it is deleted."
    )


class UploadPage(Schema):
    """A page of uploads."""

    uploads: list[UploadInfo] = Field(description="At most `limit` uploads, by id.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )
