"""crypt(3) of other Unix systems: NetBSD, Solaris, FreeBSD, and the long DES texts of SCO."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import Any

from passlib.hash import bigcrypt, crypt16, sha1_crypt

from accounts.hashing.contract import Bound, Format, Likelihood
from accounts.hashing.costs import (
    DES_CRYPT_BYTE,
    DES_CRYPT_ROUND,
    SHA1_CRYPT_ROUND,
    SUN_MD5_ROUND,
    Cost,
)
from accounts.hashing.digests import compute_digest
from accounts.hashing.encodings import Password, encode_password, read_hex, read_number
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.crypt import DES_ROUNDS, MANUAL, CryptText, check_text
from accounts.hashing.families.digest import Digest
from accounts.hashing.libcrypt import compute_crypt, require_libcrypt

MD5_ROUNDS = 4096
"""What Solaris does beyond the rounds that a text names."""


class Sha1Crypt(CryptText):
    bounds = (Bound("rounds", 1, 2**32 - 1, "the text holds a 32-bit number", weak_below=20_000),)
    cost_formula = f"rounds * {SHA1_CRYPT_ROUND:g} µs"

    def estimate(self, password_bytes: int) -> Cost:
        return Cost(self.rounds * SHA1_CRYPT_ROUND / 1e6)


@dataclass(frozen=True, repr=False)
class SunMd5Crypt(CryptText):
    """A text for the system's libcrypt; libpass takes ten times as long."""

    bounds = (Bound("rounds", MD5_ROUNDS, 2**32 - 1, "the text holds a 32-bit number", 10_000),)
    cost_formula = f"rounds * {SUN_MD5_ROUND} µs"

    def summarize(self) -> dict[str, str | int]:
        return {"scheme": "sun_md5_crypt", "rounds": self.rounds}

    def estimate(self, password_bytes: int) -> Cost:
        return Cost(self.rounds * SUN_MD5_ROUND / 1e6)

    def matches(self, password: Password) -> bool:
        computed = compute_crypt(encode_password(password), self.text)
        return computed is not None and hmac.compare_digest(computed, self.text.encode())


@dataclass(frozen=True, repr=False)
class LongDesCrypt(CryptText):
    """DES crypt of each 8 bytes of a password; `rounds` are those of all its blocks.

    `longest` is how many bytes the blocks hold; None where the rest of a password is ignored.
    """

    longest: int | None = None

    bounds = (Bound("rounds", DES_ROUNDS, 16 * DES_ROUNDS, MANUAL),)
    cost_formula = f"rounds * {DES_CRYPT_ROUND:g} + {DES_CRYPT_BYTE} * bytes of password µs"
    fast = True

    def estimate(self, password_bytes: int) -> Cost:
        return Cost((self.rounds * DES_CRYPT_ROUND + password_bytes * DES_CRYPT_BYTE) / 1e6)

    def matches(self, password: Password) -> bool:
        # libpass would hash all blocks of a longer one, which cannot match.
        is_too_long = self.longest is not None and len(encode_password(password)) > self.longest
        return not is_too_long and super().matches(password)


SHA1_TEXT = re.compile(r"\$sha1\$([0-9]+)\$[./0-9A-Za-z]{0,64}\$[./0-9A-Za-z]{28}")
# Solaris writes ",rounds=", some tools "$rounds="; the salt ends with one "$" or with two.
SUN_TEXT = re.compile(
    r"\$md5(?:[$,]rounds=([0-9]+))?\$[./0-9A-Za-z]{0,64}\$?\$[./0-9A-Za-z]{21}[./01]"
)
# The last of 11 characters holds only 4 of 64 bits.
DES_BLOCK = r"[./0-9A-Za-z]{10}[.26AEIMQUYcgkosw]"
BIGCRYPT_TEXT = re.compile(rf"[./0-9A-Za-z]{{2}}(?:{DES_BLOCK}){{2,16}}")
CRYPT16_TEXT = re.compile(rf"[./0-9A-Za-z]{{2}}(?:{DES_BLOCK}){{2}}")
NT_TEXT = re.compile(r"\$3\$\$([0-9a-fA-F]{32})")


def parse_sha1_crypt(text: str) -> Sha1Crypt:
    """Read `$sha1$<rounds>$<salt>$<hash>` of NetBSD."""
    match = SHA1_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $sha1$ text of rounds, salt and hash")
    check_text(sha1_crypt, text)
    return Sha1Crypt(sha1_crypt, text, read_number(match[1], "the number of rounds"))


def parse_sun_md5(text: str) -> SunMd5Crypt:
    """Read `$md5,rounds=904$<salt>$$<hash>` of Solaris; without rounds there are none more."""
    match = SUN_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $md5 text of rounds, salt and hash")
    require_libcrypt()
    further = read_number(match[1] or "0", "the number of rounds")
    return SunMd5Crypt(None, text, MD5_ROUNDS + further)


def parse_bigcrypt(text: str) -> LongDesCrypt:
    """Read the salt and 11 characters for each 8 of the password."""
    return parse_long_des(text, BIGCRYPT_TEXT, bigcrypt, cuts=False)


def parse_crypt16(text: str) -> LongDesCrypt:
    """Read the two blocks of Ultrix: 20 rounds for the first 8 characters, 5 for the next."""
    return parse_long_des(text, CRYPT16_TEXT, crypt16, cuts=True)


def parse_long_des(
    text: str, pattern: re.Pattern[str], handler: Any, *, cuts: bool
) -> LongDesCrypt:
    if not pattern.fullmatch(text):
        raise HashFormatError("not two characters of salt and blocks of 11 characters")
    check_text(handler, text)
    blocks = len(text) // 11
    return LongDesCrypt(handler, text, DES_ROUNDS * blocks, None if cuts else 8 * blocks)


def parse_nt(text: str) -> Digest:
    """Read `$3$$<hash>`, the NT hash in crypt(3).

    FreeBSD takes the UTF-16 of a password, libxcrypt each of its bytes for a character. For ASCII
    that is the same; what was made of any other password, nothing in the text tells.
    """
    match = NT_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not $3$$ and 32 hexadecimal digits")
    expected = read_hex(match[1], "the hash")

    def compute(secret: bytes) -> bytes:
        widened = compute_digest("md4", secret.decode("latin-1").encode("utf-16-le"))
        if widened == expected:
            return widened
        text = secret.decode("utf-8", "surrogateescape")
        return compute_digest("md4", text.encode("utf-16-le", "surrogatepass"))

    return Digest("md4", expected, compute)


FORMATS = (
    Format(
        id="sha1_crypt",
        label="SHA-1 crypt",
        emitted_by="NetBSD",
        source=MANUAL,
        hashes=(Sha1Crypt,),
        parse=parse_sha1_crypt,
        shape=re.compile(r"\$sha1\$[0-9]+\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="sun_md5_crypt",
        label="Sun MD5 crypt",
        emitted_by="Solaris, illumos",
        source=MANUAL,
        hashes=(SunMd5Crypt,),
        parse=parse_sun_md5,
        shape=re.compile(r"\$md5,.*|\$md5\$(rounds=.*|[./0-9A-Za-z]{0,64}\$?\$[./0-9A-Za-z]{22})"),
        likelihood=Likelihood.NAMED,
        notes="Needs libxcrypt, the libcrypt of Debian, Ubuntu, Fedora and others.",
    ),
    Format(
        id="nt_crypt",
        label="NT hash of crypt(3)",
        emitted_by="FreeBSD",
        source=MANUAL,
        hashes=(Digest,),
        parse=parse_nt,
        shape=re.compile(r"\$3\$\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="bigcrypt",
        label="bigcrypt",
        emitted_by="SCO, HP-UX and Tru64",
        source=MANUAL,
        hashes=(LongDesCrypt,),
        parse=parse_bigcrypt,
        shape=BIGCRYPT_TEXT,
        likelihood=Likelihood.SHAPED,
        formula="DES crypt of each 8 characters",
        shared=CRYPT16_TEXT,
    ),
    Format(
        id="crypt16",
        label="crypt16",
        emitted_by="Ultrix",
        source="https://passlib.readthedocs.io/en/stable/lib/passlib.hash.crypt16.html",
        hashes=(LongDesCrypt,),
        parse=parse_crypt16,
        shape=CRYPT16_TEXT,
        likelihood=Likelihood.SHAPED,
        formula="DES crypt of characters 1 to 8 with 20 rounds, of 9 to 16 with 5",
        notes="Only the first 16 bytes of a password are used.",
    ),
)
