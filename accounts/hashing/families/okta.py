"""Okta: the hash object of a user's password credential."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import read_digest_name
from accounts.hashing.encodings import read_base64
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.fields import Fields, compact_json, read_fields

DIGESTS = ("MD5", "SHA-1", "SHA-256", "SHA-512")


def parse_okta(text: str) -> ParsedHash:
    fields = read_fields(text)
    algorithm = fields.text("algorithm").upper()
    if algorithm == "BCRYPT":
        return parse_bcrypt_split(fields)
    if algorithm == "PBKDF2":
        return parse_pbkdf2(fields)
    if algorithm in DIGESTS:
        return parse_digest(algorithm, fields)
    raise HashFormatError(f"the algorithm must be BCRYPT, PBKDF2, {', '.join(DIGESTS)}")


def parse_bcrypt_split(fields: Fields) -> Bcrypt:
    factor = fields.number("workFactor")
    return parse_bcrypt(f"$2a${factor:02}${fields.text('salt')}{fields.text('value')}")


def parse_pbkdf2(fields: Fields) -> Pbkdf2:
    key = read_base64(fields.text("value"), "the hash")
    if len(key) != fields.number("keySize", len(key)):
        raise HashFormatError("the hash length does not match keySize")
    return Pbkdf2(
        read_digest_name(fields.text("digestAlgorithm", "SHA256_HMAC").removesuffix("_HMAC")),
        fields.number("iterationCount"),
        read_base64(fields.text("salt"), "the salt"),
        key,
    )


def parse_digest(algorithm: str, fields: Fields) -> Digest:
    salt = read_base64(fields.text("salt", ""), "the salt")
    return make_digest(
        read_digest_name(algorithm),
        read_base64(fields.text("value"), "the hash"),
        add_salt(salt, fields.text("saltOrder", "PREFIX")),
    )


FORMATS = (
    Format(
        id="okta_password_hash",
        label="Okta password hash",
        emitted_by="Okta (credentials.password.hash)",
        source="https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/",
        hashes=(Bcrypt, Pbkdf2, Digest),
        parse=parse_okta,
        shape=re.compile(r'\{(?=.*"algorithm")(?=.*"value").*\}', re.DOTALL),
        likelihood=Likelihood.SHAPED,
        canonical=compact_json,
        notes="The JSON object as text.",
    ),
)
