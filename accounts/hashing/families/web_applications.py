"""Applications in Go, Python and Node with a text of their own around PBKDF2, scrypt or bcrypt."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import partial

from accounts.hashing.contract import Format, Likelihood, Parameter
from accounts.hashing.digests import compute_hmac, read_digest_name
from accounts.hashing.encodings import (
    Password,
    normalize_password,
    read_base64,
    read_hex,
    read_named,
    read_number,
    read_text,
)
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import (
    Digest,
    add_salt,
    check_digest_size,
    make_digest,
    make_hmac,
)
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.families.scrypt import Scrypt, derive_scrypt, raise_two
from accounts.hashing.fields import compact_json, read_fields

MATTERMOST_TEXT = re.compile(r"\$pbkdf2\$([a-z]=[^$]*)\$([^$]+)\$([^$]+)")


def parse_mattermost(text: str) -> Pbkdf2:
    """Read `$pbkdf2$f=SHA256,w=600000,l=32$<salt>$<hash>`."""
    match = MATTERMOST_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $pbkdf2$ text of f, w, l, salt and hash")
    given = read_named(match[1], ("f", "w", "l"))
    if given.keys() < {"f", "w", "l"}:
        raise HashFormatError("a $pbkdf2$ text of Mattermost has each of f, w and l once")
    parsed = Pbkdf2(
        read_digest_name(given["f"]),
        read_number(given["w"], "the work factor"),
        read_base64(match[2], "the salt"),
        read_base64(match[3], "the hash"),
    )
    if len(parsed.key) != read_number(given["l"], "the length"):
        raise HashFormatError("the hash length does not match its text")
    return parsed


WEB2PY_PBKDF2 = re.compile(r"pbkdf2\(([0-9]+),([0-9]+),(\w+)\)\$([^$]*)\$([0-9a-f]+)")


def parse_web2py(text: str) -> Pbkdf2:
    """Read `pbkdf2(1000,20,sha512)$<salt>$<hash>` of pydal's CRYPT, which ignores its key here."""
    match = WEB2PY_PBKDF2.fullmatch(text)
    if match is None:
        raise HashFormatError("not a pbkdf2(…) text of salt and hash")
    iterations, length, digest, salt, key = match.groups()
    parsed = Pbkdf2(
        read_digest_name(digest),
        read_number(iterations, "the iteration count"),
        read_text(salt, "the salt"),
        read_hex(key, "the hash"),
    )
    if len(parsed.key) != read_number(length, "the length"):
        raise HashFormatError("the hash length does not match its text")
    return parsed


WEB2PY_DIGEST = re.compile(r"(md5|sha1|sha224|sha256|sha384|sha512)\$([^$]*)\$([0-9a-f]{32,128})")


def parse_web2py_digest(text: str, *, hmac_key: str) -> Digest:
    """Read `sha512$<salt>$<hash>`: a digest of password and salt, or an HMAC under key and salt."""
    match = WEB2PY_DIGEST.fullmatch(text)
    if match is None:
        raise HashFormatError("not a digest, a salt and a hash between dollar signs")
    name, salt, value = match.groups()
    expected, salt_bytes = read_hex(value, "the hash"), read_text(salt, "the salt")
    if not hmac_key:
        return make_digest(name, expected, add_salt(salt_bytes, "suffix"))
    key = read_text(hmac_key, "the key") + salt_bytes
    return make_hmac(name, expected, lambda secret: compute_hmac(name, key, secret))


PASSWORD_HASH_TEXT = re.compile(
    r"(md5|sha1|sha224|sha256|sha384|sha512)\$([0-9a-f]*)\$([0-9]+)\$([0-9a-f]{32,128})"
)


def parse_password_hash(text: str) -> Digest:
    """Read `sha1$<salt>$<iterations>$<hash>`: HMACs under the salt, each of the last in hex."""
    match = PASSWORD_HASH_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a digest, a salt, iterations and a hash between dollar signs")
    name, salt, iterations, value = match.groups()
    count, key = read_number(iterations, "the iteration count"), read_text(salt, "the salt")

    def compute(secret: bytes) -> bytes:
        for _ in range(count):
            secret = compute_hmac(name, key, secret).hex().encode()
        return bytes.fromhex(secret.decode())

    expected = read_hex(value, "the hash")
    check_digest_size(name, expected)
    # An HMAC is a digest of a digest.
    return Digest(name, expected, compute, 2 * count, rehashed_salt=len(key))


def parse_credential(text: str) -> Pbkdf2:
    """Read the JSON object of the npm package credential, which salts with the base64 text."""
    fields = read_fields(text)
    if fields.text("hashMethod", "pbkdf2") != "pbkdf2":
        raise HashFormatError("hashMethod must be pbkdf2")
    return Pbkdf2(
        "sha1",
        fields.number("iterations"),
        read_text(fields.text("salt"), "the salt"),
        read_base64(fields.text("hash"), "the hash"),
    )


SCRYPT_FILE = b"scrypt\0"
SCRYPT_FILE_SIZE = 96


@dataclass(frozen=True, repr=False)
class ScryptFile(Scrypt):
    """An HMAC of the header `signed`, under the second half of 64 bytes of scrypt."""

    signed: bytes = b""

    def matches(self, password: Password) -> bool:
        derived = derive_scrypt(self, self.prepare(password), 64)
        return hmac.compare_digest(hmac.digest(derived[32:], self.signed, "sha256"), self.key)


def parse_scrypt_kdf(text: str) -> ScryptFile:
    """Read base64 of the header of an encrypted file of scrypt(1), which scrypt-kdf keeps.

    https://github.com/Tarsnap/scrypt/blob/master/FORMAT: log2 N, r, p, 32 bytes of salt, a
    checksum of what precedes it, and the HMAC.
    """
    blob = read_base64(text)
    if len(blob) != SCRYPT_FILE_SIZE or not blob.startswith(SCRYPT_FILE):
        raise HashFormatError("not the 96 bytes of a header of scrypt")
    if hashlib.sha256(blob[:48]).digest()[:16] != blob[48:64]:
        raise HashFormatError("the checksum of the header does not match")
    r, p = int.from_bytes(blob[8:12]), int.from_bytes(blob[12:16])
    return ScryptFile(raise_two(blob[7]), r, p, blob[16:48], blob[64:], signed=blob[:64])


REDWOOD_TEXT = re.compile(r"([0-9a-f]{64})(?:\|([0-9]+)\|([0-9]+)\|([0-9]+))?")


def parse_redwood(text: str, *, salt: str) -> Scrypt | Pbkdf2:
    """Read `<hash>|16384|8|1` of dbAuth, or the single iteration of PBKDF2 that preceded it."""
    match = REDWOOD_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not 64 hexadecimal digits, N, r and p between bars")
    key = read_hex(match[1], "the hash")
    if match[2] is None:
        return Pbkdf2("sha1", 1, read_text(salt, "the salt"), key)
    n, r, p = (read_number(part, "a cost of scrypt") for part in match.groups()[1:])
    return Scrypt(n, r, p, read_text(salt, "the salt"), key, partial(normalize_password, "NFC"))


FORMATS = (
    Format(
        id="mattermost_pbkdf2",
        label="Mattermost",
        emitted_by="Mattermost from 11",
        source="https://github.com/mattermost/mattermost, server/channels/app/password/hashers",
        hashes=(Pbkdf2,),
        parse=parse_mattermost,
        shape=re.compile(r"\$pbkdf2\$[fwl]=.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="web2py",
        label="web2py, py4web",
        emitted_by="web2py and py4web (auth_user.password)",
        source="PyPI pydal 20260520.0, pydal/validators.py: CRYPT",
        hashes=(Pbkdf2,),
        parse=parse_web2py,
        shape=re.compile(r"pbkdf2\([0-9]+,[0-9]+,\w+\)\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="web2py_digest",
        label="web2py, py4web with a plain digest",
        emitted_by="web2py and py4web with CRYPT(digest_alg=…)",
        source="PyPI pydal 20260520.0, pydal/validators.py: simple_hash",
        hashes=(Digest,),
        parse=parse_web2py_digest,
        shape=re.compile(r"(md5|sha1|sha224|sha256|sha384|sha512)\$[0-9a-f]{16}\$[0-9a-f]{32,128}"),
        likelihood=Likelihood.SHAPED,
        parameters=(
            Parameter(
                "hmac_key",
                "auth.settings.hmac_key without the digest before its colon, if there is one",
                default="",
            ),
        ),
        formula="digest of the password and the salt",
    ),
    Format(
        id="npm_password_hash",
        label="npm password-hash",
        emitted_by="Node applications on password-hash",
        source="npm password-hash 1.2.2, lib/password-hash.js",
        hashes=(Digest,),
        parse=parse_password_hash,
        shape=PASSWORD_HASH_TEXT,
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="npm_credential",
        label="npm credential",
        emitted_by="Node applications on credential",
        source="npm credential 2.0.0",
        hashes=(Pbkdf2,),
        parse=parse_credential,
        shape=re.compile(r'\{(?=.*"hashMethod")(?=.*"keyLength").*\}', re.DOTALL),
        likelihood=Likelihood.NAMED,
        canonical=compact_json,
        notes="Its iterations grow by the year, and pass the usual limit of a sign-in.",
    ),
    Format(
        id="scrypt_kdf",
        label="scrypt-kdf",
        emitted_by="Medusa, Node applications on scrypt-kdf",
        source="https://github.com/Tarsnap/scrypt/blob/master/FORMAT and npm scrypt-kdf 4.0.0",
        hashes=(ScryptFile,),
        parse=parse_scrypt_kdf,
        shape=re.compile(r"c2NyeXB0A[A-Za-z0-9+/]{119}"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="redwood",
        label="RedwoodJS dbAuth",
        emitted_by="RedwoodJS (User.hashedPassword)",
        source="npm @redwoodjs/auth-dbauth-api 8.9.0, dist/shared.js",
        hashes=(Scrypt, Pbkdf2),
        parse=parse_redwood,
        shape=re.compile(r"[0-9a-f]{64}(\|[0-9]+\|[0-9]+\|[0-9]+)"),
        likelihood=Likelihood.NAMED,
        parameters=(Parameter("salt", "the user's salt"),),
        notes="Declare it for 64 hexadecimal digits alone, of RedwoodJS before 5.",
    ),
)
