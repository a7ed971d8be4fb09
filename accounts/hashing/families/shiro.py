"""Apache Shiro: a repeated digest behind $shiro1$, and bcrypt or Argon2 behind $shiro2$."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood, Parameter
from accounts.hashing.digests import read_digest_name
from accounts.hashing.encodings import read_base64, read_number
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.digest import Digest, add_salt, make_digest

SOURCE = (
    "https://github.com/apache/shiro/blob/main/crypto/hash/src/main/java/org/apache/shiro/crypto/"
    "hash/format"
)

# The name is Java's own for the digest, of which SHA is the oldest.
DIGEST_TEXT = re.compile(r"\$shiro1\$(MD5|SHA[0-9-]*)\$([0-9]+)\$([^$]*)\$([^$]+)")
ADAPTIVE_TEXT = re.compile(r"\$shiro2(\$(2[aby]|argon2(?:id|i|d))\$.*)")


def parse_digest(text: str, *, private_salt: str) -> Digest:
    """Read `$shiro1$SHA-256$<iterations>$<salt>$<hash>` of Shiro1CryptFormat.

    The first iteration is of the salts and the password, each further one of the digest alone
    (SimpleHash). The private salt, which no hash carries, comes before the user's own
    (DefaultHashService of Shiro 1).
    """
    match = DIGEST_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $shiro1$ text of digest, iterations, salt and hash")
    name, iterations, salt, expected = match.groups()
    return make_digest(
        read_digest_name("SHA-1" if name == "SHA" else name),
        read_base64(expected, "the hash"),
        add_salt(
            read_base64(private_salt, "the private salt") + read_base64(salt, "the salt"), "prefix"
        ),
        rounds=read_number(iterations, "the iteration count"),
    )


def parse_adaptive(text: str) -> Bcrypt | Argon2:
    """Read `$shiro2` and the usual text of bcrypt or Argon2, of which Shiro writes t before m."""
    match = ADAPTIVE_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not $shiro2 and a text of bcrypt or Argon2")
    inner, function = match.groups()
    return parse_argon2(inner) if function.startswith("argon2") else parse_bcrypt(inner)


FORMATS = (
    Format(
        id="shiro1",
        label="Apache Shiro 1",
        emitted_by="Apache Shiro 1 (DefaultPasswordService)",
        source=f"{SOURCE}/Shiro1CryptFormat.java",
        hashes=(Digest,),
        parse=parse_digest,
        shape=re.compile(r"\$shiro1\$.*"),
        likelihood=Likelihood.NAMED,
        parameters=(
            Parameter("private_salt", "privateSalt of the HashService, base64", default=""),
        ),
    ),
    Format(
        id="shiro2",
        label="Apache Shiro 2",
        emitted_by="Apache Shiro from 2.0 (DefaultPasswordService)",
        source=f"{SOURCE}/Shiro2CryptFormat.java",
        hashes=(Bcrypt, Argon2),
        parse=parse_adaptive,
        shape=re.compile(r"\$shiro2\$.*"),
        likelihood=Likelihood.NAMED,
    ),
)
