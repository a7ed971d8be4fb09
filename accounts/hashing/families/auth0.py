"""Auth0: the custom_password_hash object of the bulk user import."""

from __future__ import annotations

import re
from collections.abc import Callable

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import compute_hmac, read_digest_name
from accounts.hashing.encodings import encode_password, read_bytes, read_password_encoding
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.digest import Digest, add_salt, check_digest_size, make_digest
from accounts.hashing.families.ldap import LDAP_HASHES, parse_ldap
from accounts.hashing.families.pbkdf2 import Pbkdf2, parse_phc
from accounts.hashing.families.scrypt import Scrypt
from accounts.hashing.fields import Fields, compact_json, read_fields


def parse_auth0(text: str) -> ParsedHash:
    fields = read_fields(text)
    parser = PARSERS.get(fields.text("algorithm").lower())
    if parser is None:
        raise HashFormatError(f"the algorithm must be one of {', '.join(PARSERS)}")
    return parser(fields)


def parse_bcrypt_field(fields: Fields) -> Bcrypt:
    join, charset = read_salt(fields), read_charset(fields)
    return parse_bcrypt(
        read_hash_text(fields), lambda password: join(encode_password(password, charset))
    )


def parse_argon2_field(fields: Fields) -> Argon2:
    charset = read_charset(fields)
    return parse_argon2(read_hash_text(fields), lambda password: encode_password(password, charset))


def parse_pbkdf2_field(fields: Fields) -> Pbkdf2:
    parsed, charset = parse_phc(read_hash_text(fields)), read_charset(fields)
    return Pbkdf2(
        parsed.digest,
        parsed.iterations,
        parsed.salt,
        parsed.key,
        lambda password: encode_password(password, charset),
    )


def parse_digest_field(fields: Fields) -> Digest:
    return make_digest(
        read_digest_name(fields.text("algorithm")),
        read_hash_bytes(fields),
        read_salt(fields),
        charset=read_charset(fields),
    )


def parse_hmac_field(fields: Fields) -> Digest:
    hash_fields = fields.fields("hash")
    name, expected = read_digest_name(hash_fields.text("digest")), read_hash_bytes(fields)
    key, join = read_value(hash_fields.fields("key"), "the key"), read_salt(fields)
    check_digest_size(name, expected)
    return Digest(
        f"hmac-{name}",
        expected,
        lambda secret: compute_hmac(name, key, join(secret)),
        charset=read_charset(fields),
    )


def parse_scrypt_field(fields: Fields) -> Scrypt:
    key, charset = read_hash_bytes(fields), read_charset(fields)
    if len(key) != fields.number("keylen"):
        raise HashFormatError("the hash length does not match keylen")
    return Scrypt(
        fields.number("cost", 16384),
        fields.number("blockSize", 8),
        fields.number("parallelization", 1),
        read_value(fields.fields("salt"), "the salt"),
        key,
        lambda password: encode_password(password, charset),
    )


def parse_ldap_field(fields: Fields) -> ParsedHash:
    return parse_ldap(read_hash_text(fields))


def read_hash_text(fields: Fields) -> str:
    return fields.fields("hash").text("value")


def read_hash_bytes(fields: Fields) -> bytes:
    return read_value(fields.fields("hash"), "the hash")


def read_value(fields: Fields, what: str) -> bytes:
    return read_bytes(fields.text("value"), fields.text("encoding", "utf8"), what)


def read_salt(fields: Fields) -> Callable[[bytes], bytes]:
    if not fields.has("salt"):
        return add_salt(b"", "prefix")
    salt = fields.fields("salt")
    return add_salt(read_value(salt, "the salt"), salt.text("position", "prefix"))


def read_charset(fields: Fields) -> str:
    encoding = fields.fields("password").text("encoding", "utf8") if fields.has("password") else ""
    return read_password_encoding(encoding or "utf8")


PARSERS: dict[str, Callable[[Fields], ParsedHash]] = {
    "argon2": parse_argon2_field,
    "bcrypt": parse_bcrypt_field,
    "hmac": parse_hmac_field,
    "ldap": parse_ldap_field,
    "md4": parse_digest_field,
    "md5": parse_digest_field,
    "sha1": parse_digest_field,
    "sha256": parse_digest_field,
    "sha512": parse_digest_field,
    "pbkdf2": parse_pbkdf2_field,
    "scrypt": parse_scrypt_field,
}

FORMATS = (
    Format(
        id="auth0_custom_password_hash",
        label="Auth0 custom_password_hash",
        emitted_by="Auth0 bulk user import",
        source="https://auth0.com/docs/manage-users/user-migration/"
        "bulk-user-import-database-schema-and-examples",
        hashes=LDAP_HASHES,
        parse=parse_auth0,
        shape=re.compile(r'\{(?=.*"algorithm")(?=.*"hash").*\}', re.DOTALL),
        likelihood=Likelihood.SHAPED,
        canonical=compact_json,
        notes="The JSON object as text. The digest whirlpool is not supported.",
    ),
)
