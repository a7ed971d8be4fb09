"""One test for many small cases: a test of its own for each would cost more than it does.

`@pytest.mark.each_case("name", cases)` calls a test once for each case, as its argument of that
name. All cases are tried, and those that fail are named. Cases are a mapping of ids, or a list
whose elements are written out as their ids. Other fixtures are made once for all cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest


class Cases(dict[str, Any]):
    """Values of an argument, by what names them in a failure."""


def parametrize_each(metafunc: pytest.Metafunc, name: str, cases: Mapping[str, Any]) -> None:
    metafunc.parametrize(name, [Cases(cases)], ids=["each"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for mark in metafunc.definition.iter_markers("each_case"):
        name, cases = mark.args
        parametrize_each(metafunc, name, name_cases(cases))


def name_cases(cases: Mapping[str, Any] | Iterable[Any]) -> Mapping[str, Any]:
    return cases if isinstance(cases, Mapping) else {repr(case): case for case in cases}


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Call a test that has cases with each; None leaves another one to pytest."""
    wanted = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in wanted}
    name = next((name for name in wanted if isinstance(arguments[name], Cases)), None)
    if name is None:
        return None
    failures = {}
    for key, case in arguments[name].items():
        try:
            pyfuncitem.obj(**arguments | {name: case})
        except (Exception, pytest.fail.Exception) as failure:  # whatever a test may fail with
            failure.add_note(f"with {name} {key}")
            failures[key] = failure
    if failures:
        counted = f"{len(failures)} of {len(arguments[name])} fail with {name}"
        raise BaseExceptionGroup(f"{counted}: {', '.join(failures)}", list(failures.values()))
    return True
