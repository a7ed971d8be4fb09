"""Small exports, each with what has to come of it beside it: FILE.expect, as JSON.

An expectation says `why` in a sentence, and of the other keys those that matter: `refused` is the
code of the refusal; `provider` the source system that is recognised; `stored` how many records
arrive without any answer; `users` what they hold, by e-mail address, user name or id, each field by
its dotted path, null for none; `problems` the codes that records have; `decisions` what is asked;
`notices` the codes of what is said of the whole file, `says` parts of it or of the refusal;
`not_imported` what is listed as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from tests.cases.files import Outcome, import_case, list_cases, read_expectation


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
    for kind in ("problems", "decisions", "notices"):
        found = getattr(outcome, kind)
        if kind in expected and sorted(found) != sorted(expected[kind]):
            yield f"{kind}: {sorted(found)}"
    yield from (f"not said: {text}" for text in expected.get("says", ()) if text not in told)
    for name in expected.get("not_imported", ()):
        if not any(name in each for each in outcome.not_imported):
            yield f"not listed: {name}; listed are {', '.join(outcome.not_imported)}"
    for login, fields in expected.get("users", {}).items():
        yield from compare_user(outcome, login, fields)


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
