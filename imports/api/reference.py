"""The reference page of the API, rendered here from its document: it loads no script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imports.api.application import api
from imports.api.document import list_fields, list_own_refusals, name_answer, name_type
from imports.api.requests.problems import CONTENT_TYPE

LINK = re.compile(r"\[(\w+)\]\(#\w+\)")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of an object."""

    name: str
    type: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class ListedOperation:
    """An operation as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    body: str
    answers: list[str]
    refusals: list[tuple[int, str]]


@require_safe
def show_reference(request: HttpRequest) -> HttpResponse:
    """Show every operation and every object of the API."""
    document = api.get_openapi_schema()
    context = {
        "groups": _group(document["paths"]),
        "objects": [
            (name, schema.get("description", ""), list(_list_members(schema)))
            for name, schema in sorted(document["components"]["schemas"].items())
        ],
    }
    return render(request, "imports/api/reference.html", context)


def _group(paths: Mapping[str, Any]) -> dict[str, list[ListedOperation]]:
    """Return the operations by the tag that they have."""
    groups: dict[str, list[ListedOperation]] = {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["other"])[0].capitalize()
            groups.setdefault(tag, []).append(_describe(method, path, operation))
    return groups


def _describe(method: str, path: str, operation: Mapping[str, Any]) -> ListedOperation:
    contents = operation.get("requestBody", {}).get("content", {})
    return ListedOperation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        parameters=[
            Field(each["name"], _write(each["schema"]), each["required"], each["description"])
            for each in operation.get("parameters", ())
        ],
        body=", ".join(f"{_write(each['schema'])} ({media})" for media, each in contents.items()),
        answers=[
            f"{status} {_unlink(name_answer(answer))}".strip()
            for status, answer in operation["responses"].items()
            if CONTENT_TYPE not in answer.get("content", {})
        ],
        refusals=list_own_refusals(operation),
    )


def _list_members(schema: Mapping[str, Any]) -> Iterator[Field]:
    for name, each, is_required in list_fields(schema):
        yield Field(name, _write(each), is_required, each.get("description", ""))


def _write(schema: Mapping[str, Any]) -> str:
    return _unlink(name_type(schema))


def _unlink(written: str) -> str:
    """Return a type without the marks of Markdown."""
    return LINK.sub(r"\1", written).replace("`", "")
