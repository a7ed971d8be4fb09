"""Small exports, each with what has to come of it beside it: FILE.expect, as JSON.

An expectation says `why` in a sentence, and of the other keys those that matter: `refused` is the
code of the refusal; `provider` the source system that is recognised; `stored` how many records
arrive without any decision; `users` what they hold, by e-mail address, user name or id, each field
by its dotted path, null for none; `passwords` which password is theirs; `problems` the codes that
records have and `decisions` what is asked, as a list or by in how many records; `notices` the codes
of what is said of the whole file, `says` parts of it or of the refusal; `not_imported` what is
listed as such, and `imported` what must not be. The provider's questions are answered by
FILE.answers.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from tests.cases.files import (
    Outcome,
    has_password,
    import_case,
    list_cases,
    read_expectation,
)


@pytest.mark.parametrize("path", list_cases(), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_case_comes_out_as_expected(path: Path) -> None:
    assert list(find_differences(import_case(path), read_expectation(path))) == []


def find_differences(outcome: Outcome, expected: dict[str, Any]) -> Iterator[str]:
    """Yield in words what is not as it has to be."""
    told = " ".join(outcome.texts)
    if outcome.refused != expected.get("refused", ""):
        yield f"refused as {outcome.refused!r}: {told}"
        return
    if outcome.provider != expected.get("provider", outcome.provider):
        yield f"recognised as {outcome.provider}"
    if len(outcome.records) != expected.get("stored", len(outcome.records)):
        yield f"{len(outcome.records)} records arrive; {', '.join(outcome.problems)}"
    yield from compare_codes(outcome, expected)
    yield from (f"not said: {text}" for text in expected.get("says", ()) if text not in told)
    yield from compare_losses(outcome, expected)
    for login, fields in expected.get("users", {}).items():
        yield from compare_user(outcome, login, fields)
    for login, password in expected.get("passwords", {}).items():
        if not has_password(outcome.find_user(login), password):
            yield f"{login}: the password is another"


def compare_codes(outcome: Outcome, expected: dict[str, Any]) -> Iterator[str]:
    for kind in ("problems", "decisions", "notices"):
        found, wanted = getattr(outcome, kind), expected.get(kind)
        if isinstance(wanted, list):
            found, wanted = sorted(found), sorted(wanted)
        if kind in expected and found != wanted:
            yield f"{kind}: {found}"


def compare_losses(outcome: Outcome, expected: dict[str, Any]) -> Iterator[str]:
    listed = ", ".join(outcome.not_imported)
    for name in expected.get("not_imported", ()):
        if not any(name in each for each in outcome.not_imported):
            yield f"not listed: {name}; listed are {listed}"
    for name in expected.get("imported", ()):
        if any(name in each for each in outcome.not_imported):
            yield f"listed: {name}"


def compare_user(outcome: Outcome, login: str, fields: dict[str, Any]) -> Iterator[str]:
    record = outcome.find_user(login)
    if not record:
        yield f"{login} does not arrive; {', '.join(outcome.problems)}"
        return
    for path, value in fields.items():
        found = reduce(step_down, path.split("."), record)
        if found != value:
            yield f"{login}: {path} is {found!r}"


def step_down(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return value[int(name)] if name.isdecimal() and int(name) < len(value) else None
    return value.get(name) if isinstance(value, dict) else None
