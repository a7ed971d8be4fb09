"""Read the password field of account files: a crypt(3) text, a scheme in braces, or a lock.

Marks of locks: passwd(1) and usermod(8) of Linux (!), pw(8) of FreeBSD (*LOCKED*), Solaris (*LK*).
Schemes: Dovecot, https://doc.dovecot.org/main/core/config/auth/schemes.html.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from accounts import hashing
from imports.core.providers.contract import Values
from imports.core.providers.values import drop_blanks

LOCK = re.compile(r"\*LOCKED\*|\*LK\*|(?:!|\*)+")
# In place of a hash: it is kept in another file, or there is none.
NO_HASHES = frozenset({"", "x", "X", "NP", "*NP*", "NOLOGIN", "*NOLOGIN*"})
SCHEME = re.compile(r"\{([A-Za-z][\w-]*)(?:\.(hex|HEX|b64|B64|base64|BASE64))?\}(.*)", re.DOTALL)
# It begins with the mark of a lock, but is a hash.
MYSQL = re.compile(r"\*[0-9A-Fa-f]{40}")
DES = re.compile(r"[./0-9A-Za-z]{13}")
MARK = re.compile(r"\$([\w-]+)[$,]")
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
# What crypt(5) of libxcrypt and others call marks; used where no format here reads them.
MARK_NAMES = {
    "y": "yescrypt",
    "gy": "gost-yescrypt",
    "7": "scrypt of libxcrypt",
    "sha1": "sha1crypt",
    "md5": "SunMD5",
    "3": "NT hash in crypt(3)",
    "8": "PBKDF2 of Cisco",
    "9": "scrypt of Cisco",
}
PLAIN_SCHEMES = frozenset({"PLAIN", "CLEAR", "CLEARTEXT"})
CRYPT_SCHEMES = frozenset(
    {"CRYPT", "BLF-CRYPT", "SHA256-CRYPT", "SHA512-CRYPT", "MD5-CRYPT", "MD5", "DES-CRYPT"}
    | {"ARGON2I", "ARGON2ID", "ARGON2D", "ARGON2"}
)
# By what LDAP directories call the scheme.
LDAP_SCHEMES = {
    "SHA": "SHA",
    "SHA1": "SHA",
    "SHA256": "SHA256",
    "SHA512": "SHA512",
    "SSHA": "SSHA",
    "SSHA256": "SSHA256",
    "SSHA512": "SSHA512",
    "SMD5": "SMD5",
    "LDAP-MD5": "MD5",
}
HASH, FORMAT, PARAMS = "(password hash)", "(hash format)", "(hash parameters)"
PLAIN = "(password)"


@dataclass(frozen=True, slots=True)
class PasswordField:
    """What a password field says: the columns it makes, and whether it locks the account."""

    columns: Values
    is_locked: bool = False


def read_password_field(text: str, name: str = "") -> PasswordField:
    """Return what a password field says; `name` is the user's, which some schemes hash as well."""
    text = text.strip()
    if MYSQL.fullmatch(text):
        return PasswordField({HASH: text, FORMAT: "mysql41"})
    if text in NO_HASHES:
        return PasswordField({}, is_locked="NOLOGIN" in text)
    lock = LOCK.match(text)
    rest = text[lock.end() :] if lock else text
    if rest in NO_HASHES:
        return PasswordField({}, is_locked=lock is not None)
    found = SCHEME.fullmatch(rest)
    if found is None:
        return PasswordField(read_crypt(rest), is_locked=lock is not None)
    if found[1].upper() == "CRYPT" and LOCK.match(found[3]):
        return read_password_field(found[3])
    return PasswordField(read_scheme(found, name), is_locked=lock is not None)


def read_crypt(text: str) -> Values:
    """Return a crypt(3) text with its format, or the name of one that is not known here."""
    if DES.fullmatch(text):
        return {HASH: text, FORMAT: "des_crypt"}
    found = MARK.match(text)
    if found and not hashing.candidates(text):
        return {HASH: text, FORMAT: MARK_NAMES.get(found[1], f"${found[1]}$")}
    return {HASH: text}


def read_scheme(found: re.Match[str], name: str) -> Values:
    """Return what follows a scheme in braces, in the form that its format has here."""
    scheme, encoding, rest = found[1].upper(), (found[2] or "").lower(), found[3]
    if scheme in PLAIN_SCHEMES:
        return {HASH: found[0], FORMAT: "ldap"} if encoding else {PLAIN: rest}
    if scheme in CRYPT_SCHEMES:
        return read_crypt(rest)
    if scheme in LDAP_SCHEMES:
        value = write_base64(rest) if encoding == "hex" else rest
        return {HASH: f"{{{LDAP_SCHEMES[scheme]}}}{value}", FORMAT: "ldap"}
    if scheme == "PLAIN-MD5":
        return read_md5(rest)
    if scheme == "DIGEST-MD5":
        user, _, realm = name.partition("@")
        return read_md5(rest, f"{user}:{realm}:")
    if scheme == "NTLM":
        return {HASH: rest, FORMAT: "ntlm"}
    if scheme == "LANMAN":
        return {HASH: rest, FORMAT: "lmhash"}
    if scheme == "PBKDF2":
        return read_pbkdf2(rest)
    if hashing.candidates(found[0]):
        return {HASH: found[0]}
    return {HASH: rest, FORMAT: scheme}


def read_md5(digest: str, prefix: str = "") -> Values:
    """Return an MD5 digest in hexadecimal of the password, with what stands before it."""
    params = drop_blanks({"algorithm": "md5", "salt": prefix})
    return {HASH: digest, FORMAT: "digest", PARAMS: params}


def read_pbkdf2(text: str) -> Values:
    """Return Dovecot's `$1$salt$rounds$digest`, of PBKDF2 with SHA-1, as passlib writes it."""
    parts = text.split("$")
    if len(parts) != 5 or parts[1] != "1" or not HEX.fullmatch(parts[4]):
        return {HASH: text, FORMAT: "PBKDF2"}
    _, _, salt, rounds, digest = parts
    encoded = [adapt_base64(raw) for raw in (salt.encode(), bytes.fromhex(digest))]
    return {HASH: f"$pbkdf2${rounds}${encoded[0]}${encoded[1]}"}


def adapt_base64(raw: bytes) -> str:
    """Return passlib's base64, with a full stop for the plus sign and no padding."""
    return base64.b64encode(raw).decode().rstrip("=").replace("+", ".")


def write_base64(digits: str) -> str:
    """Return hexadecimal as base64; what is not hexadecimal as it is."""
    try:
        return base64.b64encode(binascii.unhexlify(digits)).decode()
    except (ValueError, binascii.Error):
        return digits
