"""Tables of unknown systems: what sums one up is no user."""

import pytest

from imports.core.providers.systems.generic import excludes


@pytest.mark.parametrize(
    "cells",
    [("Total", "2", ""), ("Total: 2 users", "", ""), ("Grand total", "", "7"), ("Summe", "3", ""),
     ("", "Count:", "12"), ("Records: 12", "", ""), ("End of report", "", "")],
)  # fmt: skip
def test_line_that_sums_up_a_table_is_excluded(cells):
    assert "a summary row" in excludes(dict(zip("abc", cells, strict=True)))


@pytest.mark.parametrize(
    "cells",
    [("17", "Total", "total@example.com"), ("Totally", "Ann", ""), ("sum41", "x", ""),
     ("1", "2", ""), ("", "", "")],
)  # fmt: skip
def test_user_is_not_taken_for_a_sum(cells):
    assert excludes(dict(zip("abc", cells, strict=True))) == ""


def test_record_of_two_fields_is_not_taken_for_a_sum():
    assert excludes({"login": "total", "mail": "total@example.com"}) == ""
