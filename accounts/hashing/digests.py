"""Digest functions by the many names that sources give them."""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from typing import Any

from passlib.crypto.digest import lookup_hash

from accounts.hashing.errors import HashFormatError

DIGEST_SIZES = {
    "md5": 16,
    "md4": 16,
    "sha1": 20,
    "ripemd160": 20,
    "sha224": 28,
    "sha256": 32,
    "sha384": 48,
    "sha512": 64,
    "sha3_224": 28,
    "sha3_256": 32,
    "sha3_384": 48,
    "sha3_512": 64,
    "blake2b": 64,
}
"""Length in bytes of the digests on offer, of each length the usual first.

Auth0 also lists whirlpool, which OpenSSL 3 dropped.
"""


def read_digest_name(name: str) -> str:
    """Map names such as "SHA-256", "HMACSHA256" or "RSA-SHA512" to the one hashlib uses."""
    plain = name.lower().replace("-", "").replace("_", "").removeprefix("hmac").removeprefix("rsa")
    if plain.startswith("sha3") and len(plain) == len("sha3256"):
        plain = f"sha3_{plain[4:]}"
    if plain not in DIGEST_SIZES:
        raise HashFormatError(f"the digest must be one of {', '.join(DIGEST_SIZES)}")
    return plain


def new_digest(name: str, data: bytes = b"") -> Any:
    # OpenSSL 3 keeps MD4 in a legacy provider that is usually switched off; libpass has its own.
    if name == "md4":
        return lookup_hash("md4").const(data)
    return hashlib.new(name, data, usedforsecurity=False)


def compute_digest(name: str, data: bytes) -> bytes:
    digest: bytes = new_digest(name, data).digest()
    return digest


def compute_hmac(name: str, key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, partial(new_digest, name))
