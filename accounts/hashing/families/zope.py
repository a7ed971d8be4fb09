"""Zope and Plone: the schemes of zope.password and AuthEncoding that no directory has."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

import bcrypt

from accounts.hashing.contract import Bound, Format, Likelihood, ParsedHash
from accounts.hashing.costs import BCRYPT_KDF, Cost
from accounts.hashing.encodings import Password, encode_password, read_base64, read_hex
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest
from accounts.hashing.families.unsalted import compute_mysql323

KDF_TEXT = re.compile(r"\{BCRYPTKDF\}([0-9a-f]{1,7})\$([^$]+)\$([^$]+)")


@dataclass(frozen=True, repr=False)
class BcryptKdf(ParsedHash):
    """bcrypt_pbkdf of OpenBSD."""

    rounds: int
    salt: bytes
    key: bytes

    bounds = (Bound("rounds", 1, 2**28 - 1, "seven hexadecimal digits hold it", weak_below=50),)
    cost_formula = f"rounds * {BCRYPT_KDF:,.0f} µs for each 32 bytes of the hash"

    def __post_init__(self) -> None:
        if not self.salt or len(self.key) not in range(16, 513):
            raise HashFormatError("a hash of BCRYPTKDF has a salt and between 16 and 512 bytes")

    def summarize(self) -> dict[str, str | int]:
        return {"rounds": self.rounds}

    def estimate(self, password_bytes: int) -> Cost:
        return Cost(self.rounds * -(-len(self.key) // 32) * BCRYPT_KDF / 1e6)

    def matches(self, password: Password) -> bool:
        secret = encode_password(password)
        if not secret:
            return False  # which the library refuses
        computed = bcrypt.kdf(secret, self.salt, len(self.key), self.rounds, ignore_few_rounds=True)
        return hmac.compare_digest(computed, self.key)


def parse_kdf(text: str) -> BcryptKdf:
    """Read `{BCRYPTKDF}<rounds in hexadecimal>$<salt>$<hash>`."""
    match = KDF_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not {BCRYPTKDF}, rounds, salt and hash")
    rounds, salt, key = match.groups()
    return BcryptKdf(int(rounds, 16), read_base64(salt, "the salt"), read_base64(key, "the hash"))


MYSQL_TEXT = re.compile(r"\{MYSQL\}([0-9a-f]{16})")


def parse_mysql(text: str) -> Digest:
    match = MYSQL_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not {MYSQL} and 16 hexadecimal digits")
    return Digest("mysql323", read_hex(match[1]), compute_mysql323)


FORMATS = (
    Format(
        id="zope_bcryptkdf",
        label="zope.password BCRYPTKDF",
        emitted_by="Zope and Plone on zope.password",
        source="PyPI zope.password 6.2",
        hashes=(BcryptKdf,),
        parse=parse_kdf,
        shape=re.compile(r"\{BCRYPTKDF\}.*"),
        likelihood=Likelihood.NAMED,
        notes="Its usual 1,024 rounds pass the usual limit of a sign-in.",
    ),
    Format(
        id="zope_mysql",
        label="AuthEncoding MYSQL",
        emitted_by="Zope and Plone on AuthEncoding",
        source="PyPI AuthEncoding 6.1",
        hashes=(Digest,),
        parse=parse_mysql,
        shape=MYSQL_TEXT,
        likelihood=Likelihood.NAMED,
    ),
)
