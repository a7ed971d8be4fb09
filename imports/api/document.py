"""Write docs/api-reference.md from the API's own OpenAPI document.

`python manage.py shell -c "from imports.api.document import write_page; write_page()"`
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from imports.api.application import api
from imports.api.requests.problems import CONTENT_TYPE
from imports.api.requests.refusals import EVERYWHERE

PAGE = Path(__file__).parents[2] / "docs" / "api-reference.md"
INTRODUCTION = """\
# API reference

Generated from the OpenAPI document by
`python manage.py shell -c "from imports.api.document import write_page; write_page()"`; a test
fails when it is stale. How to get a token, an import as an example, and all errors are in
[api.md](api.md).

## Operations

Every operation may also refuse with {everywhere}.
"""
JSON = "application/json"
# How descriptions name a page, which the page links to.
PAGE_NAMED = re.compile(r"\bdocs/([\w-]+\.md)")


def render_page() -> str:
    """Return docs/api-reference.md as it has to be."""
    document = api.get_openapi_schema()
    operations = (
        render_operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    objects = sorted(document["components"]["schemas"].items())
    fields = (render_object(name, schema) for name, schema in objects)
    text = "\n".join([*operations, "## Objects\n", *fields])
    introduction = INTRODUCTION.format(everywhere=write_refusals(list_everywhere()))
    return f"{introduction}\n{PAGE_NAMED.sub(_link_page, text)}"


def write_page() -> None:
    """Write the page."""
    PAGE.write_text(render_page(), encoding="utf-8")


def render_operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    """Return the section of an operation: what it does, its parameters, and what it answers."""
    lines = [f"### `{method.upper()} {path}`\n", operation.get("description", "")]
    parameters = [
        (each["name"], {"description": each["description"], **each["schema"]}, each["required"])
        for each in operation.get("parameters", ())
    ]
    if parameters:
        lines.append("\n" + render_fields(parameters).rstrip())
    if body := operation.get("requestBody"):
        media, content = next(iter(body["content"].items()))
        form = list_fields(content["schema"])
        lines.append(f"\nTakes {'a form' if form else name_type(content['schema'])} ({media}).")
        if form:
            lines.append("\n" + render_fields(form).rstrip())
    answers = (
        f"{status} {name_answer(answer)}".strip()
        for status, answer in operation["responses"].items()
        if CONTENT_TYPE not in answer.get("content", {})
    )
    lines.append(f"\nAnswers {', '.join(answers)}.")
    if own := list_own_refusals(operation):
        lines.append(f"\nRefuses with {write_refusals(own)}.")
    return "\n".join(lines) + "\n"


def name_answer(answer: Mapping[str, Any]) -> str:
    """Return what an answer holds: an object, or a media type; nothing for an empty one."""
    content = answer.get("content", {})
    return name_type(content[JSON]["schema"]) if JSON in content else ", ".join(content)


def list_everywhere() -> list[tuple[int, str]]:
    """Return status and code of each refusal that all operations have in common."""
    return [(status, f"`{code}`") for code, status in EVERYWHERE.items()]


def list_own_refusals(operation: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return status and code of each refusal that not all operations have in common."""
    common = {code for _, code in list_everywhere()}
    return [
        (status, code)
        for status, answer in operation["responses"].items()
        if CONTENT_TYPE in answer.get("content", {})
        for code in answer["description"].split(", ")
        if code not in common
    ]


def write_refusals(refusals: list[tuple[int, str]]) -> str:
    """Return statuses, each with its codes."""
    by_status: dict[int, list[str]] = {}
    for status, code in refusals:
        by_status.setdefault(status, []).append(code)
    return "; ".join(f"{status} {', '.join(codes)}" for status, codes in by_status.items())


def render_object(name: str, schema: Mapping[str, Any]) -> str:
    """Return the section of an object: what it is, and its fields."""
    lines = [f"### {name}\n"]
    if description := schema.get("description"):
        lines.append(f"{description}\n")
    if "enum" in schema:
        lines.append(f"One of {list_choices(schema['enum'])}.\n")
    if fields := list_fields(schema):
        lines.append(render_fields(fields))
    return "\n".join(lines)


def list_fields(schema: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], bool]]:
    """Return name and schema of each field of an object, and whether it is required."""
    required = schema.get("required", ())
    properties = schema.get("properties", {})
    return [(name, field, name in required) for name, field in properties.items()]


def render_fields(fields: Sequence[tuple[str, Mapping[str, Any], bool]]) -> str:
    """Return the table of fields: name, schema, and whether it is required."""
    header = "| Field | Type | Unless given | |\n|---|---|---|---|\n"
    return header + "".join(
        f"| `{name}` | {name_type(schema)} | {name_default(schema, is_required=is_required)}"
        f" | {' '.join(schema.get('description', '').split())} |\n"
        for name, schema, is_required in fields
    )


def name_default(schema: Mapping[str, Any], *, is_required: bool) -> str:
    """Return what a field is when it is not sent; nothing for a blank one."""
    if is_required:
        return "required"
    default = schema.get("default")
    return "" if default in (None, "", [], {}) else f"`{json.dumps(default)}`"


def name_type(schema: Mapping[str, Any]) -> str:
    """Return in words what a value may be; objects of the page with a link."""
    return " or ".join(dict.fromkeys(list_types(schema)))


def list_types(schema: Mapping[str, Any]) -> Iterator[str]:
    if content := schema.get("contentSchema"):
        yield f"JSON of {name_type(content)}"
    elif reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        yield f"[{name}](#{name.lower()})"
    elif choices := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        yield list_choices(choices)
    elif options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        for each in options:
            yield from list_types(each)
    elif members := schema.get("prefixItems"):
        yield f"({', '.join(map(name_type, members))})"
    elif schema.get("type") == "array":
        yield f"list of {name_type(schema.get('items', {}))}"
    elif isinstance(extra := schema.get("additionalProperties"), Mapping) and extra:
        yield f"object of {name_type(extra)}"
    else:
        yield str(schema.get("format") or schema.get("type") or "anything")


def _link_page(named: re.Match[str]) -> str:
    return f"[{named[1]}]({named[1]})"


def list_choices(choices: list[Any]) -> str:
    return ", ".join(f"`{choice}`" for choice in choices)
