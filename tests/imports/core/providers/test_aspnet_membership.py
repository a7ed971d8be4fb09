"""ASP.NET Membership: which digest a hash is of, and what is asked where its length is silent."""

from typing import Any

import pytest

from imports.core.providers.systems.aspnet_membership import ALGORITHM, LONGER, PROVIDER

ROW = {"UserId": "u1", "PasswordFormat": "1", "PasswordSalt": "c2FsdA==", "IsApproved": "1"}


def read(length: int, **answers: str) -> Any:
    return PROVIDER.normalise({**ROW, "Password": "A" * (length - 1) + "="}, answers)


def test_short_hash_is_sha1_whatever_is_answered():
    values = read(28, **{ALGORITHM: "hmacsha256"})

    assert values["(hash parameters)"]["algorithm"] == "sha1"
    assert LONGER not in values


@pytest.mark.parametrize("algorithm", ["hmacsha256", "sha256"])
def test_longer_hash_needs_the_answer(algorithm):
    assert [each.needs(read(44)) for each in PROVIDER.questions] == [True]
    assert [each.needs(read(28)) for each in PROVIDER.questions] == [False]
    assert "algorithm" not in read(44)["(hash parameters)"]
    assert read(44, **{ALGORITHM: algorithm})["(hash parameters)"]["algorithm"] == algorithm


def test_salt_is_never_listed_as_lost():
    assert "PasswordSalt" not in read(28)
