"""Answer every error below /api/ as problem details, also those that no operation gave."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from imports.api.requests.problems import answer_problem

PREFIX = "/api/"
# The endpoints of OAuth 2 have an error word of their own (RFC 6749, section 5.2).
OAUTH = "/api/token"
# By status: code, title, and what to do.
ANSWERS = {
    400: (
        "request_unreadable",
        "The request cannot be read",
        "The host name, URL, headers or body is malformed. Correct it, then send the request "
        "again.",
    ),
    403: ("refused", "Not allowed", "Send an access token whose owner has the permission."),
    404: (
        "not_found",
        "URL not found",
        "The OpenAPI document at /api/v1/openapi.json lists every URL.",
    ),
    405: (
        "method_not_allowed",
        "Method not allowed",
        "The “Allow” header or the OpenAPI document lists the allowed methods.",
    ),
    413: (
        "request_too_large",
        "The request is too large",
        "A file can have any size. Everything else together can have 2.5 MB. Send files as “file”.",
    ),
    503: (
        "unavailable",
        "The database or the queue does not respond",
        "Wait for the seconds in “Retry-After”, then send the request again.",
    ),
}
UNEXPECTED = (
    "internal_error",
    "An unexpected error",
    "Your request was not at fault. See the log of the installation.",
)


class ProblemDetailsMiddleware:
    """Turns pages of errors into problem details for whoever called below /api/.

    Every answer to a request that was counted says how many are left.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in getattr(request, "rate_headers", {}).items():
            response.headers.setdefault(name, value)
        is_error = response.status_code >= 400 and "json" not in response.get("Content-Type", "")
        if not (is_error and f"{request.path}/".startswith(PREFIX)):
            return response
        return answer_status(request, response)


def answer_status(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return problem details with the status of a response, and the headers that go with it."""
    code, title, detail = ANSWERS.get(response.status_code, UNEXPECTED)
    kept = ("Allow", "Retry-After", "WWW-Authenticate", "RateLimit", "RateLimit-Policy")
    headers = {name: response[name] for name in kept if name in response}
    more = {"error": "invalid_request"} if request.path.startswith(OAUTH) else {}
    return answer_problem(response.status_code, code, title, detail, headers, **more)
