"""Hashes that look alike in several systems: all readings are told, and none is chosen."""

import pytest

from accounts import hashing
from accounts.hashing.ambiguity import SHARED, list_readings, outline
from accounts.hashing.search import search

MD5, SHA1, SHA256, SHA512 = "0a" * 16, "0b" * 20, "0c" * 32, "0d" * 64
BCRYPT = "$2b$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq"


@pytest.mark.parametrize("digest", [MD5, SHA1, SHA256, SHA512, MD5.upper()])
@pytest.mark.parametrize("beside", [False, True])
def test_salted_digest_has_readings_with_the_salt_on_either_side(digest, beside):
    value, params = (digest, {"salt": "xy"}) if beside else (f"{digest}:xy", {})
    formulas = {SHARED[name].formula.partition("(")[2] for name in list_readings(value, params)}
    assert {"password + salt)", "salt + password)"} <= formulas


def test_same_readings_whether_the_salt_is_behind_or_beside():
    assert list_readings(f"{MD5}:xy") == list_readings(MD5, {"salt": "xy"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("md5$salt$" + MD5, ("django_salted_md5", "werkzeug_hmac_legacy")),
        ("sha1$salt$" + SHA1, ("django_salted_sha1", "werkzeug_hmac_legacy")),
    ],
)
def test_texts_of_django_and_old_werkzeug_are_not_told_apart(value, expected):
    assert list_readings(value) == expected


@pytest.mark.parametrize(
    ("value", "params"),
    [
        (BCRYPT, {}),
        (MD5, {}),
        (MD5, {"salt": ""}),
        (MD5, {"salt": "xy", "algorithm": "md5", "salt_position": "suffix"}),
        (MD5, {"salt": "xy", "iterations": "1000"}),
        (f"{SHA256}:salt:1", {}),
        ("0e" * 16 + ":" + "0f" * 64, {}),
        ("sha256$salt$" + SHA256, {}),
        ("$pbkdf2-sha512$25000$c2FsdA$" + "A" * 86, {}),
        ("not a hash", {"salt": "xy"}),
        ("", {}),
    ],
)
def test_value_that_tells_its_format_or_none_has_no_readings(value, params):
    assert list_readings(value, params) == ()


@pytest.mark.parametrize(("value", "params"), [(f"{MD5}:xy", {}), (MD5, {"salt": "xy"})])
def test_settle_format_chooses_none_of_several(value, params):
    assert hashing.settle_format(value, "", params)[0] == ""


def test_settle_format_keeps_the_declared_one():
    assert hashing.settle_format(f"{MD5}:xy", "vbulletin")[0] == "vbulletin"
    assert hashing.settle_format(MD5, "vbulletin", {"salt": "xy"})[0] == "vbulletin"


@pytest.mark.parametrize(
    ("value", "params"),
    [(f"{MD5}:s3cr3t", {}), (MD5, {"salt": "s3cr3t"}), (f"md5$s3cr3t${MD5}", {})],
)
def test_outline_holds_no_part_of_the_value(value, params):
    assert not any(part in outline(value, params) for part in (MD5, "s3cr3t"))


def list_salted(vectors):
    """Return the matching vectors of formats with a salt behind the hash or beside it."""
    for vector in vectors:
        shared = SHARED.get(vector.format_id)
        is_salted = shared and [each.name for each in shared.parameters] == ["salt"]
        if is_salted and vector.expected and not vector.params:
            yield vector


def test_search_finds_the_formula_of_every_reading(vectors):
    salted = list(list_salted(vectors))
    assert len(salted) >= 20
    for vector in salted:
        digest, _, salt = vector.value.partition(":")
        behind = search(vector.value, vector.password)
        beside = search(digest, vector.password, params={"salt": salt})
        assert behind.attempt.format_id == beside.attempt.format_id == vector.format_id
