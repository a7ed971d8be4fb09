"""The hashes of Windows: NTLM and LM."""

from __future__ import annotations

import re

from passlib.hash import lmhash

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.encodings import read_hex
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, add_salt, make_digest

SHAPE = re.compile(r"[0-9A-Fa-f]{32}")
MICROSOFT = (
    "https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/"
    "464551a8-9fc4-428e-b3d3-bc5bfb2e73a5"
)


def parse_ntlm(text: str) -> Digest:
    return make_digest("md4", read_hex(text), add_salt(b"", "prefix"), charset="utf-16-le")


def parse_lm(text: str) -> Digest:
    expected = read_hex(text)
    if len(expected) != 16:
        raise HashFormatError("an LM hash has 16 bytes")
    return Digest("lm", expected, compute_lm)


def compute_lm(secret: bytes) -> bytes:
    try:
        computed: bytes = lmhash.raw(secret.decode())
    except ValueError:
        raise HashFormatError("LM cannot hash this password") from None
    return computed


FORMATS = (
    Format(
        id="ntlm",
        label="NTLM",
        emitted_by="Active Directory, Samba",
        source=MICROSOFT,
        hashes=(Digest,),
        parse=parse_ntlm,
        shape=SHAPE,
        likelihood=Likelihood.SHAPED,
        formula="md4(UTF-16 of the password)",
    ),
    Format(
        id="lmhash",
        label="LM",
        emitted_by="Windows before Vista, Samba",
        source=MICROSOFT,
        hashes=(Digest,),
        parse=parse_lm,
        shape=SHAPE,
        likelihood=Likelihood.PLAIN,
        formula="DES with the password in upper case as the key",
        notes="Ignores case and everything after 14 characters.",
    ),
)
