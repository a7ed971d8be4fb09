"""The notations that hashes, salts and passwords come in."""

import pytest

from accounts.hashing import HashFormatError
from accounts.hashing.digests import compute_digest, read_digest_name
from accounts.hashing.encodings import (
    encode_password,
    read_base64,
    read_bytes,
    read_hex,
    read_number,
    read_password_encoding,
)

BINARY = b"\xfb\xef\xbe\xff"


@pytest.mark.parametrize("text", ["++++/w==", "++++/w", "----_w==", "----_w", "..../w"])
def test_base64_in_any_alphabet_and_padding_is_decoded(text):
    assert read_base64(text) == BINARY


@pytest.mark.parametrize(
    "text", ["++++/x==", "YQ=", "YQ===", "Y", "YW Jj", "YWJj\n", "é", "=", "YR"]
)
def test_base64_damaged_is_refused(text):
    with pytest.raises(HashFormatError):
        read_base64(text)


@pytest.mark.parametrize("text", ["abc", "zz", "ab cd", "0x12"])
def test_hexadecimal_damaged_is_refused(text):
    with pytest.raises(HashFormatError):
        read_hex(text)


@pytest.mark.parametrize("text", ["", "-1", "+1", "01", "1.0", "1e3", "٣", " 1", "9" * 21])
def test_number_not_plain_is_refused(text):
    with pytest.raises(HashFormatError):
        read_number(text, "a number")


def test_bytes_of_unknown_notation_are_refused():
    with pytest.raises(HashFormatError):
        read_bytes("00", "base58", "the salt")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf8", b"\xc3\xa9\xe2\x82\xac"),
        ("utf-16-le", b"\xe9\x00\xac\x20"),
        ("ucs2", b"\xe9\x00\xac\x20"),
        ("latin1", b"\xe9\xac"),
        ("ascii", b"\xe9\xac"),
    ],
)
def test_password_in_named_encoding_gives_bytes_of_source(encoding, expected):
    assert encode_password("é€", read_password_encoding(encoding)) == expected


def test_password_of_bytes_is_taken_as_it_is():
    assert encode_password(b"\xc8\xf4") == b"\xc8\xf4"


def test_password_with_lone_surrogate_does_not_raise():
    assert encode_password("a\ud800")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SHA-256", "sha256"),
        ("HMACSHA512", "sha512"),
        ("RSA-SHA512", "sha512"),
        ("sha3-256", "sha3_256"),
        ("SHA3_224", "sha3_224"),
        ("sha_1", "sha1"),
        ("md_5", "md5"),
    ],
)
def test_digest_name_of_any_source_is_understood(name, expected):
    assert read_digest_name(name) == expected


def test_digest_name_unknown_is_refused():
    with pytest.raises(HashFormatError):
        read_digest_name("whirlpool")


def test_digest_md4_is_computed_without_openssl():
    # RFC 1320, appendix A.5.
    assert compute_digest("md4", b"abc").hex() == "a448017aaf21d8525fc10ae87aa6729d"
