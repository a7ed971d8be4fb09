"""Symfony: the MessageDigestPasswordHasher that was its default for years."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood, Parameter
from accounts.hashing.digests import compute_digest, read_digest_name
from accounts.hashing.encodings import read_bytes, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, check_digest_size


def parse_symfony(
    text: str, *, algorithm: str, iterations: str, salt: str, hash_encoding: str
) -> Digest:
    name, rounds = read_digest_name(algorithm), read_number(iterations, "the iteration count")
    expected = read_bytes(text, hash_encoding, "the hash")
    check_digest_size(name, expected)
    # The hasher refuses a salt with braces, since it uses them to set the salt off.
    if "{" in salt or "}" in salt:
        raise HashFormatError("the salt contains braces")
    suffix = read_text(f"{{{salt}}}" if salt else "", "the salt")
    return Digest(
        name,
        expected,
        lambda secret: iterate_digest(name, secret + suffix, rounds),
        rounds,
        rehashed_salt=len(suffix),
    )


def iterate_digest(name: str, salted: bytes, rounds: int) -> bytes:
    state = compute_digest(name, salted)
    for _ in range(rounds - 1):
        state = compute_digest(name, state + salted)
    return state


FORMATS = (
    Format(
        id="symfony_message_digest",
        label="Symfony MessageDigestPasswordHasher",
        emitted_by="Symfony applications, FOSUserBundle",
        source="https://github.com/symfony/symfony/blob/7.2/src/Symfony/Component/"
        "PasswordHasher/Hasher/MessageDigestPasswordHasher.php",
        hashes=(Digest,),
        parse=parse_symfony,
        shape=re.compile(r"[A-Za-z0-9+/]{22,86}={0,2}|[0-9a-f]{32,128}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter(
                "algorithm",
                "the digest function",
                default="sha512",
                choices=("md5", "sha1", "sha256", "sha512"),
            ),
            Parameter("iterations", "the iteration count", default="5000"),
            Parameter("salt", "the user's salt", default=""),
            Parameter(
                "hash_encoding", "the encoding of the hash", "base64", choices=("base64", "hex")
            ),
        ),
    ),
)
