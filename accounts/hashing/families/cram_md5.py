"""CRAM-MD5 of Dovecot: both halves of HMAC-MD5 (RFC 2195) after the key, which is the password."""

from __future__ import annotations

import re
from math import floor, sin

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.digests import compute_digest
from accounts.hashing.encodings import read_digest
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest

TEXT = re.compile(r"\{(?i:CRAM|HMAC)-MD5(?:\.[A-Za-z0-9]+)?\}(.+)")
BLOCK = 64
OUTER, INNER = 0x5C, 0x36
STATE_SIZE = 32

# RFC 1321: the constants and the rotations of each round.
START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
SINES = [floor(abs(sin(step + 1)) * 2**32) for step in range(64)]
ROTATIONS = [turn for row in ((7, 12, 17, 22), (5, 9, 14, 20), (4, 11, 16, 23), (6, 10, 15, 21))
             for turn in row * 4]  # fmt: skip
MASK = 0xFFFFFFFF


def parse_cram_md5(text: str) -> Digest:
    """Read `{CRAM-MD5}` or `{HMAC-MD5}` and the two states of 16 bytes, outer first."""
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not {CRAM-MD5} and a hash")
    expected = read_digest(match[1], STATE_SIZE)
    return Digest("cram-md5", expected, compute_states)


def compute_states(secret: bytes) -> bytes:
    key = compute_digest("md5", secret) if len(secret) > BLOCK else secret
    padded = key.ljust(BLOCK, b"\0")
    return b"".join(compress(bytes(byte ^ pad for byte in padded)) for pad in (OUTER, INNER))


def compress(block: bytes) -> bytes:
    """Return the state of MD5 after one block, which hashlib keeps to itself (RFC 1321, 3.4)."""
    words = [int.from_bytes(block[at : at + 4], "little") for at in range(0, BLOCK, 4)]
    a, b, c, d = START
    for step in range(64):
        mixed, index = mix(step, b, c, d)
        turned = (a + mixed + SINES[step] + words[index]) & MASK
        turn = ROTATIONS[step]
        a, d, c = d, c, b
        b = (b + (turned << turn | turned >> (32 - turn))) & MASK
    state = zip(START, (a, b, c, d), strict=True)
    return b"".join(((old + new) & MASK).to_bytes(4, "little") for old, new in state)


def mix(step: int, b: int, c: int, d: int) -> tuple[int, int]:
    """Return the auxiliary function of a step, and which word of the block it takes."""
    if step < 16:
        return b & c | ~b & d, step
    if step < 32:
        return d & b | ~d & c, (5 * step + 1) % 16
    if step < 48:
        return b ^ c ^ d, (3 * step + 5) % 16
    return c ^ (b | ~d & MASK), 7 * step % 16


FORMATS = (
    Format(
        id="cram_md5",
        label="CRAM-MD5 of Dovecot",
        emitted_by="Dovecot (schemes CRAM-MD5 and HMAC-MD5)",
        source="RFC 2195 and https://doc.dovecot.org/main/core/config/auth/schemes.html",
        hashes=(Digest,),
        parse=parse_cram_md5,
        shape=re.compile(r"(?i:\{(CRAM|HMAC)-MD5(\.\w+)?\}).*"),
        likelihood=Likelihood.NAMED,
    ),
)
