"""The OpenAPI document of the interface, written from its operations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse

from interfaces.auth0.endpoints import Operation
from interfaces.auth0.errors import PREFIX, TOKEN_PATH
from interfaces.auth0.operations import OPERATIONS
from interfaces.auth0.resources import FIELDS
from interfaces.auth0.schemas import FLAG, IMPORTED_USER, OBJECT, TEXT, Schema

JSON = "application/json"
ROUTE_PARAMETER = re.compile(r"<\w+:(\w+)>")
USUAL_REFUSALS = (400, 401, 403, 405, 429, 500, 503)
LIMITS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
COUNT: Schema = {"type": "integer"}
OBJECTS = frozenset({"user_metadata", "app_metadata"})
FLAGS = frozenset({"email_verified", "phone_verified", "blocked"})


def _describe_list(name: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _describe_page(members: str, name: str) -> Schema:
    """Return the schema of a list: bare, with totals, or from a checkpoint."""
    listed = _describe_list(name)
    page = {
        "type": "object",
        "required": [members],
        "properties": {
            members: listed,
            **dict.fromkeys(("start", "limit", "length", "total"), COUNT),
            "next": TEXT,
        },
    }
    return {"anyOf": [listed, page]}


def _describe_member(name: str) -> Schema:
    if name == "identities":
        return {"type": "array", "items": OBJECT}
    return OBJECT if name in OBJECTS else FLAG if name in FLAGS else TEXT


SCHEMAS: Mapping[str, Schema] = {
    "User": {"type": "object", "properties": {name: _describe_member(name) for name in FIELDS}},
    "Users": _describe_list("User"),
    "UserPage": _describe_page("users", "User"),
    "ImportedUser": IMPORTED_USER,
    "Role": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": TEXT, "name": TEXT, "description": TEXT},
    },
    "RolePage": _describe_page("roles", "Role"),
    "Connection": {
        "type": "object",
        "required": ["id", "name", "strategy"],
        "properties": {"id": TEXT, "name": TEXT, "strategy": TEXT},
    },
    "ConnectionPage": _describe_page("connections", "Connection"),
    "Job": {
        "type": "object",
        "required": ["id", "type", "status"],
        "properties": {
            "id": TEXT,
            "type": {"type": "string", "enum": ["users_import", "users_export"]},
            "status": {"type": "string", "enum": ["pending", "completed"]},
            "created_at": TEXT,
            "connection_id": TEXT,
            "location": TEXT,
            "summary": {
                "type": "object",
                "properties": dict.fromkeys(("failed", "updated", "inserted", "total"), COUNT),
            },
        },
    },
    "JobErrors": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["user", "errors"],
            "properties": {
                "user": OBJECT,
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"code": TEXT, "message": TEXT, "path": TEXT},
                    },
                },
            },
        },
    },
    "Nothing": {"type": "object", "maxProperties": 0},
    "Error": {
        "type": "object",
        "required": ["statusCode", "error", "message"],
        "properties": {
            "statusCode": COUNT,
            "error": TEXT,
            "message": {"type": "string", "description": "What is wrong and what to do."},
            "errorCode": TEXT,
        },
    },
    "Token": {
        "type": "object",
        "required": ["access_token", "expires_in", "scope", "token_type"],
        "properties": {
            "access_token": TEXT,
            "expires_in": COUNT,
            "scope": TEXT,
            "token_type": TEXT,
        },
    },
    "TokenError": {
        "type": "object",
        "required": ["error", "error_description"],
        "properties": {"error": TEXT, "error_description": TEXT},
    },
}
TOKEN_FORM: Schema = {
    "type": "object",
    "required": ["grant_type"],
    "properties": dict.fromkeys(
        ("grant_type", "client_id", "client_secret", "audience", "scope"), TEXT
    ),
}


def get_document(request: HttpRequest) -> JsonResponse:
    return JsonResponse(build_document())


def build_document() -> dict[str, Any]:
    """Return the OpenAPI document of the interface."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Userferry, Auth0-compatible",
            "version": "2",
            "description": "Users of Auth0's Management API, imported, changed and exported by its"
            " own clients.",
        },
        "paths": {**dict(_list_paths()), TOKEN_PATH: {"post": _describe_token()}},
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token of the token endpoint.",
                }
            },
            "schemas": dict(SCHEMAS),
        },
    }


def _list_paths() -> Iterator[tuple[str, dict[str, Any]]]:
    for route, operations in OPERATIONS.items():
        names = ROUTE_PARAMETER.findall(route)
        path = PREFIX + ROUTE_PARAMETER.sub(r"{\1}", route)
        yield path, {method.lower(): _describe(each, names) for method, each in operations.items()}


def _describe(operation: Operation, names: list[str]) -> dict[str, Any]:
    # Not every text in a path is at the URL of an operation.
    refusals = {*USUAL_REFUSALS, *operation.refusals, *([404] if names else [])}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Any of the scopes: {', '.join(operation.scopes)}.",
        "security": [{"token": []}],
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {**TEXT, "minLength": 1}}
                for name in names
            ),
            *(
                {"name": name, "in": "query", "schema": schema}
                for name, schema in operation.query.items()
            ),
        ],
    }
    if operation.body is not None:
        described["requestBody"] = _describe_body(JSON, operation.body)
        refusals.add(413)
    if operation.form is not None:
        described["requestBody"] = _describe_body("multipart/form-data", operation.form)
        refusals.add(413)
    done = {str(operation.status): _answer("Done", operation.answer)}
    if operation.name == "list_job_errors":
        done["204"] = _answer("Nobody failed", "")
    described["responses"] = {
        **done,
        **{str(status): _answer(HTTPStatus(status).phrase, "Error") for status in sorted(refusals)},
    }
    return described


def _describe_body(media_type: str, schema: Schema) -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": schema}}}


def _answer(description: str, schema: str) -> dict[str, Any]:
    headers = {name: {"schema": TEXT} for name in LIMITS}
    answer: dict[str, Any] = {"description": description, "headers": headers}
    if schema:
        reference = {"$ref": f"#/components/schemas/{schema}"}
        answer["content"] = {JSON: {"schema": reference}}
    return answer


def _describe_token() -> dict[str, Any]:
    form = {"schema": TOKEN_FORM}
    refusals = (400, 401, 403, 405, 429)
    return {
        "operationId": "issue_token",
        "summary": "Exchange id and secret of a client for an access token",
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": form, JSON: form},
        },
        "responses": {
            "200": _answer("The token", "Token"),
            **{str(each): _answer(HTTPStatus(each).phrase, "TokenError") for each in refusals},
        },
    }
