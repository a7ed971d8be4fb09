"""Logto: the JSON list of its Legacy password algorithm."""

from __future__ import annotations

import re
from typing import cast

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import read_digest_name
from accounts.hashing.encodings import read_hex, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, make_digest
from accounts.hashing.families.firebase import FirebaseScrypt, parse_split
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.fields import compact_json, read_json

PASSWORD = "@"  # noqa: S105
"""Stands for the password among the arguments."""


def parse_logto(text: str) -> ParsedHash:
    """Read `[algorithm, [arguments], hash]`."""
    algorithm, arguments, expected = read_parts(text)
    if arguments.count(PASSWORD) != 1:
        raise HashFormatError("the arguments must contain '@' exactly once, for the password")
    if algorithm == "pbkdf2":
        return parse_pbkdf2(arguments, expected)
    if algorithm == "firebase-scrypt":
        return parse_firebase(arguments, expected)
    return parse_digest(algorithm, arguments, expected)


def read_parts(text: str) -> tuple[str, list[str], str]:
    match read_json(text):
        case [str(algorithm), list(arguments), str(expected)]:
            if all(isinstance(argument, str | int) for argument in arguments):
                texts = [str(argument) for argument in cast(list[str | int], arguments)]
                return algorithm, texts, expected
    raise HashFormatError("not a list of algorithm, arguments and hash")


def parse_digest(algorithm: str, arguments: list[str], expected: str) -> Digest:
    """Read a digest of all arguments one after the other."""
    place = arguments.index(PASSWORD)
    before = read_text("".join(arguments[:place]))
    after = read_text("".join(arguments[place + 1 :]))
    return make_digest(
        read_digest_name(algorithm), read_hex(expected), lambda secret: before + secret + after
    )


def parse_pbkdf2(arguments: list[str], expected: str) -> Pbkdf2:
    if len(arguments) != 5 or arguments[-1] != PASSWORD:
        raise HashFormatError("pbkdf2 takes salt, iterations, length, digest and '@'")
    salt, iterations, length, digest, _ = arguments
    is_hex = salt.startswith("hex:")
    key = read_hex(expected)
    if len(key) != read_number(length, "the length"):
        raise HashFormatError("the hash length does not match its arguments")
    return Pbkdf2(
        read_digest_name(digest),
        read_number(iterations, "the iteration count"),
        read_hex(salt.removeprefix("hex:")) if is_hex else read_text(salt),
        key,
    )


def parse_firebase(arguments: list[str], expected: str) -> FirebaseScrypt:
    if len(arguments) != 6 or arguments[-1] != PASSWORD:
        raise HashFormatError("firebase-scrypt takes salt, key, separator, rounds, memory and '@'")
    salt, signer_key, separator, rounds, memory, _ = arguments
    return parse_split(
        expected,
        signer_key=signer_key,
        salt_separator=separator,
        rounds=rounds,
        memory_cost=memory,
        salt=salt,
    )


FORMATS = (
    Format(
        id="logto_legacy",
        label="Logto Legacy",
        emitted_by="Logto (passwordAlgorithm Legacy)",
        source="https://github.com/logto-io/logto/blob/master/packages/core/src/utils/password.ts",
        hashes=(Digest, Pbkdf2, FirebaseScrypt),
        parse=parse_logto,
        shape=re.compile(r'\[\s*"[\w-]+"\s*,\s*\[.*\]\s*,\s*"[^"]+"\s*\]', re.DOTALL),
        likelihood=Likelihood.NAMED,
        canonical=compact_json,
        notes="The JSON list as text.",
    ),
)
