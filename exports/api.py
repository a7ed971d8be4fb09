"""Exports by API: users as a stream, whole or in parts that follow each other."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, StreamingHttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from accounts.access_tokens import CREDENTIALS_SCOPE
from exports.models import Channel
from exports.selection import Selection, SelectionError
from exports.services.exporting import (
    EXPORT_CREDENTIALS,
    VIEW_USER,
    Order,
    begin_export,
    stream_export,
)
from exports.targets import TARGETS
from imports.api.requests.access import AccessToken, ApiRequest, demand, refuse_token
from imports.api.requests.problems import ApiError

router = Router(tags=["exports"])
# That of a job; larger ones are none.
MOST = 2**63 - 1


class ExportQuery(Schema):
    """Which users to export, and in which form."""

    format: str = Field("", description="A form of the target; the first one unless given.")
    source: str = Field("", description="Only users of this source.")
    group: str = Field("", description="Only members of the group with this key.")
    search: str = Field("", description="Only users with an identifier that begins like this.")
    job: int | None = Field(
        None, ge=1, le=MOST, description="Only users whom this import job created or updated."
    )
    after: str = Field("", description="Only users whose subject ids follow this one.")
    limit: int | None = Field(None, ge=1, le=MOST, description="Most users; all unless given.")
    credentials: bool = Field(
        False,
        description="With password hashes and authenticators: takes a token with the scope"
        f" `{CREDENTIALS_SCOPE}` and the permission `{EXPORT_CREDENTIALS}`.",
    )

    def read_selection(self) -> Selection:
        names = ("source", "group", "search", "job", "after", "limit")
        return Selection(**{name: getattr(self, name) for name in names})


def _describe_answers() -> dict[str, Any]:
    shapes = {shape.content_type for each in TARGETS.values() for shape in each.shapes.values()}
    content = {kind: {"schema": {"type": "string"}} for kind in sorted(shapes)}
    return {"responses": {200: {"description": "The users, as a stream.", "content": content}}}


@router.get("/{target}", auth=AccessToken(VIEW_USER), openapi_extra=_describe_answers())
def export_users(
    request: ApiRequest,
    target: Annotated[str, Path(description=f"Where to: {', '.join(TARGETS)}.")],
    wanted: Annotated[ExportQuery, Query()],
) -> StreamingHttpResponse:
    """Return users as a stream, in the order of their subject ids, without administrators.

    All of it is of one snapshot. A stream that breaks off is incomplete: go on with `after`, the
    subject id of the last whole line. The activity log of exports has an entry for each request.
    docs/export.md describes the forms.
    """
    chosen = TARGETS.get(target)
    if chosen is None:
        raise Http404("This target does not exist.")
    shape = wanted.format or next(iter(chosen.shapes))
    if shape not in chosen.shapes:
        raise _refuse(f"The forms of this target are {', '.join(chosen.shapes)}.")
    if wanted.credentials:
        if CREDENTIALS_SCOPE not in request.scopes:
            raise refuse_token("scope_missing", CREDENTIALS_SCOPE)
        demand(request.user, EXPORT_CREDENTIALS)
    order = Order(chosen, shape, wanted.read_selection(), wanted.credentials)
    try:
        begun = begin_export(
            order, actor=request.user, channel=Channel.API, taker=request.client_id
        )
    except SelectionError as error:
        raise _refuse(str(error)) from None
    stream = stream_export(begun, order, request.user)
    headers = {"Cache-Control": "no-store"}
    return StreamingHttpResponse(stream, content_type=order.form.content_type, headers=headers)


def _refuse(detail: str) -> ApiError:
    return ApiError(422, "request_invalid", "The request is not valid", detail)
