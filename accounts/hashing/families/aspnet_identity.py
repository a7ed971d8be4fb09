"""ASP.NET Identity: the versioned binary blobs of AspNetUsers.PasswordHash."""

from __future__ import annotations

import re
import struct

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.encodings import read_base64
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.pbkdf2 import Pbkdf2

MICROSOFT = (
    "https://github.com/dotnet/aspnetcore/blob/main/src/Identity/Extensions.Core/src/"
    "PasswordHasher.cs"
)
PRFS = ("sha1", "sha256", "sha512")
"""KeyDerivationPrf, in the order of its members."""
V3_HEADER = struct.Struct(">BIII")


def parse_v2(text: str) -> Pbkdf2:
    """Read 0x00 ‖ 16 bytes of salt ‖ 32 bytes of key: PBKDF2-HMAC-SHA1, 1000 iterations."""
    blob = read_base64(text)
    if len(blob) != 49 or blob[0] != 0:
        raise HashFormatError("a version 2 hash is 49 bytes that start with 0")
    return Pbkdf2("sha1", 1000, blob[1:17], blob[17:])


def parse_v3(text: str) -> Pbkdf2:
    """Read 0x01 ‖ PRF ‖ iterations ‖ salt length ‖ salt ‖ key; each number is a big-endian u32."""
    blob = read_base64(text)
    if len(blob) < V3_HEADER.size or blob[0] != 1:
        raise HashFormatError("a version 3 hash starts with 1 and 12 bytes of parameters")
    _, prf, iterations, salt_length = V3_HEADER.unpack_from(blob)
    salt = blob[V3_HEADER.size : V3_HEADER.size + salt_length]
    key = blob[V3_HEADER.size + salt_length :]
    if prf >= len(PRFS):
        raise HashFormatError("the pseudo-random function must be 0, 1 or 2")
    # The hasher of ASP.NET refuses to verify anything shorter.
    if len(salt) < 16 or len(key) < 16:
        raise HashFormatError("the salt and the key each need at least 16 bytes")
    return Pbkdf2(PRFS[prf], iterations, salt, key)


FORMATS = (
    Format(
        id="aspnet_identity_v2",
        label="ASP.NET Identity, version 2",
        emitted_by="ASP.NET Identity 1 and 2, SimpleMembership (Crypto.HashPassword)",
        source=MICROSOFT,
        hashes=(Pbkdf2,),
        parse=parse_v2,
        shape=re.compile(r"A[A-P][A-Za-z0-9+/_-]{64}(==)?"),
        likelihood=Likelihood.SHAPED,
    ),
    Format(
        id="aspnet_identity_v3",
        label="ASP.NET Identity, version 3",
        emitted_by="ASP.NET Core Identity: Duende IdentityServer, ABP, OpenIddict, Umbraco",
        source=MICROSOFT,
        hashes=(Pbkdf2,),
        parse=parse_v3,
        shape=re.compile(r"AQAAAA[A-Za-z0-9+/_-]{50,}={0,2}"),
        likelihood=Likelihood.MARKED,
    ),
)
