"""Nextcloud, XenForo and SMF: hashes of PHP in a text, an array or together with the user name."""

from __future__ import annotations

import re
import string

from accounts.hashing.contract import USERNAME, Format, Likelihood, ParsedHash
from accounts.hashing.encodings import read_hex, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import SHAPE, Bcrypt, parse_bcrypt, parse_peppered
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.forums import hex_md5, hex_sha1, hex_sha256
from accounts.hashing.families.phpass import Phpass, parse_phpass
from accounts.hashing.fields import Fields, read_fields

NEXTCLOUD_TEXT = re.compile(r"([1-3])\|(\$.+)")


def parse_nextcloud(text: str) -> Bcrypt | Argon2:
    """Read `1|` and bcrypt, `2|` and argon2i or `3|` and argon2id."""
    match = NEXTCLOUD_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not 1|, 2| or 3| and a text of bcrypt or argon2")
    inner = match[2]
    return parse_argon2(inner) if inner.startswith("$argon2") else parse_bcrypt(inner)


# What PHP's serialize() makes of an array of texts.
SERIALIZED = re.compile(r'a:\d+:\{((?:s:\d+:"[^"]*";)*)\}')
SERIALIZED_TEXT = re.compile(r's:(\d+):"([^"]*)";')


def read_array(text: str) -> Fields:
    """Read an array of texts in PHP's own notation, or in JSON."""
    match = SERIALIZED.fullmatch(text)
    if match is None:
        return read_fields(text)
    texts = SERIALIZED_TEXT.findall(match[1])
    if any(int(length) != len(value.encode()) for length, value in texts if len(length) < 6):
        raise HashFormatError("a text of the array does not have the length before it")
    values = [value for _, value in texts]
    return Fields(dict(zip(values[::2], values[1::2], strict=False)))


def parse_xenforo(text: str) -> ParsedHash:
    """Read `data` of xf_user_authenticate: a hash, alone or with its salt and digest."""
    fields = read_array(text)
    expected = fields.text("hash")
    if expected.startswith("$2"):
        return parse_bcrypt(expected)
    if expected.startswith("$P$"):
        return parse_phpass(expected)
    salt = read_text(fields.text("salt"), "the salt")
    if fields.text("hashFunc", "") == "sha256" or len(expected) == 64:
        return make_digest(
            "sha256", read_hex(expected, "the hash"), lambda secret: hex_sha256(secret) + salt
        )
    if len(expected) == 40:
        return make_digest(
            "sha1", read_hex(expected, "the hash"), lambda secret: hex_sha1(secret) + salt
        )
    # Imported from vBulletin. Of IP.Board the same fields have another formula: see `scheme`.
    return make_digest("md5", read_hex(expected, "the hash"), lambda secret: hex_md5(secret) + salt)


ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def parse_smf(text: str, *, username: str) -> Digest:
    """Read SMF 1.1 and 2.0: SHA-1 of the name and the password.

    The name is in the lower case of PHP's strtolower, which leaves letters beyond ASCII alone.
    """
    name = read_text(username.translate(ASCII_LOWER), "the user name")
    return make_digest("sha1", read_hex(text, "the hash"), add_salt(name, "prefix"))


def parse_smf_bcrypt(text: str, *, username: str) -> Bcrypt:
    """Read SMF 2.1: bcrypt of the name in lower case and the password."""
    return parse_peppered(text, pepper=username.lower(), pepper_position="prefix")


FORMATS = (
    Format(
        id="nextcloud",
        label="Nextcloud, ownCloud",
        emitted_by="Nextcloud and ownCloud (oc_users.password)",
        source="https://github.com/nextcloud/server/blob/master/lib/private/Security/Hasher.php",
        hashes=(Bcrypt, Argon2),
        parse=parse_nextcloud,
        shape=re.compile(r"[1-3]\|\$(2[abxy]|argon2).*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="xenforo",
        label="XenForo",
        emitted_by="XenForo (xf_user_authenticate.data)",
        source="XenForo_Authentication_Core and Core12, XF:Core and XF:Core12",
        hashes=(Bcrypt, Phpass, Digest),
        parse=parse_xenforo,
        shape=re.compile(
            r'a:\d+:\{(?=.*"hash").*\}|\{"hash":"[^"]*"(,"(salt|hashFunc)":"[^"]*"){0,2}\}'
        ),
        likelihood=Likelihood.NAMED,
        notes="Without hashFunc, a hash with a salt is sha256, sha1 or, as from vBulletin, md5 of "
        "the same function of the password and the salt.",
    ),
    Format(
        id="smf_sha1",
        label="SMF 1.1 and 2.0",
        emitted_by="Simple Machines Forum 1.1 and 2.0 (passwd)",
        source="https://github.com/SimpleMachines/SMF/blob/release-2.0/Sources/Subs-Auth.php",
        hashes=(Digest,),
        parse=parse_smf,
        shape=re.compile(r"[0-9a-f]{40}"),
        likelihood=Likelihood.SHAPED,
        parameters=(USERNAME,),
        formula="sha1(user name in lower case + password)",
    ),
    Format(
        id="smf_bcrypt",
        label="SMF 2.1",
        emitted_by="Simple Machines Forum 2.1 (passwd)",
        source="https://github.com/SimpleMachines/SMF/blob/release-2.1/Sources/Subs.php",
        hashes=(Bcrypt,),
        parse=parse_smf_bcrypt,
        shape=SHAPE,
        likelihood=Likelihood.SHAPED,
        parameters=(USERNAME,),
        notes="The value looks the same as bcrypt of the password itself.",
    ),
)
