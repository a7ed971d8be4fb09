"""Answer every error below the prefix in SCIM's own form (RFC 7644, section 3.12)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

PREFIX = "/scim/"
MEDIA_TYPE = "application/scim+json"


class ErrorFormMiddleware:
    """Turns error pages below the prefix into the error form, also those that no view gave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_ours = request.path.startswith(PREFIX)
        if not is_ours or response.status_code < 400 or "json" in response.get("Content-Type", ""):
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        return _answer_error(response.status_code, kept)


def _answer_error(status: int, headers: dict[str, str]) -> HttpResponse:
    # Every process has this middleware, but few ever answer such a request: see `urls`.
    from scim2_models import Error

    body = Error(status=status, detail=HTTPStatus(status).phrase).model_dump_json()
    return HttpResponse(body, status=status, headers=headers, content_type=MEDIA_TYPE)
