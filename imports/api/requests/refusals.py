"""Say in the OpenAPI document with which codes each operation refuses a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from imports.api.requests.concluding import KEY_PATTERN
from imports.api.requests.problems import CONTENT_TYPE, REFUSALS
from imports.core.problems import of_files
from imports.core.problems.catalogue import list_rows
from imports.models.request_keys import KEY_LENGTH

# How an operation lists its own codes, until the document is complete.
OWN = "x-refusals"
# Any code that says why a file cannot be read; there are many.
FILE = "file"
FILE_WORDS = "a code of “Reading the file” in docs/problems.md"
# What every operation may answer, whoever calls it and whatever it does.
EVERYWHERE = {
    "request_unreadable": 400,
    "token_missing": 401,
    "token_invalid": 401,
    "scope_missing": 403,
    "permission_missing": 403,
    "too_many_requests": 429,
    "internal_error": 500,
    "unavailable": 503,
    # An unknown parameter.
    "request_invalid": 422,
}
STATUSES = {
    **EVERYWHERE,
    "not_found": 404,
    "request_too_large": 413,
    "media_type_unknown": 415,
    "provider_unknown": 422,
    "reading_invalid": 422,
    FILE: 422,
    **{code: status for status, code, _ in REFUSALS.values()},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The `digest` of what you have read. The request is refused if anything on which"
    " it depends has changed since. Empty: it applies to the job as it is now.",
    "schema": {"type": "string"},
}


CODES = {
    "description": "Codes of the API are in docs/api.md, those of files in docs/problems.md.",
    "type": "string",
    "enum": sorted({*STATUSES, *(kind.code for kind in list_rows(of_files))} - {FILE}),
}
ANSWER_HEADERS = {
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimit-Policy"},
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
}
HEADERS = {
    "RateLimit-Policy": {
        "description": 'Requests allowed in a time in seconds, as `"minute";q=600;w=60`'
        " (draft-ietf-httpapi-ratelimit-headers).",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": 'Requests left, and the seconds until there are more: `"minute";r=9;t=42`.',
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Stands for what was read, in quotes, to be sent as If-Match.",
        "schema": {"type": "string"},
    },
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Printable ASCII of your choice: for seven days, the same request with the same"
    " key is done once, and answered again. Empty: every request is done.",
    "schema": {"type": "string", "maxLength": KEY_LENGTH, "pattern": KEY_PATTERN},
}


def list_refusals(*codes: str) -> dict[str, Any]:
    """Return the codes that are an operation's own, as its `openapi_extra`."""
    return {OWN: codes}


def complete_operation(operation: dict[str, Any], method: str) -> None:
    """Add to an operation of the document its usual headers, and how it refuses, by status."""
    parameters = operation.setdefault("parameters", [])
    codes = [*EVERYWHERE, *_list_usual(operation), *operation.pop(OWN, ())]
    if method == "post":
        parameters.append(IDEMPOTENCY_KEY)
        codes += ["key_in_use", "key_reused"]
    if "changed_meanwhile" in codes:
        parameters.append(IF_MATCH)
    by_status = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[STATUSES[code]].append(FILE_WORDS if code == FILE else f"`{code}`")
    for answer in operation["responses"].values():
        answer["headers"] = ANSWER_HEADERS
    schema = {"$ref": "#/components/schemas/Problem"}
    for status, words in sorted(by_status.items()):
        operation["responses"][status] = {
            "description": ", ".join(words),
            "content": {CONTENT_TYPE: {"schema": schema}},
        }


def _list_usual(operation: dict[str, Any]) -> Iterator[str]:
    """Yield the codes that follow from what an operation takes."""
    if any(each["in"] == "path" for each in operation["parameters"]):
        yield "not_found"
    if "requestBody" in operation:
        yield "request_too_large"
