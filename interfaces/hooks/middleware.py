"""Answer every error below the prefix in JSON, also those that no view gave."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

PREFIX = "/hooks/"


class ErrorFormMiddleware:
    """Turns error pages below the prefix into JSON. Every process has it: it loads no system."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_ours = request.path.startswith(PREFIX)
        if not is_ours or response.status_code < 400 or "json" in response.get("Content-Type", ""):
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        status = response.status_code
        return JsonResponse({"error": HTTPStatus(status).phrase}, status=status, headers=kept)
