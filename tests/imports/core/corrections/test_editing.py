"""Single values of source rows, changed by text."""

from hypothesis import given
from hypothesis import strategies as st

from imports.core.corrections.editing import edit_values, list_texts
from imports.core.files.writers import FORMULA_START, read_cell, write_cell
from imports.core.readers import RawRow

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9999, 9999) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
ROWS = st.dictionaries(st.text("abc", min_size=1, max_size=3), VALUES, max_size=4)


@given(ROWS)
def test_texts_that_were_not_touched_change_nothing(values: dict[str, object]) -> None:
    texts = list_texts(RawRow(1, 1, values))

    assert edit_values(values, texts, is_table=False) == values


def test_nested_values_are_changed_in_their_place_and_keep_their_kind() -> None:
    values = {"a": {"b": "x", "n": 1, "l": ["p"]}, "c": "y"}

    edited = edit_values(values, {"a.b": "z", "a.n": "2", "a.l": '["q"]'}, is_table=False)

    assert edited == {"a": {"b": "z", "n": 2, "l": ["q"]}, "c": "y"}
    assert values["a"]["b"] == "x"


def test_a_value_that_the_row_lacks_is_added() -> None:
    assert edit_values({}, {"a.b": "x"}, is_table=False) == {"a": {"b": "x"}}
    assert edit_values({}, {"a.b": "x", "c": ""}, is_table=True) == {"a.b": "x", "c": ""}


@given(st.text(max_size=10).filter(lambda text: not text.startswith("'")))
def test_a_cell_comes_back_as_it_was_whatever_a_spreadsheet_would_take_it_for(text: str) -> None:
    written = write_cell(text)

    assert read_cell(written) == text
    assert not written.startswith(FORMULA_START) or text.lstrip("+-").replace(".", "").isdigit()
