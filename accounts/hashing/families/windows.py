"""The hashes of Windows: NTLM and LM, what Entra Connect makes of them, and dumps of both."""

from __future__ import annotations

import re
from functools import partial

from passlib.hash import lmhash

from accounts.hashing.contract import Format, Likelihood, Parameter
from accounts.hashing.digests import compute_digest
from accounts.hashing.encodings import Password, encode_password, read_hex, read_number
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2

SHAPE = re.compile(r"[0-9A-Fa-f]{32}")
CODE_PAGES = ("cp437", "cp850", "cp852", "cp866", "latin-1", "utf-8")
MICROSOFT = (
    "https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/"
    "464551a8-9fc4-428e-b3d3-bc5bfb2e73a5"
)


def parse_ntlm(text: str) -> Digest:
    return make_digest("md4", read_hex(text), add_salt(b"", "prefix"), charset="utf-16-le")


def parse_lm(text: str, *, encoding: str = "cp437") -> Digest:
    expected = read_hex(text)
    if len(expected) != 16:
        raise HashFormatError("an LM hash has 16 bytes")
    if encoding not in CODE_PAGES:
        raise HashFormatError(f"encoding must be one of {', '.join(CODE_PAGES)}")
    return Digest("lm", expected, partial(compute_lm, encoding))


def compute_lm(encoding: str, secret: bytes) -> bytes:
    try:
        computed: bytes = lmhash.raw(secret.decode(), encoding=encoding)
    except ValueError:
        raise HashFormatError("LM cannot hash this password") from None
    return computed


DUMP_TEXT = re.compile(r"[^:]*:[0-9]+:([0-9A-Fa-f]{32}|[^:]*):([0-9A-Fa-f]{32}):.*")


def parse_dump(text: str) -> Digest:
    """Read a line of pwdump or secretsdump, of which the NT hash counts."""
    match = DUMP_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not name, number, LM hash and NT hash between colons")
    return parse_ntlm(match[2])


def keep_hash(value: str) -> str:
    """Leave out the name and the LM hash, which is too weak to be kept."""
    match = DUMP_TEXT.fullmatch(value.strip())
    return f":0::{match[2]}:" if match else value.strip()


ENTRA_TEXT = re.compile(r"v1;PPH1_MD4,([0-9a-fA-F]*),([0-9]+),([0-9a-fA-F]{64});?")


def parse_entra(text: str) -> Pbkdf2:
    """Read what Entra Connect sends: PBKDF2 of the NT hash in upper-case hexadecimal in UTF-16."""
    match = ENTRA_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not v1;PPH1_MD4, salt, iterations and hash between commas")
    salt, iterations, key = match.groups()
    return Pbkdf2(
        "sha256",
        read_number(iterations, "the iteration count"),
        read_hex(salt, "the salt"),
        read_hex(key, "the hash"),
        prepare_entra,
    )


def prepare_entra(password: Password) -> bytes:
    digest = compute_digest("md4", encode_password(password, "utf-16-le"))
    return digest.hex().upper().encode("utf-16-le")


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
        parameters=(
            Parameter(
                "encoding", "the code page of the system", default="cp437", choices=CODE_PAGES
            ),
        ),
        notes="Ignores case and everything after 14 characters.",
    ),
    Format(
        id="windows_dump",
        label="Line of pwdump or secretsdump",
        emitted_by="pwdump, secretsdump of impacket, smbpasswd files",
        source="https://github.com/fortra/impacket, examples/secretsdump.py",
        hashes=(Digest,),
        parse=parse_dump,
        shape=DUMP_TEXT,
        likelihood=Likelihood.NAMED,
        notes="Of a line the NT hash is verified. The line is stored without the name.",
        canonical=keep_hash,
    ),
    Format(
        id="entra_connect",
        label="Entra Connect",
        emitted_by="Entra Connect password hash synchronisation",
        source="https://learn.microsoft.com/entra/identity/hybrid/connect/"
        "how-to-connect-password-hash-synchronization",
        hashes=(Pbkdf2,),
        parse=parse_entra,
        shape=re.compile(r"v1;PPH1_MD4,.*"),
        likelihood=Likelihood.NAMED,
    ),
)
