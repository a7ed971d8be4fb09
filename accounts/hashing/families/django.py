"""The formats that Django itself has written, stored exactly as Django stores them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.encodings import read_base64, read_hex, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import Bcrypt, hash_sha256_hex, parse_bcrypt
from accounts.hashing.families.crypt import DesCrypt, parse_des
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.families.scrypt import Scrypt, raise_two

HASHERS = "https://github.com/django/django/blob/5.2/django/contrib/auth/hashers.py"


def drop_prefix(prefix: str) -> Callable[[str], str]:
    """Return the function that takes Django's own prefix off; the registry puts it back on."""

    def drop(value: str) -> str:
        text = value.strip()
        if not text.startswith(f"{prefix}$"):
            raise HashFormatError(f"the value does not start with {prefix}$")
        return text.removeprefix(f"{prefix}$")

    return drop


def split_fields(text: str, count: int) -> list[str]:
    fields = text.split("$")
    if len(fields) != count:
        raise HashFormatError(f"not {count + 1} fields between dollar signs")
    return fields


def parse_pbkdf2(text: str, *, digest: str) -> Pbkdf2:
    iterations, salt, key = split_fields(text, 3)
    return Pbkdf2(
        digest,
        read_number(iterations, "the iteration count"),
        read_text(salt, "the salt"),
        read_base64(key, "the hash"),
    )


def parse_scrypt(text: str) -> Scrypt:
    n, salt, r, p, key = split_fields(text, 5)
    return Scrypt(
        read_number(n, "N"),
        read_number(r, "r"),
        read_number(p, "p"),
        read_text(salt, "the salt"),
        read_base64(key, "the hash"),
    )


def parse_scrypt_package(text: str) -> Scrypt:
    """Read `<salt>$<log2 N>$<r>$<p>$<length>$<hash>` of the package django-scrypt."""
    salt, exponent, r, p, length, key = split_fields(text, 6)
    parsed = Scrypt(
        raise_two(read_number(exponent, "the logarithm of N")),
        read_number(r, "r"),
        read_number(p, "p"),
        read_text(salt, "the salt"),
        read_base64(key, "the hash"),
    )
    if len(parsed.key) != read_number(length, "the length"):
        raise HashFormatError("the hash length does not match its text")
    return parsed


def parse_either_scrypt(text: str) -> Scrypt:
    return (parse_scrypt_package if text.count("$") == 5 else parse_scrypt)(text)


def parse_crypt(text: str) -> DesCrypt:
    """Read `<salt>$<hash>` of crypt(3): Django of any age repeats the salt or leaves it out."""
    salt, expected = split_fields(text, 2)
    if salt and not (salt[:2] == expected[:2] or salt == expected):
        raise HashFormatError("the hash does not begin with its salt")
    return parse_des(expected)


def parse_salted(text: str, *, digest: str) -> Digest:
    salt, expected = split_fields(text, 2)
    return make_digest(digest, read_hex(expected), add_salt(read_text(salt, "the salt"), "prefix"))


def declare(
    name: str,
    label: str,
    parsed: type[ParsedHash],
    parse: Callable[..., ParsedHash],
    prefix: str,
    formula: str = "",
) -> Format:
    return Format(
        id=f"django_{name}",
        label=label,
        emitted_by="Django",
        source=HASHERS,
        hashes=(parsed,),
        parse=parse,
        # Without a salt it is a bare digest, and npm password-hash has a number between the two.
        shape=re.compile(rf"{prefix}\$(?!\$[0-9A-Fa-f]{{32}}|[0-9a-f]+\$[0-9]+\$[0-9a-f]+$).+"),
        likelihood=Likelihood.NAMED,
        canonical=drop_prefix(prefix),
        prefix=prefix,
        formula=formula,
    )


FORMATS = (
    declare("argon2", "Django Argon2", Argon2, parse_argon2, "argon2"),
    declare("bcrypt", "Django bcrypt", Bcrypt, parse_bcrypt, "bcrypt"),
    declare(
        "bcrypt_sha256",
        "Django bcrypt of SHA-256",
        Bcrypt,
        partial(parse_bcrypt, prepare=hash_sha256_hex),
        "bcrypt_sha256",
    ),
    declare(
        "pbkdf2_sha256",
        "Django PBKDF2-SHA256",
        Pbkdf2,
        partial(parse_pbkdf2, digest="sha256"),
        "pbkdf2_sha256",
    ),
    declare(
        "pbkdf2_sha1",
        "Django PBKDF2-SHA1",
        Pbkdf2,
        partial(parse_pbkdf2, digest="sha1"),
        "pbkdf2_sha1",
    ),
    declare("scrypt", "Django scrypt", Scrypt, parse_either_scrypt, "scrypt"),
    declare("crypt", "Django crypt", DesCrypt, parse_crypt, "crypt"),
    declare(
        "salted_md5",
        "Django salted MD5",
        Digest,
        partial(parse_salted, digest="md5"),
        "md5",
        "md5(salt + password)",
    ),
    declare(
        "salted_sha1",
        "Django salted SHA-1",
        Digest,
        partial(parse_salted, digest="sha1"),
        "sha1",
        "sha1(salt + password)",
    ),
)
