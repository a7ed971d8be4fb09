"""Clerk: password_digest by the name in password_hasher."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from accounts.hashing.contract import NEVER, Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.encodings import HEX, read_hex, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families import django
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import Bcrypt, hash_sha256_hex, parse_bcrypt, parse_peppered
from accounts.hashing.families.digest import SALT_POSITION, Digest, add_salt, make_digest
from accounts.hashing.families.firebase import FirebaseScrypt, parse_split
from accounts.hashing.families.ldap import parse_ldap
from accounts.hashing.families.pbkdf2 import Pbkdf2, parse_raw
from accounts.hashing.families.phpass import Phpass, parse_phpass
from accounts.hashing.families.scrypt import Scrypt
from accounts.hashing.families.symfony import parse_symfony
from accounts.hashing.families.werkzeug import parse_werkzeug


def parse_clerk(text: str, *, hasher: str, salt_position: str) -> ParsedHash:
    if hasher in SALTED:
        return parse_salted(text, digest=SALTED[hasher], salt_position=salt_position)
    if hasher not in HASHERS:
        raise HashFormatError(f"hasher must be one of {', '.join([*HASHERS, *SALTED])}")
    return HASHERS[hasher](text)


def split_fields(text: str, count: int) -> list[str]:
    fields = text.split("$")
    if len(fields) != count:
        raise HashFormatError(f"not {count} fields between dollar signs")
    return fields


def parse_salted(text: str, *, digest: str, salt_position: str) -> Digest:
    salt, expected = split_fields(text, 2)
    return make_digest(
        digest, read_hex(expected), add_salt(read_text(salt, "the salt"), salt_position)
    )


def parse_unsalted(text: str, *, digest: str) -> Digest:
    return make_digest(digest, read_hex(text), add_salt(b"", "prefix"))


def parse_pepper(text: str) -> Bcrypt:
    """Read a bcrypt text with the pepper as one more field behind it."""
    value, _, pepper = text.rpartition("$")
    return parse_peppered(value, pepper=pepper, pepper_position="suffix")


def parse_pbkdf2(text: str, *, digest: str, salt_encoding: str, hash_encoding: str) -> Pbkdf2:
    """Read iterations, salt and hash, behind which the length of the hash may stand.

    A salt that should be hexadecimal and is not is the salt itself.
    """
    _, iterations, salt, key, *rest = split_fields(text, 5 if text.count("$") == 4 else 4)
    if salt_encoding == "hex" and not HEX.fullmatch(salt):
        salt_encoding = "utf8"
    parsed = parse_raw(
        key,
        digest=digest,
        iterations=iterations,
        salt=salt,
        salt_encoding=salt_encoding,
        hash_encoding=hash_encoding,
    )
    if rest and len(parsed.key) != read_number(rest[0], "the length"):
        raise HashFormatError("the hash length does not match its text")
    return parsed


def parse_django(text: str) -> Pbkdf2:
    _, _, rest = text.partition("$")
    return django.parse_pbkdf2(rest, digest="sha256")


def parse_django_bcrypt(text: str) -> Bcrypt:
    return parse_bcrypt(text.removeprefix("bcrypt_sha256$"), hash_sha256_hex)


def parse_firebase(text: str) -> FirebaseScrypt:
    key, salt, signer_key, separator, rounds, memory = split_fields(text, 6)
    return parse_split(
        key,
        signer_key=signer_key,
        salt_separator=separator,
        rounds=str(read_number(rounds, "rounds")),
        memory_cost=memory,
        salt=salt,
    )


def parse_symfony_text(text: str) -> Digest:
    _, iterations, salt, expected = split_fields(text, 4)
    return parse_symfony(
        expected, algorithm="sha512", iterations=iterations, salt=salt, hash_encoding="base64"
    )


HASHERS: dict[str, Callable[[str], ParsedHash]] = {
    "argon2i": parse_argon2,
    "argon2id": parse_argon2,
    "bcrypt": parse_bcrypt,
    "bcrypt_sha256_django": parse_django_bcrypt,
    "bcrypt_peppered": parse_pepper,
    "ldap_ssha": parse_ldap,
    "md5": partial(parse_unsalted, digest="md5"),
    "md5_phpass": parse_phpass,
    "pbkdf2_sha1": partial(parse_pbkdf2, digest="sha1", salt_encoding="hex", hash_encoding="hex"),
    "pbkdf2_sha256": partial(
        parse_pbkdf2, digest="sha256", salt_encoding="base64", hash_encoding="base64"
    ),
    "pbkdf2_sha256_django": parse_django,
    "pbkdf2_sha512": partial(
        parse_pbkdf2, digest="sha512", salt_encoding="utf8", hash_encoding="hex"
    ),
    "pbkdf2_sha512_hex": partial(
        parse_pbkdf2, digest="sha512", salt_encoding="hex", hash_encoding="hex"
    ),
    "phpass": parse_phpass,
    "scrypt_firebase": parse_firebase,
    "scrypt_werkzeug": parse_werkzeug,
    "sha256": partial(parse_unsalted, digest="sha256"),
    "sha512_symfony": parse_symfony_text,
}
SALTED = {"md5_salted": "md5", "sha256_salted": "sha256"}

FORMATS = (
    Format(
        id="clerk_password_digest",
        label="Clerk password_digest",
        emitted_by="Clerk",
        source="https://clerk.com/docs/reference/backend-api/tag/users/post/users",
        hashes=(Argon2, Bcrypt, Digest, FirebaseScrypt, Pbkdf2, Phpass, Scrypt),
        parse=parse_clerk,
        shape=NEVER,
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter("hasher", "password_hasher of the user", choices=(*HASHERS, *SALTED)),
            SALT_POSITION,
        ),
        notes="awscognito is not supported, because it queries Cognito at every sign-in.",
    ),
)
