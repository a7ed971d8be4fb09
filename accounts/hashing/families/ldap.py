"""LDAP userPassword values and those of Dovecot: a scheme in braces, and what it says of the rest.

Dovecot adds schemes of its own, and `.HEX` or `.B64` behind any of them:
https://doc.dovecot.org/main/core/config/auth/schemes.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from argon2 import PasswordHasher

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import DIGEST_SIZES, read_digest_name
from accounts.hashing.encodings import (
    MAXIMUM_PASSWORD_BYTES,
    Password,
    is_too_long,
    read_base64,
    read_digest,
    read_hex,
    read_number,
    read_text,
)
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.any_crypt import CRYPT_HASHES, parse_any
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.digest import add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2, parse_atlassian, parse_crypt
from accounts.hashing.families.windows import parse_lm, parse_ntlm

TEXT = re.compile(r"\{([A-Za-z0-9_/-]+)(?:\.(?i:(hex)|b64|base64))?\}(.+)", re.DOTALL)
ENCODED = re.compile(r"\{[A-Za-z0-9_/-]+\.[A-Za-z0-9]+\}")
DIGEST_SCHEME = re.compile(r"(s?)(md5|sha(?:-?(?:1|224|256|384|512))?)")
PBKDF2_SCHEME = re.compile(r"pbkdf2(?:[-_](sha\d+))?")

# How the text behind a scheme of pw-bcrypt, 389 Directory Server or Dovecot has to begin.
CRYPT_SCHEMES = {
    "bcrypt": "$2",
    "blf-crypt": "$2",
    "sha512-crypt": "$6$",
    "sha256-crypt": "$5$",
    "md5-crypt": "$1$",
    "des-crypt": "",
    "crypt": "",
    "yescrypt": "$y$",
    "gost_yescrypt": "$gy$",
}
# Schemes of slapd's contrib modules apr1 and netscape: base64 of digest and salt.
APACHE_SCHEMES = {"apr1": "$apr1$", "bsdmd5": "$1$"}
# The NT hash in hex, of ApacheDS and smbk5pwd, and of Dovecot.
NT_SCHEMES = frozenset({"x-nthash", "nthash", "ntlm", "nt"})
# Digests of the password alone under other names.
OTHER_DIGESTS = {"plain-md5": "md5", "ldap-md5": "md5", "plain-md4": "md4"}
# The password itself.
PLAIN_SCHEMES = ("plaintext", "cleartext", "clear", "plain", "noop")
PLAIN = re.compile(
    rf"\{{(?:{'|'.join(PLAIN_SCHEMES)})(?:\.(?:(hex)|b64|base64))?\}}", re.IGNORECASE
)
UNREADABLE = {
    "sasl": "the password is verified by SASL, and its hash kept elsewhere",
    "kerberos": "the password is verified by Kerberos, and its key kept elsewhere",
    "digest-md5": "DIGEST-MD5 is of name, realm and password: choose Dovecot as the source system",
    **dict.fromkeys(("otp", "skey"), "one-time passwords have no password to verify"),
    "rpa": "RPA of CompuServe cannot be verified here",
    "ns-mta-md5": "NS-MTA-MD5 of Netscape Mail cannot be verified here",
    **dict.fromkeys(
        ("aes", "3des", "des", "rc4", "blowfish", "base64"),
        "the password is encrypted by the directory, not hashed: export it with the directory's "
        "own tools, or have users choose a new one",
    ),
}
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
    scheme, is_hex, rest = match[1].lower(), match[2], match[3]
    is_encoded = ENCODED.match(text) is not None
    if digest := DIGEST_SCHEME.fullmatch(scheme):
        blob = read_encoded(rest, is_hex) if is_encoded else None
        return parse_digest(rest, blob, digest=digest[2], is_salted=bool(digest[1]))
    if scheme in OTHER_DIGESTS:
        return parse_digest(rest, None, digest=OTHER_DIGESTS[scheme], is_salted=False)
    if scheme in NT_SCHEMES or scheme == "lanman":
        digits = read_digest(rest, MD5_SIZE).hex()
        return parse_ntlm(digits) if scheme in NT_SCHEMES else parse_lm(digits)
    if is_encoded:
        rest = read_encoded(rest, is_hex).decode("latin-1")
    return parse_text(scheme, rest)


def read_encoded(text: str, is_hex: str | None) -> bytes:
    return read_hex(text, "the hash") if is_hex else read_base64(text, "the hash")


def parse_text(scheme: str, rest: str) -> ParsedHash:
    """Read what stands behind a scheme whose hash is a text."""
    if pbkdf2 := PBKDF2_SCHEME.fullmatch(scheme):
        return parse_pbkdf2(rest, digest=pbkdf2[1] or "sha1")
    parse = TEXT_PARSERS.get(scheme)
    if parse is None:
        raise HashFormatError(UNREADABLE.get(scheme, "this LDAP scheme is not supported"))
    return parse(rest)


def parse_crypt_scheme(text: str, *, mark: str) -> ParsedHash:
    """Read a crypt(3) text whose scheme names its function."""
    if not text.startswith(mark):
        raise HashFormatError("the value does not match the function of its scheme")
    return parse_any(text)


def parse_apache(text: str, *, mark: str) -> ParsedHash:
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


def parse_digest(text: str, blob: bytes | None, *, digest: str, is_salted: bool) -> ParsedHash:
    """Read digest ‖ salt in base64; the salt is what the digest leaves over, however long.

    A digest without salt may be in hexadecimal, and behind Dovecot's {MD5} there is MD5 crypt.
    """
    if digest == "md5" and text.startswith("$1$"):
        return parse_any(text)
    name = "sha1" if digest == "sha" else read_digest_name(digest)
    size = DIGEST_SIZES[name]
    if blob is None:
        blob = read_base64(text) if is_salted else read_digest(text, size)
    expected, salt = blob[:size], blob[size:]
    if bool(salt) is not is_salted:
        raise HashFormatError("the length of the value does not match its scheme")
    return make_digest(name, expected, add_salt(salt, "suffix"))


DOVECOT_PBKDF2 = re.compile(r"\$1\$([^$]*)\$([0-9]+)\$([0-9a-f]+)")


def parse_pbkdf2(text: str, *, digest: str) -> Pbkdf2:
    """Read OpenLDAP's rounds, salt and hash, Dovecot's text, or the blob of 389 DS."""
    if dovecot := DOVECOT_PBKDF2.fullmatch(text):
        salt, rounds, key = dovecot.groups()
        return Pbkdf2(
            digest,
            read_number(rounds, "the number of rounds"),
            read_text(salt, "the salt"),
            read_hex(key, "the hash"),
        )
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
            return hash_plaintext(read_base64(text).decode())
        except (HashFormatError, UnicodeDecodeError):
            return text
    return hash_plaintext(value)


def read_plaintext(value: str) -> Password | None:
    """Return what stands behind a scheme that says it is the password; None without one.

    Raise HashFormatError when it is not encoded as the scheme says.
    """
    scheme = PLAIN.match(value)
    if scheme is None:
        return None
    rest = value[scheme.end() :]
    return read_encoded(rest.strip(), scheme[1]) if "." in scheme[0] else rest


def hash_plaintext(value: str) -> str:
    """Hash what stands behind a scheme that says it is the password, so that it is never stored."""
    plaintext = read_plaintext(value)
    if plaintext is None:
        return value.strip()
    if is_too_long(plaintext):
        raise HashFormatError(f"the password has more than {MAXIMUM_PASSWORD_BYTES:,} bytes")
    if isinstance(plaintext, str):
        plaintext = plaintext.encode("utf-8", "replace")
    return "{argon2}" + PasswordHasher().hash(plaintext)


TEXT_PARSERS: dict[str, Callable[[str], ParsedHash]] = {
    **{name: partial(parse_crypt_scheme, mark=mark) for name, mark in CRYPT_SCHEMES.items()},
    **{name: partial(parse_apache, mark=mark) for name, mark in APACHE_SCHEMES.items()},
    **dict.fromkeys(("argon2", "argon2i", "argon2d", "argon2id"), parse_argon2),
    "pkcs5s2": lambda text: parse_atlassian("{PKCS5S2}" + text),
}


def draw_ldif() -> str:
    """Return what base64 of ASCII that begins with a brace looks like, four characters a group.

    Of each three bytes the highest bit is 0, so a digest in base64 or hexadecimal hardly fits.
    """
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    first = f"[{alphabet[:32]}]"
    second = f"[{''.join(each for at, each in enumerate(alphabet) if not at & 0b001000)}]"
    third = f"[{''.join(each for at, each in enumerate(alphabet) if not at & 0b000010)}]"
    fourth = "[A-Za-z0-9+/]"
    end = f"(?:{first}{second}{third}(?:{fourth}|=)|{first}{second}==)"
    return f"e[0-3]{third}{fourth}(?:{first}{second}{third}{fourth}){{3,}}{end}"


LDAP_HASHES: tuple[type[ParsedHash], ...] = (Pbkdf2, Argon2, *CRYPT_HASHES)
SCHEMES = (
    r"S?SHA(1|-?224|-?256|-?384|-?512)?|S?MD5|CRYPT|ARGON2(I|D|ID)?"
    r"|BCRYPT|(BLF|SHA512|SHA256|MD5|DES)-CRYPT|APR1|BSDMD5|(GOST_)?YESCRYPT|PLAIN-MD[45]|LDAP-MD5"
    r"|PBKDF2([-_]SHA\d+)?"
)
# Behind the same names Spring writes a salt in braces or hexadecimal, Joomla a salt behind a
# colon, AIX a salt before the hash, and ForgeRock a number and a colon.
OTHERS = (
    r"(?!\{(?:MD4|MD5|SHA-1|SHA-256)\}(?:\{|[0-9A-Fa-f]+$)|\{sha256\}[0-9A-Fa-f]{80}$"
    r"|\{[^}]*\}(?:[0-9A-Fa-f]+:|\{))(?!\{s(?:md5|sha\d*)\}(?:\d\d\$)?[^$]*\$)"
)

FORMATS = (
    Format(
        id="ldap",
        label="LDAP userPassword",
        emitted_by="OpenLDAP, 389 Directory Server, Oracle, IBM and Apache directories, Dovecot, "
        "WorkOS ssha, Clerk ldap_ssha, Ory Kratos, AuthEncoding of Zope and Plone",
        source="RFC 2307 section 5.3, https://www.openldap.org/doc/admin26/security.html and "
        "https://doc.dovecot.org/main/core/config/auth/schemes.html",
        hashes=LDAP_HASHES,
        parse=parse_ldap,
        shape=re.compile(
            rf"{OTHERS}(?i:\{{(?:{SCHEMES})(?:\.(?:hex|b64|base64))?\}}).+"
            r"|(?i:\{(?:(?:x-)?nt(?:hash|lm)?|lanman)(?:\.(?:hex|b64|base64))?\}).{22,}"
            rf"|(?i:\{{(?:{'|'.join(map(re.escape, UNREADABLE))})\}}).+"
            rf"|(?i:\{{(?:{'|'.join(PLAIN_SCHEMES[:-1])})(?:\.(?:hex|b64|base64))?\}}).+"
            rf"|{draw_ldif()}"
        ),
        likelihood=Likelihood.MARKED,
        canonical=undo_ldif,
        notes="Schemes in any case: (S)MD5, (S)SHA with 1, 224, 256, 384 or 512, CRYPT, BCRYPT, "
        "ARGON2 (also I, D, ID), APR1, BSDMD5, BLF-, SHA512-, SHA256-, MD5- and DES-CRYPT of "
        "Dovecot, YESCRYPT, GOST_YESCRYPT, PLAIN-MD4, PLAIN-MD5, LDAP-MD5, NTLM, LANMAN, "
        "PBKDF2 with or without a digest, PKCS5S2, X-NTHASH; with .HEX, .B64 or .BASE64. What "
        "stands behind PLAIN, CLEAR, CLEARTEXT or PLAINTEXT is imported as a plain password.",
    ),
)
