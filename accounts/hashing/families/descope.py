"""Descope: the hashedPassword object of its batch user import."""

from __future__ import annotations

import re
from collections.abc import Callable

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import read_digest_name
from accounts.hashing.encodings import read_base64
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.firebase import FirebaseScrypt, parse_split
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.fields import Fields, compact_json, read_fields


def parse_descope(text: str) -> ParsedHash:
    """Read an object whose one field is named after the algorithm."""
    fields = read_fields(text)
    for name, parser in PARSERS.items():
        if fields.has(name):
            return parser(fields.fields(name))
    raise HashFormatError(f"the object has none of {', '.join(PARSERS)}")


def parse_bcrypt_field(fields: Fields) -> Bcrypt:
    return parse_bcrypt(fields.text("hash"))


def parse_firebase_field(fields: Fields) -> FirebaseScrypt:
    return parse_split(
        fields.text("hash"),
        signer_key=fields.text("signerKey"),
        salt_separator=fields.text("saltSeparator"),
        rounds=fields.text("rounds"),
        memory_cost=fields.text("memory"),
        salt=fields.text("salt"),
    )


def parse_pbkdf2_field(fields: Fields) -> Pbkdf2:
    return Pbkdf2(
        read_digest_name(fields.text("type")),
        fields.number("iterations"),
        read_base64(fields.text("salt"), "the salt"),
        read_base64(fields.text("hash"), "the hash"),
    )


PARSERS: dict[str, Callable[[Fields], ParsedHash]] = {
    "bcrypt": parse_bcrypt_field,
    "firebase": parse_firebase_field,
    "pbkdf2": parse_pbkdf2_field,
}

FORMATS = (
    Format(
        id="descope_hashed_password",
        label="Descope hashedPassword",
        emitted_by="Descope",
        source="https://docs.descope.com/migrate/custom",
        hashes=(Bcrypt, FirebaseScrypt, Pbkdf2),
        parse=parse_descope,
        shape=re.compile(r'\{\s*"(bcrypt|firebase|pbkdf2)".*\}', re.DOTALL),
        likelihood=Likelihood.NAMED,
        canonical=compact_json,
        notes="The JSON object as text.",
    ),
)
