import pytest

from accounts.authenticators import recovery_codes


@pytest.mark.parametrize("given", ["ABCD-1234", "abcd1234", " abcd 1234 "])
def test_code_is_found_however_it_is_written(given):
    assert recovery_codes.take_code(recovery_codes.build_data(["ABCD-1234"]), given) is not None


def test_code_taken_is_the_only_one_gone():
    remaining = recovery_codes.take_code(recovery_codes.build_data(["a1", "b2", "c3"]), "b2")
    assert remaining is not None
    assert recovery_codes.take_code(remaining, "b2") is None
    assert recovery_codes.count_codes(remaining) == 2


@pytest.mark.parametrize("given", ["", "--", "nope", "é"])
def test_other_code_is_not_found(given):
    assert recovery_codes.take_code(recovery_codes.build_data(["ABCD-1234", "-"]), given) is None


def test_codes_are_stored_encrypted():
    assert "ABCD" not in str(recovery_codes.build_data(["ABCD-1234"]))
