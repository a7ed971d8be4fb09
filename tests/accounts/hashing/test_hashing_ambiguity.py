"""Hashes that look alike in several systems: all readings are told, and none is chosen."""

from base64 import b64encode

import pytest

from accounts import hashing
from accounts.hashing.ambiguity import SHARED, list_readings, outline
from accounts.hashing.digests import DIGEST_SIZES
from accounts.hashing.search import search

MD5, SHA1, SHA256, SHA512 = "0a" * 16, "0b" * 20, "0c" * 32, "0d" * 64
BCRYPT = "$2b$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq"


@pytest.mark.parametrize("digest", [MD5, SHA1, SHA256, SHA512, MD5.upper()])
@pytest.mark.parametrize("beside", [False, True])
def test_salted_digest_has_readings_with_the_salt_on_either_side(digest, beside):
    value, params = (digest, {"salt": "xy"}) if beside else (f"{digest}:xy", {})
    formulas = {SHARED[name].formula.partition("(")[2] for name in list_readings(value, params)}
    assert {"password + salt)", "salt + password)"} <= formulas


@pytest.mark.parametrize("params", [{}, {"salt": ""}, {"note": "of the old site"}])
@pytest.mark.parametrize("size", sorted(set(DIGEST_SIZES.values())))
def test_bare_digest_has_readings_whether_in_hexadecimal_or_base64(size, params):
    digest = bytes(range(size))
    by_hex, by_base64 = (
        list_readings(text, params) for text in (digest.hex(), b64encode(digest).decode())
    )

    assert len(by_base64) > 1
    assert set(by_hex) - set(by_base64) <= {"ntlm", "lmhash", "smf_sha1"}
    assert set(by_base64) - set(by_hex) <= {"umbraco_hmac"}


def test_bare_digest_of_half_the_length_can_be_of_mysql_or_cut():
    assert list_readings(MD5[:16]) == (
        "mysql323",
        "unsalted_md5_first_half",
        "unsalted_md5_middle",
    )


@pytest.mark.parametrize("digest", ["sha224", "sha384"])
def test_pbkdf2_that_kratos_means_in_another_way_has_two_readings(digest):
    value = f"$pbkdf2-{digest}$i=1000,l=32$c2FsdA$" + "A" * 43

    assert list_readings(value) == ("pbkdf2_phc", "kratos_pbkdf2")


@pytest.mark.parametrize(
    ("column", "expected"),
    [("fs_uniquifier", "flask_security"), ("userOnlineGroupID", "woltlab_double_bcrypt")],
)
def test_bcrypt_has_two_readings_in_a_table_of_a_system_that_hashes_more(column, expected):
    assert list_readings(BCRYPT, {}, {column: "x"}) == ("bcrypt", expected)
    assert list_readings(BCRYPT, {}, {"other": "x"}) == ()


def test_salt_beside_a_digest_in_base64_leaves_the_same_readings():
    value = b64encode(bytes.fromhex(SHA256)).decode()

    assert list_readings(value, {"salt": "xy"}) == list_readings(SHA256, {"salt": "xy"})


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
        (MD5, {"algorithm": "md5"}),
        (MD5, {"iterations": "1000"}),
        ("*" + SHA1.upper(), {}),
        ("$pbkdf2-sha256$i=1000,l=32$c2FsdA$" + "A" * 43, {}),
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


def test_search_finds_the_formula_of_every_bare_digest(vectors):
    bare = [
        vector
        for vector in vectors
        if vector.expected
        and vector.format_id in list_readings(vector.value)
        and not SHARED[vector.format_id].parameters
        and ":" not in vector.value
        and "$" not in vector.value
    ]

    assert len({vector.format_id for vector in bare}) >= 30
    for vector in bare:
        found = search(vector.value, vector.password, seconds=60.0)
        assert found.attempt is not None
        # ASA without a user name does what PIX does.
        same = {"cisco_pix": "cisco_asa"}.get(vector.format_id, vector.format_id)
        assert found.attempt.format_id == same


def list_salted(vectors):
    """Return the matching vectors of formats with a salt behind the hash or beside it."""
    for vector in vectors:
        shared = SHARED.get(vector.format_id)
        is_salted = shared and "salt" in {each.name for each in shared.parameters}
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
