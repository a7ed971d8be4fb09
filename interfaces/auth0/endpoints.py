"""Answer requests by what is said of each operation: who may, with which query and which body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from imports.core.errors import ImporterError
from imports.core.values.nesting import DEPTH_LIMIT, measure_depth
from imports.models import Connection
from imports.services.connections.people import ConnectionRefused
from interfaces.auth0.access import admit, require_permissions, write_limits
from interfaces.auth0.errors import Refusal, answer_error, refuse_body, refuse_nul, refuse_query
from interfaces.auth0.schemas import Schema, find_faults

MOST_BYTES = 1 << 20
VIEW_USER, VIEW_ROLE = "accounts.view_user", "accounts.view_role"
WORDS = {"true": True, "false": False}
NUL = b"\\u0000"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was let in: for whom, with the query and the body that its operation has."""

    request: HttpRequest
    connection: Connection
    query: Mapping[str, Any]
    body: Any = None


Run = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, as it is run and as the OpenAPI document tells of it.

    It takes any of the `scopes`, and the `permissions` of everybody whom the connection acts for.
    `query` are the parameters with their schemas, `body` is that of a JSON body; `answer` names
    the schema of what `run` returns, with `status`. `refusals` are those besides the usual, and
    besides 404 where the path has a parameter.
    """

    name: str
    summary: str
    run: Run
    scopes: tuple[str, ...]
    permissions: tuple[str, ...] = ()
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: Schema | None = None
    form: Schema | None = None
    status: int = 200
    answer: str = ""
    refusals: tuple[int, ...] = ()


class Endpoint:
    """A view of one URL: the operation of each method."""

    csrf_exempt = True

    def __init__(self, **operations: Operation) -> None:
        self.operations = operations

    def __call__(self, request: HttpRequest, **arguments: str) -> HttpResponseBase:
        return _answer(request, self.operations, arguments)


@csrf_exempt
@never_cache
def _answer(
    request: HttpRequest, operations: Mapping[str, Operation], arguments: Mapping[str, str]
) -> HttpResponseBase:
    limits: dict[str, str] = {}
    try:
        operation = operations.get(request.method or "")
        if operation is None:
            raise Refusal(405, "Method Not Allowed", headers={"Allow": ", ".join(operations)})
        connection, allowance = admit(request, operation.scopes)
        limits = write_limits(allowance)
        require_permissions(connection, operation.permissions)
        query = read_query(request.GET.dict(), operation.query)
        body = None if operation.body is None else _read_body(request, operation.body)
        found = operation.run(Asked(request, connection, query, body), **arguments)
        answered = _write(found, operation.status)
    except Refusal as refusal:
        answered = answer_error(refusal)
    except ConnectionRefused as error:
        answered = answer_error(Refusal(403, str(error)))
    except ImporterError as error:
        answered = answer_error(Refusal(400, str(error), "operation_not_supported"))
    for name, value in limits.items():
        answered[name] = value
    return answered


def _write(found: Any, status: int) -> HttpResponse:
    if found is None:
        return HttpResponse(status=204)
    return HttpResponse(orjson.dumps(found), status=status, content_type="application/json")


@csrf_exempt
def refuse_unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer every other URL below the prefix."""
    return answer_error(Refusal(404, "Not Found"))


def read_query(query: Mapping[str, str], schemas: Mapping[str, Schema]) -> dict[str, Any]:
    """Return the parameters of a query as their schemas have them; raises Refusal."""
    if unknown := sorted(query.keys() - schemas.keys()):
        raise refuse_query(f"Additional properties not allowed: {unknown[0]}")
    found: dict[str, Any] = {}
    for name, text in query.items():
        schema = schemas[name]
        value: Any = text
        if schema["type"] == "boolean":
            value = WORDS.get(text, text)
        elif schema["type"] == "integer" and text.isascii() and text.isdecimal():
            value = int(text[:12])
        for fault in find_faults(value, schema):
            raise refuse_query(f"{fault.message} on property {name}")
        found[name] = value
    return found


def _read_body(request: HttpRequest, schema: Schema) -> Any:
    content = request.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refusal(413, "Payload Too Large")
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Refusal(
            400, f"Invalid request payload JSON format: {error}", "invalid_body"
        ) from None
    if measure_depth(content) > DEPTH_LIMIT:
        raise refuse_body(f"Expected no more than {DEPTH_LIMIT} levels of objects and arrays")
    if NUL in content:
        raise refuse_nul()
    for fault in find_faults(body, schema):
        place = f" on property {fault.path}" if fault.path else ""
        is_named = fault.code in ("OBJECT_REQUIRED", "NOT_PASSED")
        raise refuse_body(fault.message + ("" if is_named else place))
    return body


def answer_json(body: Any, status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status)
