"""SecureAuth (Cloudentity): the hashed_password object of an identity pool export."""

from __future__ import annotations

import re
from collections.abc import Callable

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import DIGEST_SIZES, read_digest_name
from accounts.hashing.encodings import read_base64, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.fields import Fields, compact_json, read_fields


def parse_secureauth(text: str) -> ParsedHash:
    fields = read_fields(text)
    config, value = fields.fields("config"), fields.text("value")
    method = config.text("method").lower()
    if method not in PARSERS:
        raise HashFormatError(f"the method must be one of {', '.join(PARSERS)}")
    return PARSERS[method](config.fields(method), value)


def parse_bcrypt_config(_config: Fields, value: str) -> Bcrypt:
    """Read a bcrypt text, as it is or in the base64 of every other value."""
    return parse_bcrypt(value if value.startswith("$") else read_base64(value).decode("latin-1"))


def parse_pbkdf2_config(config: Fields, value: str) -> Pbkdf2:
    return Pbkdf2(
        read_digest_name(config.text("function")),
        config.number("number_of_iterations"),
        read_text(config.text("salt"), "the salt"),
        read_base64(value),
    )


def parse_argon2_config(config: Fields, value: str) -> Argon2:
    return Argon2(
        "id",
        0x13,
        config.number("memory_in_kb"),
        config.number("iterations"),
        config.number("parallelism", 1),
        read_text(config.text("salt"), "the salt"),
        read_base64(value),
    )


def parse_digest_config(config: Fields, value: str) -> Digest:
    """Read base64 of the digest, or of digest ‖ salt when the flag says so.

    The salt is text that stands before the password, as the sample of the documentation proves.
    """
    name, blob = read_digest_name(config.text("function", "md5")), read_base64(value)
    if config.flag("salt_after_digest_in_hash"):
        blob, salt = blob[: DIGEST_SIZES[name]], blob[DIGEST_SIZES[name] :]
    else:
        salt = read_text(config.text("salt", ""), "the salt")
    return make_digest(name, blob, add_salt(salt, "prefix"))


PARSERS: dict[str, Callable[[Fields, str], ParsedHash]] = {
    "bcrypt": parse_bcrypt_config,
    "pbkdf2": parse_pbkdf2_config,
    "argon2": parse_argon2_config,
    "sha": parse_digest_config,
    "md5": parse_digest_config,
}

FORMATS = (
    Format(
        id="secureauth_hashed_password",
        label="SecureAuth hashed_password",
        emitted_by="SecureAuth Connect, Cloudentity",
        source="https://docs.secureauth.com/ciam/ (identity pools, user credentials)",
        hashes=(Bcrypt, Argon2, Pbkdf2, Digest),
        parse=parse_secureauth,
        shape=re.compile(r'\{(?=.*"config")(?=.*"method").*\}', re.DOTALL),
        likelihood=Likelihood.NAMED,
        canonical=compact_json,
        notes="The JSON object as text. Salts are text, as in the documented sample for SHA-256. "
        "The documentation has no samples for PBKDF2 and argon2.",
    ),
)
