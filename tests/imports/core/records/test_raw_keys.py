"""Whom values mean that make no record: what can be read counts, whatever else is wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.records.keys import Key
from imports.core.records.raw_keys import list_readable_keys

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"subject_id": 7}, [Key("subject_id", "7")]),
        ({"profile": {"email": " Ada@Example.com "}}, [Key("email", "ada@example.com")]),
        ({"profile": {"email": "nonsense"}}, []),
        ({"profile": {"emails": [{"email": "b@example.com"}]}}, [Key("email", "b@example.com")]),
        ({"profile": {"username": "ada"}}, [Key("username", "ADA")]),
        ({"profile": {"phone": "+44 1632 960001"}}, [Key("phone", "+441632960001")]),
        ({"profile": {"phone": "12"}}, []),
        ({"profile": {"attributes": {"badge": 4, "team": "x"}}}, [Key("attribute:badge", "4")]),
        (
            {"authenticators": {"external_logins": [{"provider": "google", "subject": "1"}]}},
            [Key("login", "google\x001")],
        ),
        (
            {"authenticators": {"passkeys": [{"credential_id": "c"}]}},
            [Key("passkey", "c")],
        ),
        ({"subject_id": "a\x00b", "profile": "x", "authenticators": [1]}, []),
    ],
)
def test_readable_values_are_keys(values: dict[str, Any], expected: list[Key]) -> None:
    assert list(list_readable_keys(values, ["badge"], has_made_id=False)) == expected


def test_id_that_was_made_counts_only_beside_what_it_was_made_from() -> None:
    broken = {"subject_id": "made", "profile": {"email": "nonsense"}}
    whole = {"subject_id": "made", "profile": {"email": "a@example.com"}}

    assert list_readable_keys(broken, [], has_made_id=True) == ()
    assert len(list_readable_keys(whole, [], has_made_id=True)) == 2


@given(st.dictionaries(st.sampled_from(["subject_id", "profile", "authenticators"]), ANYTHING))
def test_no_values_stop_the_reader(values: dict[str, Any]) -> None:
    list_readable_keys(values, ["badge"], has_made_id=False)
