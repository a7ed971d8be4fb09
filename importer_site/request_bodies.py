"""Refuse a request's body before a byte of it is read, unless its sender may send it.

Django reads a form with files as soon as anybody asks for one of its fields, and the check of the
CSRF token does: whoever knew the URL of a page could have the server store any amount.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict

# Bytes of a form. The largest of ours posts a few options for each of 500 columns; a stranger's
# only sign in.
FORM_LIMIT = 20 << 20
STRANGER_LIMIT = 64 << 10
# Its programs prove who they are in a header, which is looked at before the body.
API = ("/api/v1/", "/api/v2/", "/api/identity/", "/scim/", "/hooks/")


class BodyLimitMiddleware:
    """Stands before the check of CSRF tokens. Views that take files say so: `requires`.

    Until a request is let through its form is empty, whoever asks for it: so do Django's pages for
    errors, those of unknown URLs among them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if read_length(request) > STRANGER_LIMIT:
            shut(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        refusal = self._find_refusal(request, view)
        if refusal is None:
            open_up(request)
        return refusal

    def _find_refusal(self, request: HttpRequest, view: Callable[..., Any]) -> HttpResponse | None:
        size = read_length(request)
        is_program = request.path.startswith(API) and getattr(view, "csrf_exempt", False)
        if not size or is_program:
            return None
        find_refusal = getattr(view, "refuse_sender", None)
        if find_refusal is None:
            limit = FORM_LIMIT if request.user.is_authenticated else STRANGER_LIMIT
            return answer_too_large(limit) if size > limit else None
        refusal: HttpResponse | None = find_refusal(request)
        if refusal is None and size > FORM_LIMIT:
            require_origin(request)
        return refusal


def read_length(request: HttpRequest) -> int:
    """Return how long the body is; one that does not say so is not read by Django at all."""
    written = request.META.get("CONTENT_LENGTH") or "0"
    return int(written) if written.isdecimal() else 0


def shut(request: HttpRequest) -> None:
    """Have the request's form be empty, with nothing read for it."""
    request._post, request._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]


def open_up(request: HttpRequest) -> None:
    """Have the form be what the body says, read when it is asked for."""
    for name in ("_post", "_files"):
        request.__dict__.pop(name, None)


def require_origin(request: HttpRequest) -> None:
    """Raise PermissionDenied where only the body could tell that another site has not sent it.

    Every browser of today names the origin of a form, and Django compares it before it reads.
    """
    is_exempt = getattr(request, "_dont_enforce_csrf_checks", False)
    if not is_exempt and not ({"Origin", "X-Csrftoken"} & set(request.headers)):
        raise PermissionDenied("A file is accepted only with the header Origin or a CSRF token.")


def answer_too_large(limit: int) -> HttpResponse:
    """Return the page that says that a body is too large."""
    page = render_to_string("413.html", {"limit": limit})
    return HttpResponse(page, status=413)
