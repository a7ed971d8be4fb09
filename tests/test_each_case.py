"""A test of many cases tries them all, and names those that fail."""

from types import SimpleNamespace

import pytest

from tests.each_case import Cases, name_cases, pytest_pyfunc_call


def test_all_cases_are_tried_and_those_that_fail_are_named() -> None:
    tried = []

    def expect_odd(number: int) -> None:
        tried.append(number)
        assert number % 2

    item = SimpleNamespace(
        obj=expect_odd,
        funcargs={"number": Cases(name_cases([1, 2, 4]))},
        _fixtureinfo=SimpleNamespace(argnames=["number"]),
    )

    with pytest.raises(ExceptionGroup, match="2 of 3 fail with number: 2, 4"):
        pytest_pyfunc_call(item)
    assert tried == [1, 2, 4]
