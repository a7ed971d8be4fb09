"""Conclude every operation alike: no unknown parameter, an entity tag, one answer for each key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Status
from ninja.errors import ValidationError
from ninja.operation import Operation
from ninja.responses import Response

from imports.api.requests.bodies import refuse_unknown_query
from imports.models.request_keys import KEY_LENGTH
from imports.services.files.uploads import digest_file
from imports.services.jobs.request_keys import Answer, answer_once, digest_request

JSON = "application/json"
KEY_PATTERN = rf"^[\x20-\x7e]{{0,{KEY_LENGTH}}}$"
View = Callable[..., Any]


def conclude(view: View) -> View:
    """Return the function of an operation so that it answers as all of them do.

    What it returned to a client's POST with a key is stored in the same transaction as what it
    did. Connections have keys of their own, since their batches are many.
    """
    operation: Operation = view._ninja_operation  # type: ignore[attr-defined]
    known = set(list_query_names(operation))

    @wraps(view)
    def call(request: HttpRequest, **values: Any) -> HttpResponseBase:
        refuse_unknown_query(request, known)
        client_id = getattr(request, "client_id", "")
        key = read_key(request) if client_id and request.method == "POST" else ""
        if not key:
            return _respond(operation, view(request, **values))

        def make() -> Answer:
            response = _respond(operation, view(request, **values))
            assert isinstance(response, HttpResponse)  # noqa: S101 - nothing is streamed to a POST
            return Answer(response.status_code, response.get("ETag", ""), response.content)

        return _repeat(answer_once(client_id, key, _digest(request), make))

    return call


def list_query_names(operation: Operation) -> Iterator[str]:
    """Yield the names of the parameters that an operation takes in its query."""
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            yield from model.__ninja_flatten_map__


def read_key(request: HttpRequest) -> str:
    """Return the key of a request, empty without one. Raises ValidationError."""
    key = request.headers.get("Idempotency-Key", "")
    if not re.match(KEY_PATTERN, key):
        message = f"A key has at most {KEY_LENGTH} characters of printable ASCII."
        fault = {"loc": ("header", "Idempotency-Key"), "msg": message, "type": "value_error"}
        raise ValidationError([fault])
    return key


def _respond(operation: Operation, result: Any) -> HttpResponseBase:
    if isinstance(result, HttpResponseBase):
        return result
    status = next(iter(operation.response_models))
    if isinstance(result, Status):
        status, result = result.status_code, result.value
    if operation.response_models[status] is None:
        empty = HttpResponse(status=status)
        del empty["Content-Type"]
        return empty
    response = Response(result, status=status)
    if etag := getattr(result, "etag", ""):
        response["ETag"] = f'"{etag}"'
    return response


def _repeat(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type=JSON)
    if answer.etag:
        response["ETag"] = answer.etag
    return response


def _digest(request: HttpRequest) -> str:
    """Return a digest of all that a request says; a form is written with another boundary again."""
    parts = [request.get_full_path(), request.content_type or ""]
    if request.content_type != "multipart/form-data":
        return digest_request(*parts, request.body.hex())
    for name, values in request.POST.lists():
        parts += [name, *values]
    for name, files in request.FILES.lists():
        for file in files:
            parts += [name, file.name or "", digest_file(file)]
    return digest_request(*parts)
