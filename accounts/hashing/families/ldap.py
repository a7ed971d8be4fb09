"""LDAP userPassword values: a scheme in braces and what it says about the rest."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import DIGEST_SIZES, read_digest_name
from accounts.hashing.encodings import read_base64
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import Bcrypt
from accounts.hashing.families.crypt import (
    Bigcrypt,
    CryptText,
    DesCrypt,
    Md5Crypt,
    ShaCrypt,
    parse_any,
)
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2, parse_atlassian, parse_crypt
from accounts.hashing.families.windows import parse_ntlm

TEXT = re.compile(r"\{([A-Za-z0-9_/-]+)\}(.+)")
DIGEST_SCHEME = re.compile(r"(s?)(md5|sha(?:-?(?:1|224|256|384|512))?)")
PBKDF2_SCHEME = re.compile(r"pbkdf2(?:[-_](sha\d+))?")

# How the text behind a scheme of pw-bcrypt or Dovecot has to begin.
CRYPT_SCHEMES = {
    "bcrypt": "$2",
    "blf-crypt": "$2",
    "sha512-crypt": "$6$",
    "sha256-crypt": "$5$",
    "md5-crypt": "$1$",
    "des-crypt": "",
}
# Schemes of slapd's contrib modules apr1 and netscape: base64 of digest and salt.
APACHE_SCHEMES = {"apr1": "$apr1$", "bsdmd5": "$1$"}
# The NT hash in hex, of ApacheDS and smbk5pwd, and of Dovecot.
NT_SCHEMES = frozenset({"x-nthash", "nthash", "ntlm", "nt"})
# Which byte of the digest goes where in the text of crypt(3), three to a group.
MD5_ORDER = (0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 5, 11)
MD5_SIZE = 16
CRYPT_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

LDIF_MARK = "e"
"""How the base64 of a text that starts with a brace starts."""


def parse_ldap(text: str) -> ParsedHash:
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a scheme in braces and a hash")
    scheme, rest = match[1].lower(), match[2]
    if digest := DIGEST_SCHEME.fullmatch(scheme):
        return parse_salted(rest, digest=digest[2], is_salted=bool(digest[1]))
    if pbkdf2 := PBKDF2_SCHEME.fullmatch(scheme):
        return parse_pbkdf2(rest, digest=pbkdf2[1] or "sha1")
    if scheme == "crypt":
        return parse_any(rest)
    if scheme in CRYPT_SCHEMES:
        return parse_crypt_scheme(rest, mark=CRYPT_SCHEMES[scheme])
    if scheme in APACHE_SCHEMES:
        return parse_apache(rest, mark=APACHE_SCHEMES[scheme])
    if scheme in {"argon2", "argon2i", "argon2d", "argon2id"}:
        return parse_argon2(rest)
    if scheme in NT_SCHEMES:
        return parse_ntlm(rest)
    if scheme == "pkcs5s2":
        return parse_atlassian("{PKCS5S2}" + rest)
    raise HashFormatError("this LDAP scheme is not supported")


def parse_crypt_scheme(text: str, *, mark: str) -> CryptText | Bcrypt:
    """Read a crypt(3) text whose scheme names its function."""
    if not text.startswith(mark):
        raise HashFormatError("the value does not match the function of its scheme")
    return parse_any(text)


def parse_apache(text: str, *, mark: str) -> CryptText | Bcrypt:
    """Read base64 of digest ‖ salt of MD5 crypt, as OpenLDAP's contrib/slapd-modules/passwd/apr1.c

    stores it: the digest with its bytes in their own order, not in that of the text.
    """
    blob = read_base64(text)
    digest, salt = blob[:MD5_SIZE], blob[MD5_SIZE:]
    if len(digest) < MD5_SIZE or not salt.isascii():
        raise HashFormatError("the length of the value does not match its scheme")
    return parse_any(f"{mark}{salt.decode()}${write_md5_text(digest)}")


def write_md5_text(digest: bytes) -> str:
    """Return a digest as MD5 crypt writes it, in 22 characters of 6 bits."""
    groups = [MD5_ORDER[at : at + 3] for at in (0, 3, 6, 9)] + [(*MD5_ORDER[12:14], 5)]
    return "".join(write_group(digest, group) for group in groups) + write_bits(digest[11], 2)


def write_group(digest: bytes, places: tuple[int, ...]) -> str:
    first, second, third = (digest[place] for place in places)
    return write_bits(first << 16 | second << 8 | third, 4)


def write_bits(number: int, count: int) -> str:
    return "".join(CRYPT_ALPHABET[number >> 6 * place & 63] for place in range(count))


def parse_salted(text: str, *, digest: str, is_salted: bool) -> Digest:
    """Read base64 of digest ‖ salt; the salt is what the digest leaves over, however long."""
    name = "sha1" if digest == "sha" else read_digest_name(digest)
    blob = read_base64(text)
    expected, salt = blob[: DIGEST_SIZES[name]], blob[DIGEST_SIZES[name] :]
    if bool(salt) is not is_salted:
        raise HashFormatError("the length of the value does not match its scheme")
    return make_digest(name, expected, add_salt(salt, "suffix"))


def parse_pbkdf2(text: str, *, digest: str) -> Pbkdf2:
    """Read OpenLDAP's rounds, salt and hash, or the single blob of 389 Directory Server."""
    if "$" in text:
        return parse_crypt(f"$pbkdf2-{digest}${text}")
    blob = read_base64(text)
    if len(blob) != 4 + 64 + 256:
        raise HashFormatError("a PBKDF2 value of 389 Directory Server has 324 bytes")
    return Pbkdf2(digest, int.from_bytes(blob[:4]), blob[4:68], blob[68:])


def undo_ldif(value: str) -> str:
    """Decode a value that was copied from an LDIF file as it stands there, in base64."""
    text = value.strip()
    if text.startswith(LDIF_MARK):
        try:
            return read_base64(text).decode()
        except (HashFormatError, UnicodeDecodeError):
            return text
    return text


FORMATS = (
    Format(
        id="ldap",
        label="LDAP userPassword",
        emitted_by="OpenLDAP, 389 Directory Server, Oracle, IBM and Apache directories, WorkOS "
        "ssha, Clerk ldap_ssha, Ory Kratos",
        source="RFC 2307 section 5.3 and https://www.openldap.org/doc/admin26/security.html",
        hashes=(Digest, Pbkdf2, Argon2, Bcrypt, ShaCrypt, Md5Crypt, DesCrypt, Bigcrypt),
        parse=parse_ldap,
        shape=re.compile(
            r"(?i:\{(S?SHA(1|-?224|-?256|-?384|-?512)?|S?MD5|CRYPT|ARGON2(I|D|ID)?"
            r"|BCRYPT|(BLF|SHA512|SHA256|MD5|DES)-CRYPT|APR1|BSDMD5"
            r"|PBKDF2([-_]SHA\d+)?)\})(?!\{)(?![0-9a-f]+$)(?![0-9a-f]+:).+"
            r"|(?i:\{(x-)?nt(hash|lm)?\}[0-9a-f]{32})|e[01][\w+/]{12,}={0,2}"
        ),
        likelihood=Likelihood.MARKED,
        canonical=undo_ldif,
        notes="Schemes in any case: (S)MD5, (S)SHA with 1, 224, 256, 384 or 512, CRYPT, BCRYPT, "
        "ARGON2 (also I, D, ID), APR1, BSDMD5, BLF-, SHA512-, SHA256-, MD5- and DES-CRYPT of "
        "Dovecot, "
        "PBKDF2 with or without a digest, PKCS5S2, X-NTHASH.",
    ),
)
