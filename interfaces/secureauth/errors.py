"""Answer what went wrong in the error form of SecureAuth Connect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from imports.core.errors import ImporterError
from imports.services.connections.people import ConnectionRefused

PREFIXES = ("/api/identity/", "/api/system/")
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Payload Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Refusal(Exception):
    """A request that is refused; `details` say where, for a program."""

    def __init__(
        self,
        status: int,
        message: str,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.details, self.headers = dict(details or {}), dict(headers or {})


def answer_error(refusal: Refusal) -> HttpResponse:
    """Return the error body that all operations have in common."""
    body = {
        "status_code": refusal.status,
        "error": refusal.message,
        "error_code": TITLES[refusal.status].lower().replace(" ", "_"),
        "details": refusal.details,
    }
    return JsonResponse(body, status=refusal.status, headers=refusal.headers)


def answering_errors(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Have a view answer what it refuses, and what services refuse, in the error form."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return answer_error(refusal)
        except ConnectionRefused as error:
            return answer_error(Refusal(403, str(error)))
        except ImporterError as error:
            return answer_error(Refusal(422, str(error)))

    return answer


class ErrorFormMiddleware:
    """Turns error pages below the prefixes into the error form, also those that no view gave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_ours = request.path.startswith(PREFIXES)
        if not is_ours or response.status_code < 400 or "json" in response.get("Content-Type", ""):
            return response
        status = response.status_code if response.status_code in TITLES else 500
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        return answer_error(Refusal(status, TITLES[status], headers=kept))
