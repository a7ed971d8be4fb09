"""Write the Python client in clients/python from the API's own OpenAPI document.

`python manage.py shell -c "from imports.api.client import write_client; write_client()"`
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imports.api.application import api

MODULE = Path(__file__).parents[2] / "clients" / "python" / "userferry" / "api.py"
PREFIX = "/api/v1/"
HEAD = '''\
"""The types and operations of the Userferry API; written from its OpenAPI document.

Do not edit: imports/api/client.py of Userferry writes this file.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from userferry.transport import Content, Operation, Parameter, Transport
'''
PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "dict[str, Any]",
    "array": "list[Any]",
}
JSON, FORM, BYTES = "application/json", "multipart/form-data", "application/octet-stream"


def render_client() -> str:
    """Return the module as it has to be."""
    document = api.get_openapi_schema()
    schemas = document["components"]["schemas"]
    operations = [
        Call(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    parts = [
        HEAD,
        *(render_type(name, schema) for name, schema in sorted(schemas.items())),
        'class Client(Transport):\n    """Calls each operation of the API."""\n',
        *(each.render_method() for each in operations),
        "OPERATIONS = {\n    each.name: each\n    for each in [",
        *(each.render_entry() for each in operations),
        "    ]\n}\n",
    ]
    return "\n".join(parts)


def write_client() -> None:
    """Write the module."""
    MODULE.write_text(render_client(), encoding="utf-8")


def render_type(name: str, schema: Mapping[str, Any]) -> str:
    """Return the definition of a type: a dictionary with known keys, or a choice of words."""
    if "properties" not in schema:
        return f"{name} = {name_type(schema)}\n"
    required = set(schema.get("required", ()))
    fields = {
        field: name_type(each) if field in required else f"NotRequired[{name_type(each)}]"
        for field, each in schema["properties"].items()
    }
    summary = quote(schema.get("description", name).split("\n\n")[0])
    lines = [f'class {name}(TypedDict):\n    """{summary}"""\n']
    lines += [f"    {field}: {written}" for field, written in fields.items()]
    return "\n".join(lines) + "\n"


def name_type(schema: Mapping[str, Any]) -> str:
    """Return a schema as Python writes the type."""
    return " | ".join(dict.fromkeys(_list_types(schema)))


def _list_types(schema: Mapping[str, Any]) -> Iterator[str]:
    if reference := schema.get("$ref"):
        yield reference.rpartition("/")[2]
    elif choices := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        yield f"Literal[{', '.join(repr(choice) for choice in choices)}]"
    elif options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        for each in options:
            yield from _list_types(each)
    elif schema.get("type") == "array" and schema.get("items"):
        yield f"list[{name_type(schema['items'])}]"
    elif isinstance(extra := schema.get("additionalProperties"), Mapping) and extra:
        yield f"dict[str, {name_type(extra)}]"
    else:
        yield PLAIN.get(str(schema.get("type")), "Any")


class Call:
    """One operation, as a method of the client and as an entry of the command line's table."""

    def __init__(self, method: str, path: str, operation: Mapping[str, Any]) -> None:
        self.method, self.path = method.upper(), path
        self.name = operation["operationId"]
        self.summary = operation["summary"]
        self.parameters = list(operation.get("parameters", ()))
        body = operation.get("requestBody", {})
        self.contents = body.get("content", {})
        self.needs_body = bool(body.get("required"))
        self.answer = name_answer(operation)

    def render_method(self) -> str:
        """Return the method that calls the operation."""
        placed = [f"{each['name']}: {name_type(each['schema'])}" for each in self._list("path")]
        named = [*self._list_content(), *map(_render_option, self._list("query", "header"))]
        arguments = ", ".join(["self", *placed, *(["*", *named] if named else [])])
        passed = "".join(f", {name}={name}" for name in self._list_names())
        return (
            f"    def {self.name}({arguments}) -> {self.answer}:\n"
            f'        """{quote(self.summary)}."""\n'
            f'        return self.call(OPERATIONS["{self.name}"]{passed})\n'
        )

    def render_entry(self) -> str:
        """Return the entry of the table."""
        parameters = ", ".join(
            f"Parameter({name_argument(each['name'])!r}, {each['name']!r}, {each['in']!r},"
            f" {name_type(each['schema'])!r}, {each['description']!r})"
            for each in self.parameters
        )
        return (
            f"    Operation({self.name!r}, {self._name_command()!r}, {self.method!r},"
            f" {self.path!r}, [{parameters}], {list(self.contents)!r}, {self.summary!r}),"
        )

    def _list(self, *places: str) -> list[Mapping[str, Any]]:
        return [each for each in self.parameters if each["in"] in places]

    def _list_content(self) -> Iterator[str]:
        if FORM in self.contents:
            yield "file: Content"
            yield "options: NewJob | None = None"
        elif BYTES in self.contents:
            yield "content: Content"
        elif self.contents:
            written = name_type(self.contents[JSON]["schema"])
            yield f"body: {written}{'' if self.needs_body else ' | None = None'}"

    def _list_names(self) -> Iterator[str]:
        if FORM in self.contents:
            yield from ("file", "options")
        elif self.contents:
            yield "content" if BYTES in self.contents else "body"
        yield from (name_argument(each["name"]) for each in self.parameters)

    def _name_command(self) -> tuple[str, str]:
        """Return group and action: `list_jobs` is `jobs list`."""
        group = self.path.removeprefix(PREFIX).partition("/")[0]
        action = self.name.removesuffix(f"_{group}").removesuffix(f"_{group.removesuffix('s')}")
        return group, action.replace("_", "-")


def _render_option(parameter: Mapping[str, Any]) -> str:
    written = name_type(parameter["schema"])
    none = "" if parameter["required"] else " | None = None"
    return f"{name_argument(parameter['name'])}: {written}{none}".replace("| None | None", "| None")


def name_argument(name: str) -> str:
    """Return the name of a parameter as an argument."""
    written = name.replace("-", "_").lower()
    return f"{written}_" if keyword.iskeyword(written) else written


def name_answer(operation: Mapping[str, Any]) -> str:
    """Return the type of what an operation answers when it does what it was asked for."""
    done = [each for status, each in operation["responses"].items() if int(status) < 300]
    types = []
    for answer in done:
        content = answer.get("content", {})
        if JSON in content:
            types.append(name_type(content[JSON]["schema"]))
        else:
            types.append("bytes" if content else "None")
    return " | ".join(dict.fromkeys(types))


def quote(text: str) -> str:
    """Return a text for a docstring, on one line."""
    return " ".join(text.split()).replace("\\", "\\\\").removesuffix(".")
