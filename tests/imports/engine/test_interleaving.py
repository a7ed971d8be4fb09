"""The results of two jobs at once: those of their records in some order."""

import pytest

from imports.core.planning.conflicts import Mode
from tests.imports.engine.interleaving import Course, is_some_order
from tests.imports.engine.reference import Import, Rules, Store
from tests.imports.engine.strategies import make_record


def name_user(name: str) -> Store:
    store: Store = {}
    Import([], Rules()).take(make_record("s01", None, None, None, name, [], [], {}), store)
    return store


@pytest.mark.parametrize(
    ("statuses", "name", "is_possible"),
    [
        ([["created"], ["updated"]], "Bob", True),
        ([["updated"], ["created"]], "Ann", True),
        ([["created"], ["created"]], "Bob", False),
        ([["updated"], ["updated"]], "Bob", False),
        ([["created"], ["updated"]], "Ann", False),
        ([["created"], ["skipped"]], "Ann", False),
    ],
)
def test_two_updates_of_one_user_come_one_after_the_other(
    statuses: list[list[str]], name: str, is_possible: bool
) -> None:
    rules = Rules(mode=Mode.UPDATE)
    imports = [
        Import([make_record("s01", None, None, None, each, [], [], {})], rules)
        for each in ("Ann", "Bob")
    ]

    assert is_some_order(Course({}, imports, statuses, name_user(name))) is is_possible
