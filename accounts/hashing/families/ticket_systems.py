"""Request Tracker, Roundup and OTRS or Znuny: texts of their own for common functions."""

from __future__ import annotations

import re
from functools import partial

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.digests import compute_digest
from accounts.hashing.encodings import Password, encode_password, read_base64, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2, parse_crypt

RT = "https://github.com/bestpractical/rt/blob/stable/lib/RT/User.pm"
RT_SHA512 = re.compile(r"!sha512!([^!]+)!([A-Za-z0-9+/]{86})")
RT_BCRYPT = re.compile(r"!bcrypt!([0-9]{2})!([./A-Za-z0-9]{53})")
RT_2010_SIZE, RT_2010_SALT = 30, 4


def parse_rt(text: str) -> Digest | Bcrypt:
    """Read `!sha512!<salt>!<hash>`, `!bcrypt!<cost>!<salt and hash>`, or the 40 characters before.

    The digest that bcrypt is given has 64 bytes of any kind, NUL among them.
    """
    if match := RT_SHA512.fullmatch(text):
        salt = read_text(match[1], "the salt")
        return make_digest("sha512", read_base64(match[2]), add_salt(salt, "prefix"))
    if match := RT_BCRYPT.fullmatch(text):
        return parse_bcrypt(f"$2a${match[1]}${match[2]}", hash_sha512)
    blob = read_base64(text)
    if len(blob) != RT_2010_SIZE:
        raise HashFormatError("not !sha512!, !bcrypt! or 40 characters")
    salt, expected = blob[:RT_2010_SALT], blob[RT_2010_SALT:]
    return Digest("sha256", expected, partial(compute_2010, salt, len(expected)))


def hash_sha512(password: Password) -> bytes:
    return compute_digest("sha512", encode_password(password))


def compute_2010(salt: bytes, size: int, secret: bytes) -> bytes:
    return compute_digest("sha256", salt + compute_digest("md5", secret))[:size]


def parse_roundup(text: str) -> Pbkdf2:
    """Read `{PBKDF2S5}<rounds>$<salt>$<hash>`, PBKDF2 with SHA-512."""
    if not text.startswith("{PBKDF2S5}"):
        raise HashFormatError("not {PBKDF2S5}, rounds, salt and hash")
    return parse_crypt(f"$pbkdf2-sha512${text.removeprefix('{PBKDF2S5}')}")


OTRS_TEXT = re.compile(r"BCRYPT:([0-9]{1,2}):(.{16}):([./A-Za-z0-9]{31})", re.DOTALL)
BCRYPT_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def parse_otrs(text: str) -> Bcrypt:
    """Read `BCRYPT:<cost>:<salt>:<hash>`, whose 16 characters are the bytes of the salt."""
    match = OTRS_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not BCRYPT, cost, 16 characters of salt and a hash between colons")
    salt = read_text(match[2], "the salt")
    if len(salt) != 16:
        raise HashFormatError("the salt has 16 bytes")
    return parse_bcrypt(f"$2a${int(match[1]):02}${write_bcrypt(salt)}{match[3]}")


def write_bcrypt(data: bytes) -> str:
    """Return bytes in the base64 of bcrypt."""
    bits = int.from_bytes(data) << (-8 * len(data) % 6)
    count = -(-8 * len(data) // 6)
    places = (6 * place for place in reversed(range(count)))
    return "".join(BCRYPT_ALPHABET[bits >> place & 63] for place in places)


FORMATS = (
    Format(
        id="request_tracker",
        label="Request Tracker",
        emitted_by="Request Tracker (RT)",
        source=RT,
        hashes=(Digest, Bcrypt),
        parse=parse_rt,
        shape=re.compile(r"!(sha512|bcrypt)!.*"),
        likelihood=Likelihood.NAMED,
        notes="Declare it for the 40 characters of base64 that RT wrote in 2010 and 2011.",
    ),
    Format(
        id="roundup",
        label="Roundup",
        emitted_by="Roundup Issue Tracker from 2.3",
        source="PyPI roundup 2.5.0, roundup/password.py",
        hashes=(Pbkdf2,),
        parse=parse_roundup,
        shape=re.compile(r"\{PBKDF2S5\}.*"),
        likelihood=Likelihood.NAMED,
        notes="Its older schemes are those of LDAP.",
    ),
    Format(
        id="otrs_bcrypt",
        label="OTRS, Znuny",
        emitted_by="OTRS and Znuny with BCRYPT",
        source="https://github.com/znuny/Znuny, Kernel/System/Auth/DB.pm",
        hashes=(Bcrypt,),
        parse=parse_otrs,
        shape=re.compile(r"BCRYPT:[0-9]{1,2}:.*", re.DOTALL),
        likelihood=Likelihood.NAMED,
    ),
)
