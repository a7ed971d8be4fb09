"""Whatever the code lists, the documentation tells of: settings, problems, permissions, events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from accounts.permission_areas import list_permission_areas
from imports.api.application import api
from imports.api.document import PAGE as API_PAGE
from imports.api.document import render_page
from imports.api.requests.refusals import FILE, STATUSES
from imports.api.schemas.records import RecordQuery
from imports.core.problems import CODES
from imports.models import NotificationEvent
from imports.views.results.filters import STAGES

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
SETTING = re.compile(
    r"""(?:(?:environ(?:\.get\(|\[)|\b(?:read_\w+|require)\()\s*["']([A-Z][A-Z0-9_]+)["'])"""
    r"""|["']((?:USERFERRY|ADMIN)_[A-Z_]+)["']"""
)
LINK = re.compile(r"\]\(([\w./-]+\.md)(?:#[\w-]*)?\)")
# Of a framework, not of ours.
FOREIGN = {"DJANGO_SETTINGS_MODULE", "TMPDIR"}


def list_settings() -> Iterator[str]:
    for package in ("importer_site", "accounts", "imports", "exports", "interfaces"):
        for path in (PROJECT / package).rglob("*.py"):
            for found in SETTING.finditer(path.read_text("utf-8")):
                yield found[1] or found[2]


def list_objects(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each schema of the API that has fields or is a choice of values, and its place."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from list_objects(each, f"{place}.{index}")
    elif isinstance(node, dict):
        if isinstance(node.get("properties"), dict) or isinstance(node.get("enum"), list):
            yield place, node
        for name, each in node.items():
            yield from list_objects(each, f"{place}.{name}".removeprefix(".components.schemas."))


API = api.get_openapi_schema()
OBJECTS = dict(list_objects(API))
FIELDS = [place for place, schema in OBJECTS.items() if "properties" in schema]
OPERATIONS = {
    operation["operationId"]: operation
    for methods in API["paths"].values()
    for operation in methods.values()
}
LONGEST_SUMMARY = 120
CHOICES = [place for place, schema in OBJECTS.items() if len(schema.get("enum", ())) > 1]


@cache
def read_docs() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(DOCS.glob("*.md")))


@pytest.mark.parametrize("name", sorted(set(list_settings()) - FOREIGN))
def test_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in read_docs() or f"{name}=" in read_docs()


@pytest.mark.parametrize("code", CODES)
def test_problem_code_is_documented(code: str) -> None:
    assert f"\n### `{code}`\n" in (DOCS / "problems.md").read_text("utf-8")


@pytest.mark.parametrize(
    "code", sorted(code for words in list_permission_areas().values() for code in words)
)
def test_permission_is_documented(code: str) -> None:
    assert f"| `{code}` |" in (DOCS / "permissions.md").read_text("utf-8")


@pytest.mark.parametrize("event", sorted(NotificationEvent.values))
def test_webhook_event_is_documented(event: str) -> None:
    assert f"`{event}`" in (DOCS / "operations.md").read_text("utf-8")


def test_api_reference_is_up_to_date() -> None:
    assert API_PAGE.read_text("utf-8") == render_page(), "Generate it again, as its head says."


@pytest.mark.parametrize("name", sorted(API["components"]["schemas"]))
def test_field_of_the_api_is_listed(name: str) -> None:
    fields = API["components"]["schemas"][name].get("properties", {})
    section = API_PAGE.read_text("utf-8").partition(f"\n### {name}\n")[2].partition("\n### ")[0]
    assert [field for field in fields if f"\n| `{field}` |" not in section] == []


@pytest.mark.parametrize("place", FIELDS)
def test_every_field_of_the_api_is_described(place: str) -> None:
    fields = OBJECTS[place]["properties"]
    assert [name for name, field in fields.items() if not field.get("description")] == []


@pytest.mark.parametrize("name", sorted(API["components"]["schemas"]))
def test_every_object_of_the_api_is_described(name: str) -> None:
    assert API["components"]["schemas"][name].get("description")


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_parameter_of_the_api_is_described(name: str) -> None:
    parameters = OPERATIONS[name].get("parameters", ())
    assert [each["name"] for each in parameters if not each.get("description")] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_of_the_api_has_a_short_summary(name: str) -> None:
    assert 0 < len(OPERATIONS[name]["summary"]) <= LONGEST_SUMMARY


@pytest.mark.parametrize("code", STATUSES.keys() - {FILE})
def test_every_refusal_of_the_api_is_explained(code: str) -> None:
    row = rf"^\| {STATUSES[code]} \| [^|]*`{code}`"
    assert re.search(row, (DOCS / "api.md").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("code", STATUSES.keys() - {FILE})
def test_every_refusal_of_the_api_is_that_of_some_operation(code: str) -> None:
    answers = [each["responses"].get(STATUSES[code], {}) for each in OPERATIONS.values()]
    assert any(f"`{code}`" in each.get("description", "") for each in answers)


@pytest.mark.parametrize("place", CHOICES)
def test_every_choice_of_the_api_is_explained(place: str) -> None:
    """Each value is named in the description, or that names the page that explains it."""
    text = OBJECTS[place].get("description", "")
    words = set(re.findall(r"\w+", text.lower()))
    assert "docs/" in text or set(OBJECTS[place]["enum"]) - {""} <= words


def test_stages_of_records_are_those_that_the_api_names() -> None:
    description = RecordQuery.model_fields["stage"].description or ""
    assert set(re.findall(r"`(\w+)`", description)) == STAGES.keys()


@pytest.mark.parametrize(
    "path", [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))],
    ids=lambda path: path.name,
)  # fmt: skip
def test_page_leads_to_pages_that_exist(path: Path) -> None:
    linked = LINK.findall(path.read_text("utf-8"))
    assert [link for link in linked if not (path.parent / link).exists()] == []
