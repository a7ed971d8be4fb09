"""Uploads in parts by API: begun, continued after a break, and made a job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpResponse, UnreadablePostError
from django.shortcuts import get_object_or_404
from ninja import Path, Router

from imports.api.jobs.jobs import make_job
from imports.api.requests.access import ADD, AccessToken, ApiRequest
from imports.api.requests.paging import AfterId, Limit, cut_page
from imports.api.requests.problems import ApiError
from imports.api.requests.refusals import FILE, list_refusals
from imports.api.schemas.jobs import JobInfo, NewJob
from imports.api.schemas.uploads import NewUpload, UploadInfo, UploadPage
from imports.models import PartialUpload
from imports.services.files import partial_uploads as services

router = Router(tags=["uploads"])
PORTION_BYTES = 1 << 20
RANGE = re.compile(r"bytes (\d{1,16})-(\d{1,16})/(\d{1,16})")
UploadId = Annotated[int, Path(description="Id of the upload.", le=2**63 - 1)]
CONTENT: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Content-Range",
            "required": True,
            "description": "The place of the part, as `bytes FIRST-LAST/SIZE` (RFC 9110).",
            "schema": {"type": "string", "pattern": RANGE.pattern},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
}


@router.get("", auth=AccessToken(ADD), response=UploadPage)
def list_uploads(request: ApiRequest, after: AfterId = None, limit: Limit = 100) -> UploadPage:
    """Return your uploads that are under way, by id."""
    found = PartialUpload.objects.filter(owner=request.user, pk__gt=after or 0).order_by("pk")
    shown, last = cut_page(found, limit, lambda upload: upload.pk)
    return UploadPage(uploads=[_describe(upload) for upload in shown], next=last)


@router.post(
    "",
    auth=AccessToken(ADD),
    response={201: UploadInfo},
    openapi_extra=list_refusals("refused"),
)
def begin_upload(request: ApiRequest, new: NewUpload) -> UploadInfo:
    """Begin to upload a file in parts; send them with PUT …/content."""
    return _describe(services.begin_upload(new.name, new.size, new.sha256, actor=request.user))


@router.get("/{int:upload_id}", auth=AccessToken(ADD), response=UploadInfo)
def get_upload(request: ApiRequest, upload_id: UploadId) -> UploadInfo:
    """Return an upload: `received` says where it continues."""
    return _describe(_find(request, upload_id))


@router.api_operation(["HEAD"], "/{int:upload_id}", auth=AccessToken(ADD), response={200: None})
def find_offset(request: ApiRequest, upload_id: UploadId) -> HttpResponse:
    """Say where an upload continues, in the header Upload-Offset."""
    upload = _find(request, upload_id)
    headers = {"Upload-Offset": str(upload.received), "Upload-Length": str(upload.size)}
    response = HttpResponse(headers=headers)
    del response["Content-Type"]
    return response


@router.put(
    "/{int:upload_id}/content",
    auth=AccessToken(ADD),
    response=UploadInfo,
    openapi_extra=CONTENT | list_refusals("offset_wrong", "refused"),
)
def send_part(request: ApiRequest, upload_id: UploadId) -> UploadInfo:
    """Add a part, of any size; one that breaks off is kept as far as it came."""
    upload = _find(request, upload_id)
    start, length = _read_range(request, upload)
    return _describe(services.add_part(upload, start, _read_body(request, length)))


@router.post(
    "/{int:upload_id}/job",
    auth=AccessToken(ADD),
    response={201: JobInfo},
    openapi_extra=list_refusals(
        "upload_incomplete",
        "provider_unknown",
        "reading_invalid",
        "policies_invalid",
        "refused",
        FILE,
    ),
)
def complete_upload(
    request: ApiRequest, upload_id: UploadId, options: NewJob | None = None
) -> JobInfo:
    """Make a job of a file that has arrived as a whole, and delete the upload.

    A file that is refused stays uploaded, to be read with other options.
    """
    upload = _find(request, upload_id)
    with services.open_upload(upload) as file:
        job = make_job(request, file, options or NewJob())
    services.drop_upload(upload)
    return job


@router.delete("/{int:upload_id}", auth=AccessToken(ADD), response={204: None})
def delete_upload(request: ApiRequest, upload_id: UploadId) -> None:
    """Delete an upload, with all that has arrived of it."""
    services.drop_upload(_find(request, upload_id))


def _find(request: ApiRequest, upload_id: int) -> PartialUpload:
    upload: PartialUpload = get_object_or_404(PartialUpload, pk=upload_id, owner=request.user)
    return upload


def _read_range(request: ApiRequest, upload: PartialUpload) -> tuple[int, int]:
    """Return the first byte and the length of a part. Raises ApiError."""
    written = request.headers.get("Content-Range", "")
    matched = RANGE.fullmatch(written)
    first, last, size = map(int, matched.groups()) if matched else (0, -1, -1)
    if not (first <= last < size == upload.size):
        raise ApiError(
            400,
            "request_unreadable",
            "The request cannot be read",
            f"Send Content-Range as “bytes FIRST-LAST/{upload.size}”.",
        )
    return first, last - first + 1


def _read_body(request: ApiRequest, length: int) -> Iterator[bytes]:
    """Yield what arrives of a part, and no more than it is said to have."""
    while length > 0:
        try:
            portion = request.read(min(length, PORTION_BYTES))
        except UnreadablePostError:
            return
        if not portion:
            return
        length -= len(portion)
        yield portion


def _describe(upload: PartialUpload) -> UploadInfo:
    return UploadInfo.model_validate(upload, from_attributes=True)
