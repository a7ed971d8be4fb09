"""Stytch: the body of /passwords/migrate."""

from __future__ import annotations

import re
from collections.abc import Callable

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import DIGEST_SIZES, read_digest_name
from accounts.hashing.encodings import read_base64, read_hex, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.digest import Digest, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.families.phpass import Phpass, parse_phpass
from accounts.hashing.families.scrypt import Scrypt
from accounts.hashing.fields import Fields, compact_json, read_fields


def parse_stytch(text: str) -> ParsedHash:
    fields = read_fields(text)
    parser = PARSERS.get(fields.text("hash_type").lower())
    if parser is None:
        raise HashFormatError(f"hash_type must be one of {', '.join(PARSERS)}")
    return parser(fields, fields.text("hash"))


def parse_bcrypt_text(_fields: Fields, value: str) -> Bcrypt:
    return parse_bcrypt(value)


def parse_phpass_text(_fields: Fields, value: str) -> Phpass:
    return parse_phpass(value)


def parse_argon2_config(fields: Fields, value: str) -> Argon2:
    """Read a PHC text, or the key in hexadecimal with its parameters beside it."""
    if value.startswith("$"):
        return parse_argon2(value)
    config = fields.fields("argon_2_config")
    return Argon2(
        fields.text("hash_type").removeprefix("argon_2"),
        0x13,
        config.number("memory"),
        config.number("iteration_amount"),
        config.number("threads"),
        read_text(config.text("salt"), "the salt"),
        read_hex(value),
    )


def parse_digest_config(fields: Fields, value: str) -> Digest:
    """Read a digest in hexadecimal or base64, between a salt before and a salt after."""
    name = read_digest_name(fields.text("hash_type"))
    config = fields.fields(f"{fields.text('hash_type')}_config")
    before = read_text(config.text("prepend_salt", ""), "the salt")
    after = read_text(config.text("append_salt", ""), "the salt")
    is_hex = len(value) == 2 * DIGEST_SIZES[name]
    return make_digest(
        name,
        read_hex(value) if is_hex else read_base64(value),
        lambda secret: before + secret + after,
    )


def parse_scrypt_config(fields: Fields, value: str) -> Scrypt:
    config = fields.fields("scrypt_config")
    return Scrypt(
        config.number("n_parameter"),
        config.number("r_parameter"),
        config.number("p_parameter"),
        read_base64(config.text("salt"), "the salt"),
        check_length(read_base64(value, "the hash"), config),
    )


def parse_pbkdf2_config(fields: Fields, value: str) -> Pbkdf2:
    config = fields.fields("pbkdf_2_config")
    return Pbkdf2(
        read_digest_name(config.text("algorithm", "sha256")),
        config.number("iteration_amount"),
        read_base64(config.text("salt"), "the salt"),
        check_length(read_base64(value, "the hash"), config),
    )


def check_length(key: bytes, config: Fields) -> bytes:
    if len(key) != config.number("key_length", len(key)):
        raise HashFormatError("the hash length does not match key_length")
    return key


PARSERS: dict[str, Callable[[Fields, str], ParsedHash]] = {
    "bcrypt": parse_bcrypt_text,
    "phpass": parse_phpass_text,
    "argon_2i": parse_argon2_config,
    "argon_2id": parse_argon2_config,
    "md_5": parse_digest_config,
    "sha_1": parse_digest_config,
    "sha_512": parse_digest_config,
    "scrypt": parse_scrypt_config,
    "pbkdf_2": parse_pbkdf2_config,
}

FORMATS = (
    Format(
        id="stytch_migrate",
        label="Stytch migration",
        emitted_by="Stytch (the body of /passwords/migrate)",
        source="https://stytch.com/docs/api/password-migrate",
        hashes=(Bcrypt, Phpass, Argon2, Digest, Scrypt, Pbkdf2),
        parse=parse_stytch,
        shape=re.compile(r'\{.*"hash_type".*\}', re.DOTALL),
        likelihood=Likelihood.NAMED,
        canonical=compact_json,
        notes="The JSON object with hash, hash_type and the configuration of that type, as text.",
    ),
)
