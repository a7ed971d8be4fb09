"""Fairly Secure Hashed Password: an iterated SHA in a text of its own."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.encodings import read_base64, read_number
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, add_salt, make_digest

DIGESTS = ("sha1", "sha256", "sha384", "sha512")
TEXT = re.compile(r"\{FSHP([0-3])\|([0-9]+)\|([0-9]+)\}(.+)")


def parse_fshp(text: str) -> Digest:
    """Read `{FSHP<variant>|<salt size>|<rounds>}` and base64 of salt ‖ digest.

    It is PBKDF1 with the password for the salt and the salt for the password.
    """
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a text of variant, salt size, rounds and hash")
    variant, size, rounds, blob = match.groups()
    decoded, salt_size = read_base64(blob), read_number(size, "the salt size")
    return make_digest(
        DIGESTS[int(variant)],
        decoded[salt_size:],
        add_salt(decoded[:salt_size], "prefix"),
        rounds=read_number(rounds, "the number of rounds"),
    )


FORMATS = (
    Format(
        id="fshp",
        label="FSHP",
        emitted_by="Java and Python applications",
        source="https://passlib.readthedocs.io/en/stable/lib/passlib.hash.fshp.html",
        hashes=(Digest,),
        parse=parse_fshp,
        shape=re.compile(r"\{FSHP.*"),
        likelihood=Likelihood.NAMED,
    ),
)
