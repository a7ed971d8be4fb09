"""Cisco: types 4, 8 and 9 of IOS, and the hashes of PIX and ASA."""

from __future__ import annotations

import re
from functools import partial

from passlib.hash import cisco_asa, cisco_pix
from passlib.utils.binary import h64big

from accounts.hashing.contract import USERNAME, Format, Likelihood
from accounts.hashing.digests import DIGEST_SIZES
from accounts.hashing.encodings import read_base64, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.families.scrypt import Scrypt

HASHCAT = "https://hashcat.net/wiki/doku.php?id=example_hashes, mode"
IOS_TEXT = re.compile(r"\$([89])\$([./0-9A-Za-z]{14})\$([./0-9A-Za-z]{43})")
TYPE_4_TEXT = re.compile(r"[./0-9A-Za-z]{43}")
ASA_TEXT = re.compile(r"\$sha512\$([0-9]+)\$([^$]+)\$([^$]+)")
PIX_TEXT = re.compile(r"([./0-9A-Za-z]{16})(?::(.*))?")
KEY_SIZE = DIGEST_SIZES["sha256"]
PIX_LONGEST, ASA_LONGEST = 16, 32


def read_key(text: str) -> bytes:
    """Decode base64 in the alphabet of crypt(3)."""
    decoded: bytes = h64big.decode_bytes(text.encode())
    return decoded[:KEY_SIZE]


def parse_ios(text: str) -> Pbkdf2 | Scrypt:
    """Read `$8$` of PBKDF2 or `$9$` of scrypt, with costs that do not change."""
    match = IOS_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not $8$ or $9$, 14 characters of salt and 43 of hash")
    salt, key = read_text(match[2]), read_key(match[3])
    return (
        Pbkdf2("sha256", 20_000, salt, key) if match[1] == "8" else Scrypt(16384, 1, 1, salt, key)
    )


def parse_type_4(text: str) -> Digest:
    if not TYPE_4_TEXT.fullmatch(text):
        raise HashFormatError("a hash of type 4 has 43 characters")
    return make_digest("sha256", read_key(text), add_salt(b"", "prefix"))


def parse_asa(text: str, *, username: str) -> Pbkdf2 | Digest:
    """Read `$sha512$`, or the 16 characters of MD5, of which the first 4 of the name are part."""
    if match := ASA_TEXT.fullmatch(text):
        rounds, salt, key = match.groups()
        return Pbkdf2(
            "sha512",
            read_number(rounds, "the number of rounds"),
            read_base64(salt, "the salt"),
            read_base64(key, "the hash"),
        )
    checksum, name = split_pix(text)
    return Digest("md5", checksum, partial(compute_asa, username if name is None else name))


def parse_pix(text: str) -> Digest:
    checksum, name = split_pix(text)
    if name is not None:
        raise HashFormatError("a hash of PIX has no name behind it")
    return Digest("md5", checksum, compute_pix)


def split_pix(text: str) -> tuple[bytes, str | None]:
    match = PIX_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not the 16 characters of PIX or ASA")
    return match[1].encode(), match[2]


def compute_pix(secret: bytes) -> bytes:
    if len(secret) > PIX_LONGEST:
        return b""
    return str(cisco_pix.hash(secret)).encode()


def compute_asa(name: str, secret: bytes) -> bytes:
    if len(secret) > ASA_LONGEST:
        return b""
    return str(cisco_asa.hash(secret, user=name)).encode()


FORMATS = (
    Format(
        id="cisco_ios",
        label="Cisco IOS types 8 and 9",
        emitted_by="Cisco IOS and IOS XE",
        source=f"{HASHCAT}s 9200 and 9300",
        hashes=(Pbkdf2, Scrypt),
        parse=parse_ios,
        shape=re.compile(r"\$[89]\$[./0-9A-Za-z]{14}\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="cisco_type4",
        label="Cisco IOS type 4",
        emitted_by="Cisco IOS",
        source=f"{HASHCAT} 5700",
        hashes=(Digest,),
        parse=parse_type_4,
        shape=TYPE_4_TEXT,
        likelihood=Likelihood.SHAPED,
        formula="sha256(password), in the alphabet of crypt(3)",
    ),
    Format(
        id="cisco_pix",
        label="Cisco PIX",
        emitted_by="Cisco PIX",
        source=f"{HASHCAT} 2400",
        hashes=(Digest,),
        parse=parse_pix,
        shape=re.compile(r"(?![0-9A-Fa-f]{16}$)[./0-9A-Za-z]{16}"),
        likelihood=Likelihood.PLAIN,
        formula="md5(password, filled up to 16 bytes), 24 bits of each 32",
    ),
    Format(
        id="cisco_asa",
        label="Cisco ASA",
        emitted_by="Cisco ASA",
        source=f"{HASHCAT} 2410, and $sha512$ of ASA from 9.6",
        hashes=(Pbkdf2, Digest),
        parse=parse_asa,
        shape=re.compile(r"\$sha512\$[0-9]+\$.*|(?![0-9A-Fa-f]{16}$)[./0-9A-Za-z]{16}(:.{1,64})?"),
        likelihood=Likelihood.PLAIN,
        parameters=(USERNAME.with_default(""),),
        formula="md5(password and user name, filled up to 16 or 32 bytes), 24 bits of each 32",
    ),
)
