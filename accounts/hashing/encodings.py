"""Strict readers for the notations that hashes, salts and passwords are written in."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Literal

from accounts.hashing.errors import HashFormatError

Password = str | bytes
"""A password as typed. Bytes stand for a legacy password that is not valid UTF-8."""

MAXIMUM_PASSWORD_BYTES = 4096
"""The longest password that any hash function is entered with, as UTF-8. Some functions hash the
password again in each of their rounds. Symfony has the same limit:
PasswordHasherInterface::MAX_PASSWORD_LENGTH."""

BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
DIGITS = re.compile(r"0|[1-9][0-9]{0,19}")


def read_base64(text: str, what: str = "the value") -> bytes:
    """Decode RFC 4648 base64 in any of the alphabets and paddings that sources use.

    Accepted: the standard and the url-safe alphabet, passlib's "." for "+", with or without
    padding. Refused: bits left over in the last character, which `base64.b64decode` drops. They
    would let two texts stand for one hash, and are nearly always a sign of a damaged one.
    """
    standard = text.replace("-", "+").replace("_", "/").replace(".", "+")
    if not standard:
        return b""
    bare = standard.rstrip("=")
    padded = bare + "=" * (-len(bare) % 4)
    if not BASE64.fullmatch(standard) or standard not in (bare, padded):
        raise HashFormatError(f"{what} is not base64")
    try:
        decoded = base64.b64decode(padded, validate=True)
    except binascii.Error:
        raise HashFormatError(f"{what} is not base64") from None
    if base64.b64encode(decoded).decode() != padded:
        raise HashFormatError(f"{what} has stray bits in its last base64 character")
    return decoded


def read_hex(text: str, what: str = "the value") -> bytes:
    """Decode hexadecimal of either case; unlike `bytes.fromhex`, no white space."""
    if text and not HEX.fullmatch(text):
        raise HashFormatError(f"{what} is not hexadecimal")
    return bytes.fromhex(text)


def read_digest(text: str, size: int, what: str = "the hash") -> bytes:
    """Decode as many bytes from hexadecimal or base64, which their length tells apart."""
    is_hex = len(text) == 2 * size and HEX.fullmatch(text) is not None
    digest = read_hex(text, what) if is_hex else read_base64(text, what)
    if len(digest) != size:
        raise HashFormatError(f"{what} must have the {size} bytes of its function")
    return digest


def read_text(text: str, what: str = "the value") -> bytes:
    """Take the characters themselves as bytes: the notation called utf8."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise HashFormatError(f"{what} is not valid Unicode") from None


READERS: dict[str, Callable[[str, str], bytes]] = {
    "base64": read_base64,
    "hex": read_hex,
    "hex_upper": read_hex,
    "utf8": read_text,
}


def read_bytes(text: str, encoding: str, what: str) -> bytes:
    """Decode `text` from the notation that the source names."""
    reader = READERS.get(encoding.lower().replace("-", ""))
    if reader is None:
        raise HashFormatError(f"the notation of {what} must be one of {', '.join(READERS)}")
    return reader(text, what)


def read_number(text: str, what: str) -> int:
    """Read a whole number without sign, leading zero or digits of other scripts."""
    if not DIGITS.fullmatch(text):
        raise HashFormatError(f"{what} is not a whole number")
    return int(text)


def is_too_long(password: Password) -> bool:
    """Return whether a password has more than `MAXIMUM_PASSWORD_BYTES` as UTF-8."""
    # No character has less than a byte: most of what is too long needs no encoding to tell.
    return (
        len(password) > MAXIMUM_PASSWORD_BYTES
        or len(encode_password(password)) > MAXIMUM_PASSWORD_BYTES
    )


def encode_password(password: Password, encoding: str = "utf-8") -> bytes:
    """Turn a typed password into the bytes that a source system hashed.

    Lone surrogates pass through as they are: no source can have hashed one, so the comparison
    fails, and nothing raises at sign-in.
    """
    if isinstance(password, bytes):
        if encoding == "utf-8":
            return password
        password = password.decode("utf-8", "surrogateescape")
    if encoding == "latin-1":
        # Node's Buffer keeps the low byte of every UTF-16 unit for ascii, latin1 and binary.
        return password.encode("utf-16-le", "surrogatepass")[::2]
    return password.encode(encoding, "surrogatepass")


def normalize_password(form: Literal["NFC", "NFKC"], password: Password) -> bytes:
    """Return the bytes of a typed password in a normal form of Unicode."""
    if isinstance(password, bytes):
        return password
    return encode_password(unicodedata.normalize(form, password))


PASSWORD_ENCODINGS = {
    "utf8": "utf-8",
    "utf16le": "utf-16-le",
    "ucs2": "utf-16-le",
    "ascii": "latin-1",
    "latin1": "latin-1",
    "binary": "latin-1",
}


def read_password_encoding(name: str) -> str:
    """Map a source's name for a password encoding to the one `encode_password` takes."""
    encoding = PASSWORD_ENCODINGS.get(name.lower().replace("-", "").replace("_", ""))
    if encoding is None:
        raise HashFormatError(
            f"the password encoding must be one of {', '.join(PASSWORD_ENCODINGS)}"
        )
    return encoding


def read_named(text: str, names: Collection[str]) -> dict[str, str]:
    """Read `name=value` between commas, in any order and each at most once.

    In the PHC string format the order is fixed; those who write it have several.
    """
    given: dict[str, str] = {}
    for part in text.split(",") if text else ():
        name, separator, value = part.partition("=")
        if not separator or name not in names or name in given:
            raise HashFormatError(f"the parameters have to be of {', '.join(names)}, each once")
        given[name] = value
    return given
