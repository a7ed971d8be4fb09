"""AIX: schemes in braces as in LDAP, with texts behind them as in crypt(3)."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import partial

from passlib.utils.binary import h64

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.digests import compute_digest
from accounts.hashing.encodings import Password, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest
from accounts.hashing.families.pbkdf2 import Pbkdf2

SOURCE = "https://www.ibm.com/docs/aix, loadable password algorithms"
SMD5_TEXT = re.compile(r"\{smd5\}([./0-9A-Za-z]{0,8})\$([./0-9A-Za-z]{21}[./01])")
SSHA_TEXT = re.compile(r"\{ssha(1|256|512)\}([0-9]{2})\$([./0-9A-Za-z]{8,24})\$([./0-9A-Za-z]+)")
# Characters of the hash.
SSHA_LENGTHS = {"sha1": 27, "sha256": 43, "sha512": 86}
# Which byte of the digest goes where in the text of MD5 crypt.
MD5_ORDER = (12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11)
MD5_ROUNDS = 1000


def parse_smd5(text: str) -> Digest:
    """Read `{smd5}<salt>$<hash>`, MD5 crypt without its mark in the first digest."""
    match = SMD5_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not {smd5}, a salt and 22 characters of hash")
    salt, checksum = match.groups()
    expected: bytes = h64.decode_transposed_bytes(checksum.encode(), MD5_ORDER)
    compute = partial(compute_md5_crypt, read_text(salt))
    return Digest("md5", expected, compute, MD5_ROUNDS, rehashed_salt=len(salt))


def compute_md5_crypt(salt: bytes, secret: bytes) -> bytes:
    """Return MD5 crypt (crypt(5)) without a mark, which libpass always puts in."""
    md5 = partial(compute_digest, "md5")
    other, length = md5(secret + salt + secret), len(secret)
    start = secret + salt + (other * (length // len(other) + 1))[:length]
    while length:
        start += b"\0" if length & 1 else secret[:1]
        length >>= 1
    state = md5(start)
    for step in range(MD5_ROUNDS):
        middle = (salt if step % 3 else b"") + (secret if step % 7 else b"")
        ends = (secret, state) if step & 1 else (state, secret)
        state = md5(ends[0] + middle + ends[1])
    return state


@dataclass(frozen=True, repr=False)
class AixPbkdf2(Pbkdf2):
    """PBKDF2 as text: the last group of characters lacks one, so the key cannot be read back."""

    text: str = ""

    def matches(self, password: Password) -> bool:
        key = hashlib.pbkdf2_hmac(self.digest, self.prepare(password), self.salt, self.iterations)
        return hmac.compare_digest(write_groups(key)[: len(self.text)], self.text.encode())


def write_groups(key: bytes) -> bytes:
    """Return three bytes in four characters, of the lowest six bits first."""
    padded = key + bytes(-len(key) % 3)
    encoded: bytes = h64.encode_bytes(
        b"".join(padded[at : at + 3][::-1] for at in range(0, len(padded), 3))
    )
    return encoded


def parse_ssha(text: str) -> AixPbkdf2:
    """Read `{ssha256}06$<salt>$<hash>`; the number is the logarithm of the iterations."""
    match = SSHA_TEXT.fullmatch(text)
    if match is None or len(match[4]) != SSHA_LENGTHS[f"sha{match[1]}"]:
        raise HashFormatError("not a {ssha…} text of cost, salt and hash")
    size, cost, salt, checksum = match.groups()
    if int(cost) > 31:
        raise HashFormatError("the logarithm of the iterations is at most 31")
    return AixPbkdf2(f"sha{size}", 2 ** int(cost), read_text(salt), bytes(64), text=checksum)


FORMATS = (
    Format(
        id="aix_smd5",
        label="AIX {smd5}",
        emitted_by="AIX (/etc/security/passwd)",
        source=SOURCE,
        hashes=(Digest,),
        parse=parse_smd5,
        shape=re.compile(r"\{smd5\}[./0-9A-Za-z]{0,8}\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="aix_ssha",
        label="AIX {ssha}",
        emitted_by="AIX (/etc/security/passwd)",
        source=SOURCE,
        hashes=(AixPbkdf2,),
        parse=parse_ssha,
        shape=re.compile(r"\{ssha(1|256|512)\}[0-9]{2}\$.*"),
        likelihood=Likelihood.NAMED,
    ),
)
