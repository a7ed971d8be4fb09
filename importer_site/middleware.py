"""Stand before every view: refuse what no database can keep, read to the end what was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError

NUL = "\0"
PIECE = 64 * 1024
# More is not worth a thread: whoever sends it sees the connection end.
MAX_DISCARDED = 64 * 1024 * 1024
FORM = "application/x-www-form-urlencoded"

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefuseNulMiddleware:
    """Refuses NUL in a URL or a form with 400: PostgreSQL cannot store it, and nobody types it.

    Forms are left to views that no token protects: those read other bodies, and answer for
    themselves.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path or has_nul(request.GET):
            raise BadRequest("The URL contains a NUL character.")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> None:
        is_form = request.method == "POST" and request.content_type == FORM
        if is_form and not getattr(view, "csrf_exempt", False) and has_nul(request.POST):
            raise BadRequest("The form contains a NUL character.")


def has_nul(values: QueryDict) -> bool:
    """Return whether any name or value of a query or form contains NUL."""
    return any(NUL in name or any(NUL in each for each in found) for name, found in values.lists())


class ReadToEndMiddleware:
    """Reads what a refused request still sends, so that its client reads the answer.

    A server that closes a connection with unread bytes resets it, and most clients then report a
    broken connection instead of the refusal (RFC 9112, section 9.6).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400 and not hasattr(request, "_body"):
            discard_body(request)
        return response


def discard_body(request: HttpRequest) -> None:
    """Read the rest of a request's body, up to MAX_DISCARDED bytes, and keep nothing of it."""
    left = MAX_DISCARDED
    try:
        while left > 0 and (piece := request.read(min(left, PIECE))):
            left -= len(piece)
    except UnreadablePostError:
        return  # the client is gone
