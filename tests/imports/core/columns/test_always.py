"""Columns of which no rule tells, and that a source system always has read."""

from __future__ import annotations

from typing import Any

import pytest

from imports.core.columns.reader import ColumnReader
from imports.core.mapping import Mapping, Rule
from imports.core.readers import RawRow
from imports.core.readers.rows import encode_row

MAPPING = Mapping(provider="auth0", rules=[Rule(source="(user id)", target="subject_id")])
PLAIN: dict[str, Any] = {"user_id": "auth0|1", "email": "a@example.com"}
SENT: dict[str, Any] = {**PLAIN, "(before)": None, "(user id)": "auth0|1"}


@pytest.mark.parametrize(
    ("values", "is_accepted"),
    [
        (PLAIN, True),
        (SENT, True),
        ({**SENT, "(kept)": {"nickname": "a"}}, False),
        ({**PLAIN, "(kept)": {"nickname": "a"}}, True),
    ],
)
def test_a_row_with_such_a_column_is_left_to_the_records(
    values: dict[str, Any], is_accepted: bool
) -> None:
    table = ColumnReader(MAPPING, {}).read([encode_row(RawRow(1, 1, values))])

    assert bool(len(table)) is is_accepted
