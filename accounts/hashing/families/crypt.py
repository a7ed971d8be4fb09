"""crypt(3): the MD5, SHA-256, SHA-512 and DES texts that most systems write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from passlib.hash import (
    apr_md5_crypt,
    bsdi_crypt,
    des_crypt,
    md5_crypt,
    sha256_crypt,
    sha512_crypt,
)

from accounts.hashing.contract import Bound, Format, Likelihood, ParsedHash
from accounts.hashing.costs import (
    DES_CRYPT_BYTE,
    DES_CRYPT_ROUND,
    MD5_CRYPT,
    MD5_CRYPT_BYTE,
    SHA_CRYPT_BYTE,
    SHA_CRYPT_ROUND,
    Cost,
)
from accounts.hashing.encodings import Password, encode_password
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.password4j import TEXT as PASSWORD4J_TEXT

DES_ROUNDS = 25
MANUAL = "https://manpages.debian.org/bookworm/libcrypt-dev/crypt.5.en.html"


@dataclass(frozen=True, repr=False)
class CryptText(ParsedHash):
    """A text that libpass verifies whole; `handler` is its class for the scheme."""

    handler: Any
    text: str
    rounds: int

    def summarize(self) -> dict[str, str | int]:
        return {"scheme": str(self.handler.name), "rounds": self.rounds}

    def matches(self, password: Password) -> bool:
        secret = encode_password(password)
        # libpass raises: a C library would have stopped reading at the NUL.
        if b"\0" in secret:
            return False
        return bool(self.handler.verify(secret, self.text))


@dataclass(frozen=True, repr=False)
class ShaCrypt(CryptText):
    bounds = (
        Bound("rounds", 1000, 999_999_999, "https://www.akkadia.org/drepper/SHA-crypt.txt", 5_000),
    )
    cost_formula = f"rounds * ({SHA_CRYPT_ROUND} + {SHA_CRYPT_BYTE} * bytes of password) µs"

    def estimate(self, password_bytes: int) -> Cost:
        # Before the rounds, the password is hashed once for each of its bytes.
        rounds = self.rounds + password_bytes
        return Cost(rounds * (SHA_CRYPT_ROUND + SHA_CRYPT_BYTE * password_bytes) / 1e6)


@dataclass(frozen=True, repr=False)
class Md5Crypt(CryptText):
    bounds = (Bound("rounds", 1000, 1000, "the scheme has no other number"),)
    cost_formula = f"{MD5_CRYPT:g} + {MD5_CRYPT_BYTE} * bytes of password µs"
    fast = True

    def estimate(self, password_bytes: int) -> Cost:
        return Cost((MD5_CRYPT + MD5_CRYPT_BYTE * password_bytes) / 1e6)


@dataclass(frozen=True, repr=False)
class DesCrypt(CryptText):
    bounds = (Bound("rounds", 1, 2**24 - 1, "four characters hold it"),)
    cost_formula = f"rounds * {DES_CRYPT_ROUND:g} + {DES_CRYPT_BYTE} * bytes of password µs"
    fast = True

    def estimate(self, password_bytes: int) -> Cost:
        return Cost((self.rounds * DES_CRYPT_ROUND + password_bytes * DES_CRYPT_BYTE) / 1e6)


# A salt may have any printable character that does not end it in the files it stands in, though
# those who make one take from 64. The functions read the first 8 or 16.
SALT = r"[!-#%-9;-~]*"
# What begins like the number of rounds is no salt: a text with a salt alone would pass for a hash.
SHA_TEXT = re.compile(
    rf"(\$[56]\$(?:rounds=([1-9][0-9]{{0,8}})\$)?)(?!rounds=)({SALT})(\$[./0-9A-Za-z]{{43,86}})"
)
MD5_TEXT = re.compile(rf"(\$(?:1|apr1)\$)({SALT})(\$[./0-9A-Za-z]{{22}})")
SHA_SALT, MD5_SALT = 16, 8
# The last of 11 characters holds only 4 of 64 bits: another one than these 16 never verifies
# (crypt(5)), and so is no hash.
DES_TEXT = re.compile(r"[./0-9A-Za-z]{12}[.26AEIMQUYcgkosw]")
BSDI_TEXT = re.compile(r"_[./0-9A-Za-z]{18}[.26AEIMQUYcgkosw]")


def parse_sha(text: str, *, handler: Any) -> ShaCrypt:
    """Read `$5$` or `$6$`, with 5000 rounds unless the text says otherwise."""
    match = SHA_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a text of rounds, salt and hash")
    setting, rounds, salt, checksum = match.groups()
    read = f"{setting}{salt[:SHA_SALT]}{checksum}"
    check_text(handler, read)
    return ShaCrypt(handler, read, int(rounds or 5000))


def parse_md5(text: str, *, handler: Any) -> Md5Crypt:
    match = MD5_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a text of salt and hash")
    mark, salt, checksum = match.groups()
    read = f"{mark}{salt[:MD5_SALT]}{checksum}"
    check_text(handler, read)
    return Md5Crypt(handler, read, 1000)


def parse_des(text: str) -> DesCrypt:
    if not DES_TEXT.fullmatch(text):
        raise HashFormatError("not the 13 characters of DES crypt")
    check_text(des_crypt, text)
    return DesCrypt(des_crypt, text, DES_ROUNDS)


def parse_bsdi(text: str) -> DesCrypt:
    if not BSDI_TEXT.fullmatch(text):
        raise HashFormatError("not an underscore and the 19 characters of BSDi DES crypt")
    check_text(bsdi_crypt, text)
    return DesCrypt(bsdi_crypt, text, bsdi_crypt.from_string(text).rounds)


def check_text(handler: Any, text: str) -> None:
    """Let libpass judge what a regular expression cannot, such as impossible last characters."""
    try:
        handler.from_string(text)
    except ValueError:
        raise HashFormatError("not a hash of this crypt scheme") from None


class AnyMd5Crypt(md5_crypt):  # type: ignore[misc]
    salt_chars = None


class AnyAprMd5Crypt(apr_md5_crypt):  # type: ignore[misc]
    salt_chars = None


class AnySha256Crypt(sha256_crypt):  # type: ignore[misc]
    salt_chars = None


class AnySha512Crypt(sha512_crypt):  # type: ignore[misc]
    salt_chars = None


parse_md5_crypt = partial(parse_md5, handler=AnyMd5Crypt)
parse_apr_md5_crypt = partial(parse_md5, handler=AnyAprMd5Crypt)
parse_sha256_crypt = partial(parse_sha, handler=AnySha256Crypt)
parse_sha512_crypt = partial(parse_sha, handler=AnySha512Crypt)

FORMATS = (
    Format(
        id="sha512_crypt",
        label="SHA-512 crypt",
        emitted_by="Linux, OpenLDAP {CRYPT}, Dovecot",
        source="https://www.akkadia.org/drepper/SHA-crypt.txt",
        hashes=(ShaCrypt,),
        parse=parse_sha512_crypt,
        shape=re.compile(r"\$6\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="sha256_crypt",
        label="SHA-256 crypt",
        emitted_by="Linux, OpenLDAP {CRYPT}, Dovecot",
        source="https://www.akkadia.org/drepper/SHA-crypt.txt",
        hashes=(ShaCrypt,),
        parse=parse_sha256_crypt,
        shape=re.compile(rf"(?!{PASSWORD4J_TEXT.pattern}$)\$5\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="md5_crypt",
        label="MD5 crypt",
        emitted_by="old Linux and BSD systems, Cisco",
        source=MANUAL,
        hashes=(Md5Crypt,),
        parse=parse_md5_crypt,
        shape=re.compile(rf"(?!{PASSWORD4J_TEXT.pattern}$)\$1\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="apr_md5_crypt",
        label="Apache MD5 crypt",
        emitted_by="htpasswd",
        source="https://httpd.apache.org/docs/2.4/misc/password_encryptions.html",
        hashes=(Md5Crypt,),
        parse=parse_apr_md5_crypt,
        shape=re.compile(r"\$apr1\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="des_crypt",
        label="DES crypt",
        emitted_by="old Unix systems, htpasswd -d",
        source=MANUAL,
        hashes=(DesCrypt,),
        parse=parse_des,
        shape=DES_TEXT,
        likelihood=Likelihood.PLAIN,
        notes="Only the first 8 bytes of a password are used.",
    ),
    Format(
        id="bsdi_crypt",
        label="BSDi DES crypt",
        emitted_by="old BSD systems",
        source=MANUAL,
        hashes=(DesCrypt,),
        parse=parse_bsdi,
        shape=BSDI_TEXT,
        likelihood=Likelihood.MARKED,
    ),
)
