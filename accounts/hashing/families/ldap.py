"""LDAP userPassword values: a scheme in braces and what it says about the rest."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import DIGEST_SIZES, read_digest_name
from accounts.hashing.encodings import read_base64
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import Bcrypt
from accounts.hashing.families.crypt import DesCrypt, Md5Crypt, ShaCrypt, parse_any
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2, parse_atlassian, parse_crypt

TEXT = re.compile(r"\{([A-Za-z0-9_/-]+)\}(.+)")
DIGEST_SCHEME = re.compile(r"(s?)(md5|sha(?:-?(?:1|224|256|384|512))?)")
PBKDF2_SCHEME = re.compile(r"pbkdf2(?:[-_](sha\d+))?")

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
    if scheme == "argon2":
        return parse_argon2(rest)
    if scheme == "pkcs5s2":
        return parse_atlassian("{PKCS5S2}" + rest)
    raise HashFormatError("this LDAP scheme is not supported")


def parse_salted(text: str, *, digest: str, is_salted: bool) -> Digest:
    """Read base64 of digest ‖ salt; the salt is what the digest leaves over, however long."""
    name = "sha1" if digest == "sha" else read_digest_name(digest)
    blob = read_base64(text)
    expected, salt = blob[: DIGEST_SIZES[name]], blob[DIGEST_SIZES[name] :]
    if bool(salt) is not is_salted:
        raise HashFormatError("the value has not the length of its scheme")
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
        hashes=(Digest, Pbkdf2, Argon2, Bcrypt, ShaCrypt, Md5Crypt, DesCrypt),
        parse=parse_ldap,
        shape=re.compile(
            r"(?i:\{(S?SHA(1|-?224|-?256|-?384|-?512)?|S?MD5|CRYPT|ARGON2"
            r"|PBKDF2([-_]SHA\d+)?)\})(?!\{)(?![0-9a-f]+$)(?![0-9a-f]+:).+|e[01][\w+/]{12,}={0,2}"
        ),
        likelihood=Likelihood.MARKED,
        canonical=undo_ldif,
        notes="Schemes in any case: (S)MD5, (S)SHA with 1, 224, 256, 384 or 512, CRYPT, ARGON2, "
        "PBKDF2 with or without a digest, PKCS5S2.",
    ),
)
