"""The catalogue of problems: one row says all there is to say of a code, and no code is idle."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from imports.core.problems import CODES, ProblemKind
from imports.core.problems.catalogue import SUBJECTS, list_rows
from imports.core.problems.conflict_kinds import Reason

ROOT = Path(__file__).parents[4]
SOURCES = [
    path
    for package in ("accounts", "imports", "importer_site")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
]
CATALOGUE = ROOT / "imports" / "core" / "problems"
# Calls that make a problem: the code is their first argument.
MAKERS = {"Problem", "PydanticCustomError", "DecisionKind"}
# Words that are a code too, where they are the word of something else.
OTHER_WORDS = {
    "errored": "the state of a job",
    "password_too_long": "what is wrong with a password that somebody chooses",
    "unchanged": "the number of them in a dry-run report",
    **{reason.value: "a kind of conflict" for reason in Reason},
}


def list_literals(tree: ast.AST) -> Iterator[tuple[ast.Constant, bool]]:
    """Yield the texts of a module, and whether each is the code that a problem is made with."""
    made = {
        id(code)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MAKERS
        for code in [*call.args[:1], *(each.value for each in call.keywords if each.arg == "code")]
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, id(node) in made


@cache
def read_sources() -> list[tuple[str, str, bool]]:
    """Return place, text and use of every literal of the product outside the catalogue."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node.value, is_made)
        for path in SOURCES
        if CATALOGUE not in path.parents
        for node, is_made in list_literals(ast.parse(path.read_text()))
    ]


def test_problem_is_made_with_a_code_of_the_catalogue() -> None:
    made = {text: place for place, text, is_made in read_sources() if is_made}

    assert {code: place for code, place in made.items() if code not in CODES} == {}


def test_code_is_named_only_where_its_problem_is_made() -> None:
    # Whoever asks for the nature of a problem asks its row, or compares it with the row's name.
    named = [
        f"{place} {text}"
        for place, text, is_made in read_sources()
        if text in CODES and text not in OTHER_WORDS and not is_made
    ]

    assert named == []


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.__name__.split(".")[-1])
def test_row_is_called_by_its_code(subject) -> None:
    names = [name for name, each in vars(subject).items() if isinstance(each, ProblemKind)]

    assert names == [kind.code.upper() for kind in list_rows(subject)]


def test_code_is_given_once() -> None:
    rows = [kind.code for subject in SUBJECTS for kind in list_rows(subject)]

    assert len(rows) == len(set(rows))


@cache
def read_tests() -> str:
    """Return all that the tests say, but for those that go through the catalogue row by row."""
    here = {Path(__file__).name, "test_problem_catalogue.py"}
    return "\n".join(
        path.read_text() for path in sorted((ROOT / "tests").rglob("*.py")) if path.name not in here
    )


@pytest.mark.parametrize("code", CODES)
def test_code_is_produced_by_some_test(code: str) -> None:
    assert re.search(rf"\b({code}|{code.upper()})\b", read_tests())


@pytest.mark.parametrize("kind", CODES.values(), ids=lambda kind: kind.code)
def test_kind_is_grouped_by_a_parameter_that_its_message_tells(kind: ProblemKind) -> None:
    assert not kind.grouped_by or f"{{{kind.grouped_by}}}" in kind.message
