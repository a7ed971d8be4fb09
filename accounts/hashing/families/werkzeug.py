"""Werkzeug, the password hashes of Flask: method, salt as text, hash in hexadecimal."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.digests import compute_hmac, read_digest_name
from accounts.hashing.encodings import read_hex, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, make_hmac
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.families.scrypt import Scrypt

SECURITY = "https://github.com/pallets/werkzeug/blob/main/src/werkzeug/security.py"
OLD_SECURITY = "https://github.com/pallets/werkzeug/blob/2.3.x/src/werkzeug/security.py"


def parse_werkzeug(text: str) -> Pbkdf2 | Scrypt:
    method, salt, value = split_text(text)
    name, *costs = method.split(":")
    salt_bytes, key = read_text(salt, "the salt"), read_hex(value, "the hash")
    if name == "scrypt" and len(costs) == 3:
        n, r, p = (read_number(cost, "a cost of scrypt") for cost in costs)
        return Scrypt(n, r, p, salt_bytes, key)
    if name == "pbkdf2" and len(costs) == 2:
        iterations = read_number(costs[1], "the iteration count")
        return Pbkdf2(read_digest_name(costs[0]), iterations, salt_bytes, key)
    raise HashFormatError("the method is not scrypt:N:r:p or pbkdf2:digest:iterations")


def parse_legacy(text: str) -> Digest:
    """Read `sha256$salt$hex` of Werkzeug before 3: an HMAC whose key is the salt."""
    method, salt, value = split_text(text)
    name, key = read_digest_name(method), read_text(salt, "the salt")
    return make_hmac(name, read_hex(value), lambda secret: compute_hmac(name, key, secret))


def split_text(text: str) -> list[str]:
    parts = text.split("$")
    if len(parts) != 3:
        raise HashFormatError("not method, salt and hash between dollar signs")
    return parts


FORMATS = (
    Format(
        id="werkzeug",
        label="Werkzeug",
        emitted_by="Flask applications, Clerk scrypt_werkzeug",
        source=SECURITY,
        hashes=(Pbkdf2, Scrypt),
        parse=parse_werkzeug,
        shape=re.compile(r"(scrypt|pbkdf2):[\w:]+\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="werkzeug_hmac_legacy",
        label="Werkzeug before 3, plain",
        emitted_by="old Flask applications",
        source=OLD_SECURITY,
        hashes=(Digest,),
        parse=parse_legacy,
        shape=re.compile(r"(md5|sha1|sha224|sha256|sha384|sha512)\$[^$]+\$[0-9a-f]{32,128}"),
        likelihood=Likelihood.MARKED,
        formula="HMAC of the password, keyed with the salt",
    ),
)
