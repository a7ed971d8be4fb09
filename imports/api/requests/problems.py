"""Answer what went wrong as problem details (RFC 9457), with codes that stay the same.

No answer repeats what was sent: it may hold hashes, passwords or the answers to a provider's
questions.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, RequestDataTooBig
from django.core.exceptions import ValidationError as FieldsInvalid
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from imports.core.errors import (
    ChangedMeanwhile,
    CorrectionError,
    DoubtsOpen,
    DryRunMissing,
    FileFormatError,
    ImporterError,
    InvalidTransition,
    MappingError,
)
from imports.core.planning.conflicts import PolicyError
from imports.services.approval.approvals import ApprovalMissing
from imports.services.connections.people import ConnectionRefused
from imports.services.files.partial_uploads import TooLarge, UploadIncomplete, WrongOffset
from imports.services.jobs.request_keys import KeyInUse, KeyReused

CONTENT_TYPE = "application/problem+json"
# By what cannot be done: status, code, and what all of its kind have in common.
REFUSALS: dict[type[ImporterError], tuple[int, str, str]] = {
    ApprovalMissing: (409, "approval_missing", "Approval by a second person required"),
    ConnectionRefused: (403, "connection_refused", "The connection cannot be used now"),
    ChangedMeanwhile: (412, "changed_meanwhile", "It has changed"),
    DoubtsOpen: (409, "confirmation_missing", "Confirmation required"),
    DryRunMissing: (409, "dry_run_missing", "No dry run of the job as it is now"),
    CorrectionError: (422, "correction_invalid", "Not a correction of the error group"),
    InvalidTransition: (409, "wrong_state", "Not possible in the state of the job"),
    KeyInUse: (409, "key_in_use", "The request with this idempotency key is in progress"),
    KeyReused: (422, "key_reused", "The idempotency key was used for another request"),
    MappingError: (422, "mapping_invalid", "The mapping cannot be used"),
    TooLarge: (413, "request_too_large", "The request is too large"),
    UploadIncomplete: (409, "upload_incomplete", "The file has not arrived as it is"),
    WrongOffset: (409, "offset_wrong", "The part does not begin where the upload continues"),
    PolicyError: (422, "policies_invalid", "The conflict policies cannot be used"),
    ImporterError: (409, "refused", "Not possible"),
}


class ApiError(Exception):
    """A request that is refused before any service is asked."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.title, self.detail = status, code, title, detail
        self.headers = headers or {}


def answer_problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """Return problem details; `more` are members of this kind of problem alone."""
    body = {
        "type": f"urn:userferry:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


@csrf_exempt
def answer_unknown_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer a request to an unknown URL of the API."""
    return answer_problem(404, "not_found", "URL not found", "The OpenAPI document lists the URLs.")


def add_problem_handlers(api: NinjaAPI) -> None:
    """Have an API answer all errors that are not its own faults with problem details."""
    api.add_exception_handler(ApiError, _answer_api_error)
    api.add_exception_handler(FileFormatError, _answer_file_error)
    api.add_exception_handler(ImporterError, _answer_refusal)
    api.add_exception_handler(ValidationError, _answer_invalid)
    api.add_exception_handler(FieldsInvalid, _answer_fields)
    api.add_exception_handler(Http404, _answer_missing)
    api.add_exception_handler(RequestDataTooBig, _answer_too_large)
    api.add_exception_handler(HttpError, _answer_unreadable)


def _answer_api_error(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(error.status, error.code, error.title, error.detail, error.headers)


def _answer_file_error(request: HttpRequest, error: Any) -> HttpResponse:
    kind = error.problem.kind
    advice = kind.advise(has_begun=False)
    return answer_problem(422, kind.code, kind.title, str(error), advice=advice)


def _answer_refusal(request: HttpRequest, error: Any) -> HttpResponse:
    kind = next(kind for kind in type(error).__mro__ if kind in REFUSALS)
    more: dict[str, Any] = {}
    if isinstance(error, MappingError):
        more["faults"] = error.faults
    if isinstance(error, ChangedMeanwhile):
        more["changed"] = error.parts
    if isinstance(error, InvalidTransition):
        more["state"] = error.state
    if isinstance(error, WrongOffset):
        more["received"] = error.received
    headers = {"Retry-After": "1"} if isinstance(error, KeyInUse) else None
    return answer_problem(*REFUSALS[kind], str(error), headers, **more)


def _answer_invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """Say where a request is wrong and why; what stood there is left away."""
    return _answer_faults(
        [
            {"at": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]}
            for fault in error.errors
        ]
    )


def _answer_fields(request: HttpRequest, error: Any) -> HttpResponse:
    """Say which fields cannot be stored so, and why."""
    return _answer_faults(
        [
            {"at": "body" if name == NON_FIELD_ERRORS else f"body.{name}", "message": message}
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    )


def _answer_faults(faults: list[dict[str, str]]) -> HttpResponse:
    return answer_problem(
        422,
        "request_invalid",
        "The request is not valid",
        "Correct the fields in “faults”, then send the request again.",
        faults=faults,
    )


def _answer_missing(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(404, "not_found", "Not found", "It may have been deleted.")


def _answer_too_large(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(
        413,
        "request_too_large",
        "The request is too large",
        "A file can have any size. Everything else together can have 2.5 MB. Send files as “file”.",
    )


def _answer_unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error.__cause__, ValidationError):  # ninja calls all that a parser raises so
        return _answer_invalid(request, error.__cause__)
    return answer_problem(
        error.status_code, "request_unreadable", "The request cannot be read", str(error)
    )
