"""JSON within a cell keeps every digit of an id, as JSON that is a record does."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.mapping import Mapping, RecordMapper, Rule
from imports.core.readers import RawRow
from imports.core.values.json_text import load_json

GOOGLE_ID = "107691503500061509115"
VALUES = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(-(2**63), 2**64 - 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize("prefix", ['{"id":', '{"id": ', "[", "[1, ", '{"id":-'])
def test_number_beyond_64_bits_becomes_text(prefix: str) -> None:
    found = load_json(f"{prefix}{GOOGLE_ID}{'}' if prefix[0] == '{' else ']'}")

    last = [*found.values()][-1] if isinstance(found, dict) else found[-1]
    assert last == f"{'-' if prefix[-1] == '-' else ''}{GOOGLE_ID}"


@given(VALUES)
def test_all_else_is_read_as_ever(value: object) -> None:
    try:
        written = orjson.dumps(value).decode()
    except TypeError:
        return  # half of a surrogate pair
    assert load_json(written) == value


@pytest.mark.parametrize("text", ["", "{", '{"a":1}x', "nothing", f"{GOOGLE_ID}x"])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        load_json(text)


def test_subject_of_a_login_in_a_cell_keeps_its_digits() -> None:
    rules = [
        Rule(source="id", target="subject_id"),
        Rule(source="logins", target="authenticators.external_logins"),
    ]
    cell = f'[{{"provider": "google", "subject": {GOOGLE_ID}}}]'

    row = RecordMapper(Mapping(rules=rules), {}).map_row(RawRow(1, 2, {"id": "7", "logins": cell}))

    assert row.record is not None
    assert row.record.authenticators.external_logins[0].subject == GOOGLE_ID
