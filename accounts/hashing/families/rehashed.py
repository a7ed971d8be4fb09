"""A slow hash of something that was made of the password: a digest, an HMAC, or it and a pepper."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from accounts.hashing.contract import Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.digests import compute_digest, read_digest_name
from accounts.hashing.encodings import READERS, Password, encode_password, read_bytes
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families import django
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import (
    PEPPER_NOTES,
    PEPPER_PARAMETERS,
    Bcrypt,
    parse_bcrypt,
    prepare_peppered,
)
from accounts.hashing.families.pbkdf2 import Pbkdf2, parse_crypt, parse_phc
from accounts.hashing.families.scrypt import Scrypt
from accounts.hashing.families.scrypt import parse_phc as parse_scrypt_phc
from accounts.hashing.families.werkzeug import parse_werkzeug

SlowHash = Bcrypt | Argon2 | Pbkdf2 | Scrypt

WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": lambda digest: digest.hex().encode(),
    "hex_upper": lambda digest: digest.hex().upper().encode(),
    "base64": base64.b64encode,
    "base64_unpadded": lambda digest: base64.b64encode(digest).rstrip(b"="),
    "bytes": bytes,
}
INNER = ("md5", "sha1", "sha256", "sha384", "sha512")


def parse_django_pbkdf2(text: str) -> Pbkdf2:
    name, _, rest = text.partition("$")
    return django.parse_pbkdf2(rest, digest=name.removeprefix("pbkdf2_"))


# By the start of the text.
PARSERS: dict[str, Callable[[str], SlowHash]] = {
    "$2": parse_bcrypt,
    "$argon2": parse_argon2,
    "argon2": parse_argon2,
    "$pbkdf2-": lambda text: (parse_phc if "=" in text.split("$")[2] else parse_crypt)(text),
    "pbkdf2_sha": parse_django_pbkdf2,
    "pbkdf2:": lambda text: parse_werkzeug(text),
    "scrypt:": lambda text: parse_werkzeug(text),
    "$scrypt$": parse_scrypt_phc,
}


def parse_slow(text: str) -> SlowHash:
    """Read a text of bcrypt, argon2, PBKDF2 or scrypt in any of its usual spellings."""
    for start, parse in PARSERS.items():
        if text.startswith(start):
            return parse(text)
    raise HashFormatError("not a text of bcrypt, argon2, PBKDF2 or scrypt")


def parse_keyed(
    text: str, *, inner: str, inner_encoding: str, key: str, key_encoding: str
) -> ParsedHash:
    """Read a slow hash of an HMAC of the password or, without a key, of a digest of it."""
    writer = WRITERS.get(inner_encoding)
    if writer is None:
        raise HashFormatError(f"inner_encoding must be one of {', '.join(WRITERS)}")
    secret = read_bytes(key, key_encoding, "the key")
    return replace(
        parse_slow(text), prepare=partial(prepare_keyed, read_digest_name(inner), secret, writer)
    )


def prepare_keyed(
    name: str, key: bytes, write: Callable[[bytes], bytes], password: Password
) -> bytes:
    secret = encode_password(password)
    return write(hmac.digest(key, secret, name) if key else compute_digest(name, secret))


def parse_peppered(text: str, *, pepper: str, pepper_position: str) -> ParsedHash:
    return replace(parse_slow(text), prepare=prepare_peppered(pepper, pepper_position))


SHAPE = re.compile(r"\$(2[abxy]?\$\d\d|argon2(id|i|d)|scrypt|pbkdf2-\w+)\$.*|(pbkdf2|scrypt)[:_].*")

FORMATS = (
    Format(
        id="slow_of_digest",
        label="Slow hash of a digest or an HMAC",
        emitted_by="vBulletin 5.7 and 6 (argon2id of MD5), legacy tables wrapped in a slow hash, "
        "applications with a keyed digest",
        source="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html: "
        "peppering, and upgrading legacy hashes",
        hashes=(Bcrypt, Argon2, Pbkdf2, Scrypt),
        parse=parse_keyed,
        shape=SHAPE,
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter("inner", "the digest of the password that is hashed", choices=INNER),
            Parameter(
                "inner_encoding",
                "the encoding of that digest",
                default="hex",
                choices=tuple(WRITERS),
            ),
            Parameter("key", "the key of the HMAC; without one, it is a digest", default=""),
            Parameter(
                "key_encoding", "the encoding of the key", default="utf8", choices=tuple(READERS)
            ),
        ),
        notes="The value looks the same as a hash of the password itself. A key is stored with "
        "every hash until the user signs in.",
    ),
    Format(
        id="slow_with_pepper",
        label="Slow hash with a pepper",
        emitted_by="applications that add a secret to each password before argon2, PBKDF2, scrypt "
        "or bcrypt",
        source="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html: "
        "peppering",
        hashes=(Bcrypt, Argon2, Pbkdf2, Scrypt),
        parse=parse_peppered,
        shape=SHAPE,
        likelihood=Likelihood.PLAIN,
        parameters=PEPPER_PARAMETERS,
        notes=PEPPER_NOTES,
    ),
)
