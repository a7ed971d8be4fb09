"""password4j: PBKDF2 whose HMAC is a digit, and whose two numbers are one."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.encodings import read_base64, read_number
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.pbkdf2 import Pbkdf2

# Hmac.code() of password4j.
DIGESTS = {"1": "sha1", "2": "sha224", "3": "sha256", "4": "sha384", "5": "sha512"}
TEXT = re.compile(r"\$([1-5])\$([0-9]{10,19})\$([^$]+)\$([^$]+)")
"""One iteration already makes a number of ten digits: no salt of MD5 crypt, $1$, is so long, and
no text of SHA-256 crypt, $5$, has another field behind its salt. $3$$ of FreeBSD is NTLM."""


def parse_password4j(text: str) -> Pbkdf2:
    """Read `$3$<number>$<salt>$<hash>` of CompressedPBKDF2Function.

    The upper 32 bits of the number are the iterations, the lower ones the bits of the hash.
    """
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a text of HMAC, iterations and length, salt and hash")
    digest, number, salt, key = match.groups()
    iterations, bits = divmod(read_number(number, "the number of iterations and length"), 2**32)
    parsed = Pbkdf2(
        DIGESTS[digest], iterations, read_base64(salt, "the salt"), read_base64(key, "the hash")
    )
    if len(parsed.key) * 8 != bits:
        raise HashFormatError("the hash length does not match its text")
    return parsed


FORMATS = (
    Format(
        id="password4j_pbkdf2",
        label="password4j PBKDF2",
        emitted_by="password4j (withCompressedPBKDF2)",
        source="https://github.com/Password4j/password4j/blob/master/src/main/java/com/password4j/"
        "CompressedPBKDF2Function.java",
        hashes=(Pbkdf2,),
        parse=parse_password4j,
        shape=TEXT,
        likelihood=Likelihood.NAMED,
    ),
)
