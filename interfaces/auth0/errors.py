"""Answer every refusal in the error form of Auth0, and those of the token endpoint in OAuth's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

from imports.core.problems import Problem, Severity, of_conflicts, of_permissions
from imports.core.problems.catalogue import list_rows
from imports.models import Status
from imports.services.connections.batches import Outcome
from interfaces.auth0.provider import name_member

PREFIX, TOKEN_PATH = "/api/v2/", "/oauth/token"
CONFLICTS = frozenset(kind.code for kind in list_rows(of_conflicts))
PERMISSIONS = frozenset(kind.code for kind in list_rows(of_permissions))
MISSING = frozenset({of_permissions.GROUP_MISSING.code, of_permissions.ROLE_MISSING.code})
CONCURRENT = of_conflicts.CONCURRENT_CHANGE.code
USER_EXISTS, INVALID_BODY = "auth0_idp_error", "invalid_body"


class Refusal(Exception):
    """A request that is refused; `code` is Auth0's for programs, where it has one."""

    def __init__(
        self, status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code
        self.headers = dict(headers or {})


def refuse_body(message: str) -> Refusal:
    return Refusal(400, f"Payload validation error: '{message}'.", INVALID_BODY)


def refuse_nul() -> Refusal:
    return refuse_body("Texts cannot have a NUL character (U+0000)")


def refuse_query(message: str) -> Refusal:
    return Refusal(400, f"Query validation error: '{message}'.", "invalid_query_string")


def refuse_unknown_user() -> Refusal:
    return Refusal(404, "The user does not exist.", "inexistent_user")


def refuse_known_user(told: str = "") -> Refusal:
    return Refusal(409, f"The user already exists. {told}".strip(), USER_EXISTS)


def require_written(outcomes: list[Outcome]) -> None:
    """Raise a Refusal for the first record that was not written, unless nothing was to be."""
    for outcome in outcomes:
        if outcome.status is Status.FAILED:
            raise explain(outcome)
        if outcome.status is Status.SKIPPED and not outcome.is_unchanged:
            raise explain(outcome)


def explain(outcome: Outcome) -> Refusal:
    """Return why a record was not written, as the error of the request that brought it."""
    problems = [Problem.from_json(each) for each in outcome.problems]
    serious = [each for each in problems if each.severity is Severity.ERROR] or problems
    told = " ".join(dict.fromkeys(_tell(each) for each in serious)) or outcome.reason
    if outcome.reason == CONCURRENT:
        return Refusal(409, told)
    if outcome.reason in CONFLICTS:
        return refuse_known_user(told)
    if outcome.reason in PERMISSIONS - MISSING:
        return Refusal(403, told)
    return refuse_body(told)


def _tell(problem: Problem) -> str:
    """Return what is wrong, after the member that it is wrong with."""
    name = name_member(problem)
    return f"{name}: {problem.message}" if name else problem.message


def answer_error(refusal: Refusal) -> HttpResponse:
    body = {
        "statusCode": refusal.status,
        "error": HTTPStatus(refusal.status).phrase,
        "message": refusal.message,
        **({"errorCode": refusal.code} if refusal.code else {}),
    }
    return JsonResponse(body, status=refusal.status, headers=refusal.headers)


def answer_token_error(
    status: int, error: str, description: str, headers: Mapping[str, str]
) -> HttpResponse:
    body = {"error": error, "error_description": description}
    return JsonResponse(body, status=status, headers=headers)


class ErrorFormMiddleware:
    """Turns error pages below the prefix into the error form, also those that no view gave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or "json" in response.get("Content-Type", ""):
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        phrase = HTTPStatus(response.status_code).phrase
        if request.path == TOKEN_PATH:
            return answer_token_error(response.status_code, "invalid_request", phrase, kept)
        if request.path.startswith(PREFIX):
            return answer_error(Refusal(response.status_code, phrase, headers=kept))
        return response
