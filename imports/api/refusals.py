"""Say in the OpenAPI document with which codes each operation refuses a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from imports.api.problems import CONTENT_TYPE, REFUSALS

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
}
STATUSES = {
    **EVERYWHERE,
    "not_found": 404,
    "request_too_large": 413,
    "media_type_unknown": 415,
    "request_invalid": 422,
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


def list_refusals(*codes: str) -> dict[str, Any]:
    """Return the codes that are an operation's own, as its `openapi_extra`."""
    return {OWN: codes}


def complete_operation(operation: dict[str, Any]) -> None:
    """Add to an operation of the document what it answers to a refused request, by status."""
    codes = [*EVERYWHERE, *_list_usual(operation), *operation.pop(OWN, ())]
    if "changed_meanwhile" in codes:
        operation.setdefault("parameters", []).append(IF_MATCH)
    by_status = defaultdict(list)
    for code in codes:
        by_status[STATUSES[code]].append(FILE_WORDS if code == FILE else f"`{code}`")
    schema = {"$ref": "#/components/schemas/Problem"}
    for status, words in sorted(by_status.items()):
        operation["responses"][status] = {
            "description": ", ".join(words),
            "content": {CONTENT_TYPE: {"schema": schema}},
        }


def _list_usual(operation: dict[str, Any]) -> Iterator[str]:
    """Yield the codes that follow from what an operation takes."""
    places = {each["in"] for each in operation.get("parameters", ())}
    if "path" in places:
        yield "not_found"
    if "requestBody" in operation:
        yield "request_too_large"
    if "requestBody" in operation or places - {"path"}:
        yield "request_invalid"
