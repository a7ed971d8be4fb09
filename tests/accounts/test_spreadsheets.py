import pytest

from accounts.spreadsheets import neutralise_formula


@pytest.mark.parametrize(
    "value", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
)
def test_formula_is_quoted(value):
    assert neutralise_formula(value) == f"'{value}"


@pytest.mark.parametrize("value", ["ada@example.com", "+441632960001", "-5", "-5.25", "", 7, None])
def test_plain_value_stays_as_it_is(value):
    assert neutralise_formula(value) == value
