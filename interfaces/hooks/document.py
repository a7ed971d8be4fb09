"""The OpenAPI document of the hooks, out of what each system says about itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from imports.services.connections.kinds import HOOK
from interfaces.hooks.answers import list_answers
from interfaces.hooks.contract import BodyError, Caller, Operation, refuse_plainly
from interfaces.hooks.registry import CALLERS

JSON = "application/json"
REFUSALS = {
    400: "The body is not one of this system, or not encrypted for this connection",
    401: "The token is missing, unknown, expired, or lacks the scope",
    404: "There is no such hook",
    405: "Another method",
    413: "More than 64 kB",
    415: "Another content type than JSON",
    429: "Too many requests, or too many tokens that were refused",
    503: "The connection cannot be used, or there is no turn to verify a password: try again",
}
TENANT = {
    "name": "tenant",
    "in": "path",
    "required": True,
    "description": "The tenant of the connection.",
    "schema": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
}


def write_path(caller: Caller, operation: Operation, tenant: str = "{tenant}") -> str:
    """Return the path of an operation on this installation."""
    parts = [HOOK.get_path(tenant), caller.name, operation.path]
    return "/".join(filter(None, parts))


def build_document() -> dict[str, Any]:
    """Return the OpenAPI document of the hooks."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Userferry, sign-in hooks",
            "version": "1",
            "description": "Systems that people move to ask whether a password is right.",
        },
        "paths": {
            write_path(caller, operation): _describe_path(caller, operation)
            for caller in CALLERS.values()
            for operation in caller.operations
        },
        "components": {
            "securitySchemes": {
                caller.name: _describe_token(caller) for caller in CALLERS.values()
            },
        },
    }


def _describe_token(caller: Caller) -> dict[str, Any]:
    if caller.party:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": f"A token of the connection's issuer, issued to {caller.party}.",
        }
    return {
        "type": "apiKey",
        "in": "header",
        "name": caller.header,
        "description": "A token of the connection, alone or as a bearer token.",
    }


def _describe_path(caller: Caller, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"parameters": [TENANT], "post": _describe(caller, operation)}
    if caller.has_health_check:
        described["get"] = {
            "operationId": f"check_{caller.name}",
            "summary": "Say that there is a hook",
            "responses": {
                "200": {"description": "There is"},
                "404": _describe_answer(
                    [REFUSALS[404]], [_derive_schema(refuse_plainly(404, "").body)]
                ),
            },
        }
    return described


def _describe(caller: Caller, operation: Operation) -> dict[str, Any]:
    verdicts: dict[int, list[str]] = defaultdict(list)
    schemas: dict[int, list[Any]] = defaultdict(list)
    for verdict, reply in list_answers(operation).items():
        verdicts[reply.status].append(verdict)
        schema = _derive_schema(reply.body)
        if schema not in schemas[reply.status]:
            schemas[reply.status].append(schema)
    for status, words in REFUSALS.items():
        # At a URL that is not there, nothing says which system asks.
        refuse = refuse_plainly if status == 404 else caller.refuse
        refused = _derive_schema(refuse(status, "").body)
        verdicts[status].append(words)
        if refused not in schemas[status]:
            schemas[status].append(refused)
    return {
        "operationId": "_".join(filter(None, [caller.name, operation.path.replace("-", "_")])),
        "summary": operation.summary,
        "security": [{caller.name: []}],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": _describe_body(operation, operation.example),
                    "example": operation.example,
                }
            },
        },
        "responses": {
            str(status): _describe_answer(words, schemas[status])
            for status, words in sorted(verdicts.items())
        },
    }


def _describe_answer(words: list[str], schemas: list[Any]) -> dict[str, Any]:
    return {
        "description": "; ".join(words),
        "content": {JSON: {"schema": {"anyOf": schemas}}},
    }


def _describe_body(operation: Operation, example: Any, *place: str) -> dict[str, Any]:
    """Return the schema of what an operation reads: it tells itself what it cannot do without."""
    if not isinstance(example, Mapping):
        is_fixed = not _is_read(operation, place, f"{example} ")
        return {"const": example} if is_fixed else {"type": "string", "minLength": 1}
    needed = [name for name in example if not _is_read(operation, (*place, name))]
    members = {name: _describe_body(operation, example[name], *place, name) for name in needed}
    others: dict[str, Any] = {name: {} for name in example if name not in members}
    return {"type": "object", "required": needed, "properties": {**members, **others}}


def _is_read(operation: Operation, place: tuple[str, ...], value: str | None = None) -> bool:
    """Return whether the example is read with another value at a place, or with none there."""
    body: Any = deepcopy(operation.example)
    node = body
    for name in place[:-1]:
        node = node[name]
    if value is None:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    try:
        operation.read(body, lambda _: operation.decrypted)
    except BodyError:
        return False
    return True


def _derive_schema(example: Any) -> dict[str, Any]:
    """Return the JSON schema of a body that looks like the example; it may have more members."""
    if isinstance(example, dict):
        members = {name: _derive_schema(each) for name, each in example.items()}
        return {"type": "object", "properties": members}
    if isinstance(example, list):
        return {"type": "array", "items": _derive_schema(example[0])}
    if isinstance(example, bool):
        return {"type": "boolean"}
    return {"type": "string"}
