"""The OpenAPI document of the interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from interfaces.secureauth.dump import LISTS
from interfaces.secureauth.errors import TITLES

JSON = "application/json"
CONFIGURATION = {
    "/api/identity/system/{tenant}/configuration": ("documented", True),
    "/api/identity/{tenant}/configuration": ("client", True),
    "/api/identity/system/configuration": ("root", False),
}
TOKEN = {"/{tenant}/system/oauth2/token": ("tenant", True), "/system/oauth2/token": ("root", False)}
TENANT = {
    "name": "tenant",
    "in": "path",
    "required": True,
    "description": "The tenant of the connection, or `system` for that of the token.",
    "schema": {"type": "string"},
}
TID = {
    "name": "tid",
    "in": "query",
    "description": "The tenant, where the path has `system` in its place.",
    "schema": {"type": "string"},
}
MODE = {
    "name": "mode",
    "in": "query",
    "description": "What happens to users who exist already.",
    "schema": {"type": "string", "enum": ["ignore", "fail", "update"], "default": "ignore"},
}
ERROR = {
    "type": "object",
    "properties": {
        "status_code": {"type": "integer"},
        "error": {"type": "string", "description": "What is wrong and what to do."},
        "error_code": {"type": "string"},
        "details": {"type": "object", "description": "`records` names entries and fields."},
    },
}
TOKEN_ERROR = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "error_description": {"type": "string"},
        "error_hint": {"type": "string"},
        "cause": {"type": "string"},
        "status_code": {"type": "integer"},
        "details": {"type": "object"},
    },
}
TOKEN_ANSWER = {
    "type": "object",
    "required": ["access_token", "expires_in", "scope", "token_type"],
    "properties": {
        "access_token": {"type": "string"},
        "expires_in": {"type": "integer"},
        "scope": {"type": "string"},
        "token_type": {"type": "string"},
    },
}
DUMP = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: {"type": "array", "items": {"type": "object"}} for name in LISTS},
}
PATCH = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["op", "path", "value"],
        "properties": {
            "op": {"type": "string", "enum": ["add", "replace"]},
            "path": {"type": "string"},
            "value": {},
        },
    },
}


def build_document() -> dict[str, Any]:
    """Return the OpenAPI document of the interface."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Userferry, SecureAuth-compatible",
            "version": "1",
            "description": "Identity pools of SecureAuth Connect (Cloudentity), imported and"
            " exported by its own scripts.",
        },
        "paths": {**dict(_list_configuration()), **dict(_list_tokens())},
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token of the token endpoint.",
                }
            },
            "schemas": {
                "TenantDump": DUMP,
                "Patch": PATCH,
                "Error": ERROR,
                "Token": TOKEN_ANSWER,
                "TokenError": TOKEN_ERROR,
            },
        },
    }


def _list_configuration() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, (name, has_tenant) in CONFIGURATION.items():
        common = [TENANT] if has_tenant else []
        yield (
            path,
            {
                "get": _describe(
                    f"export_{name}", "Export users", [*common, TID], {200: "TenantDump"}
                ),
                "put": _describe(
                    f"import_{name}", "Import users", [*common, TID, MODE], {204: ""}, "TenantDump"
                ),
                "patch": _describe(
                    f"patch_{name}", "Add to users", [*common, TID, MODE], {204: ""}, "Patch"
                ),
            },
        )


def _list_tokens() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, (name, has_tenant) in TOKEN.items():
        form = {
            "type": "object",
            "required": ["grant_type"],
            "properties": {
                each: {"type": "string"}
                for each in ("grant_type", "client_id", "client_secret", "scope")
            },
        }
        answers = {
            "200": _answer("The token", "Token"),
            **{str(each): _answer(TITLES[each], "TokenError") for each in (400, 401, 403, 429)},
            "405": {"description": TITLES[405]},
        }
        yield (
            path,
            {
                "post": {
                    "operationId": f"issue_token_{name}",
                    "summary": "Exchange id and secret of a client for an access token",
                    "parameters": [TENANT] if has_tenant else [],
                    "requestBody": {
                        "content": {"application/x-www-form-urlencoded": {"schema": form}}
                    },
                    "responses": answers,
                }
            },
        )


def _describe(
    name: str,
    summary: str,
    parameters: list[dict[str, Any]],
    answers: dict[int, str],
    body: str = "",
) -> dict[str, Any]:
    refusals = [400, 401, 403, 404, 422, 429, 500, 503] + ([409, 413] if body else [])
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "security": [{"token": []}],
        "parameters": parameters,
        "responses": {
            **{
                str(status): _answer("Done", schema) if schema else {"description": "Done"}
                for status, schema in answers.items()
            },
            **{str(status): _answer(TITLES[status], "Error") for status in sorted(refusals)},
        },
    }
    if body:
        schema = {"$ref": f"#/components/schemas/{body}"}
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return operation


def _answer(description: str, schema: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": description, "content": {JSON: {"schema": reference}}}
