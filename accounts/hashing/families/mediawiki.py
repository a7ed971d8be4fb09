"""MediaWiki: a type between colons, and what the class of that type writes behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import read_digest_name
from accounts.hashing.encodings import (
    Password,
    encode_password,
    read_base64,
    read_hex,
    read_number,
    read_text,
)
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.forums import hex_md5
from accounts.hashing.families.pbkdf2 import Pbkdf2

SOURCE = "https://github.com/wikimedia/mediawiki/tree/master/includes/password"
TEXT = re.compile(r":(A|B|pbkdf2|pbkdf2-legacyA|pbkdf2-legacyB|bcrypt|argon2):(.+)", re.DOTALL)


def parse_mediawiki(text: str) -> ParsedHash:
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a type of MediaWiki between colons and a hash")
    return PARSERS[match[1]](match[2])


def parse_old(text: str) -> Digest:
    """Read the MD5 of the password, of `:A:`."""
    return make_digest("md5", read_hex(text, "the hash"), add_salt(b"", "prefix"))


def parse_salted(text: str) -> Digest:
    """Read `<salt>:<hash>` of `:B:`, the MD5 of salt, hyphen and MD5."""
    salt, _, expected = text.rpartition(":")
    return make_digest("md5", read_hex(expected, "the hash"), partial(join, read_text(salt)))


def join(salt: bytes, secret: bytes) -> bytes:
    return salt + b"-" + hex_md5(secret)


def parse_pbkdf2(text: str) -> Pbkdf2:
    """Read `sha512:30000:64:<salt>:<hash>`."""
    return make_pbkdf2(split(text, ":", 5))


def make_pbkdf2(parts: list[str]) -> Pbkdf2:
    digest, iterations, length, salt, key = parts
    parsed = Pbkdf2(
        read_digest_name(digest),
        read_number(iterations, "the iteration count"),
        read_base64(salt, "the salt"),
        read_base64(key, "the hash"),
    )
    if len(parsed.key) != read_number(length, "the length"):
        raise HashFormatError("the hash length does not match its text")
    return parsed


def parse_layered(text: str, *, is_salted: bool) -> Pbkdf2:
    """Read `!sha512:30000:64!<salt of B>!<salt>!<hash>`: PBKDF2 of the result of A or B."""
    _, parameters, inner, salt, key = split(text, "!", 5)
    parsed = make_pbkdf2([*split(parameters, ":", 3), salt, key])
    return replace(parsed, prepare=partial(prepare_layer, read_text(inner), is_salted))


def prepare_layer(salt: bytes, is_salted: bool, password: Password) -> bytes:
    secret = encode_password(password)
    return hex_md5(join(salt, secret)) if is_salted else hex_md5(secret)


def parse_bcrypt_parts(text: str) -> Bcrypt:
    """Read `<cost>$<salt>$<hash>`."""
    cost, salt, checksum = split(text, "$", 3)
    return parse_bcrypt(f"$2y${read_number(cost.lstrip('0'), 'the cost'):02}${salt}{checksum}")


def split(text: str, separator: str, count: int) -> list[str]:
    parts = text.split(separator)
    if len(parts) != count:
        raise HashFormatError(f"not {count} parts between “{separator}”")
    return parts


PARSERS: dict[str, Callable[[str], ParsedHash]] = {
    "A": parse_old,
    "B": parse_salted,
    "pbkdf2": parse_pbkdf2,
    "pbkdf2-legacyA": partial(parse_layered, is_salted=False),
    "pbkdf2-legacyB": partial(parse_layered, is_salted=True),
    "bcrypt": parse_bcrypt_parts,
    "argon2": parse_argon2,
}

FORMATS = (
    Format(
        id="mediawiki",
        label="MediaWiki",
        emitted_by="MediaWiki (user.user_password)",
        source=SOURCE,
        hashes=(Digest, Pbkdf2, Bcrypt, Argon2),
        parse=parse_mediawiki,
        shape=TEXT,
        likelihood=Likelihood.NAMED,
        notes=f"Types {', '.join(PARSERS)}.",
    ),
)
