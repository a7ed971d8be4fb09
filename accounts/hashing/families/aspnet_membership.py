"""ASP.NET Membership: a digest or HMAC over the salt and the password in UTF-16."""

from __future__ import annotations

import re
from functools import partial

from accounts.hashing.contract import Format, Likelihood, Parameter
from accounts.hashing.digests import DIGEST_SIZES, compute_hmac, read_digest_name
from accounts.hashing.encodings import (
    PASSWORD_ENCODINGS,
    READERS,
    read_base64,
    read_bytes,
    read_password_encoding,
)
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, add_salt, check_digest_size, make_digest

PROVIDER = (
    "https://referencesource.microsoft.com/#System.Web/Security/MembershipProvider.cs and "
    "SQLMembershipProvider.cs, EncodePassword"
)
UNHASHED = {
    "0": "the password is plain text: import it as a plain password",
    "2": "the password is encrypted with the machine key, not hashed",
}


def parse_membership(
    text: str,
    *,
    algorithm: str,
    salt: str,
    salt_encoding: str,
    password_encoding: str,
    password_format: str,
) -> Digest:
    if password_format != "1":  # noqa: S105
        raise HashFormatError(UNHASHED.get(password_format, "PasswordFormat must be 0, 1 or 2"))
    charset = read_password_encoding(password_encoding)
    salt_bytes = read_bytes(salt, salt_encoding, "the salt")
    name, expected = read_digest_name(algorithm), read_base64(text)
    if not algorithm.lower().startswith("hmac"):
        return make_digest(name, expected, add_salt(salt_bytes, "prefix"), charset=charset)
    check_digest_size(name, expected)
    key = stretch_key(name, salt_bytes)
    return Digest(
        f"hmac-{name}", expected, lambda secret: compute_hmac(name, key, secret), 1, charset
    )


def stretch_key(name: str, salt: bytes) -> bytes:
    """Repeat or cut the salt to the key length of the .NET class, which is the block size."""
    length = 128 if name in ("sha384", "sha512") else 64
    if not salt:
        raise HashFormatError("a keyed algorithm needs a salt")
    return (salt * length)[:length]


def parse_joined(text: str, *, algorithm: str) -> Digest:
    """Read `hash|format|salt`, as Microsoft's scripts carry Membership over to Identity."""
    parts = text.split("|")
    if len(parts) != 3:
        raise HashFormatError("not three parts between vertical bars")
    return parse_membership(
        parts[0],
        algorithm=algorithm,
        salt=parts[2],
        salt_encoding="base64",
        password_encoding="utf16le",  # noqa: S106
        password_format=parts[1],
    )


def parse_umbraco(text: str) -> Digest:
    """Read an HMAC of the password in UTF-16 whose key is the same."""
    expected = read_base64(text)
    for name in ("sha1", "sha256"):
        if len(expected) == DIGEST_SIZES[name]:
            compute = partial(compute_self_hmac, name)
            return Digest(f"hmac-{name}", expected, compute, charset="utf-16-le")
    raise HashFormatError("not base64 of an HMAC with SHA-1 or SHA-256")


def compute_self_hmac(name: str, secret: bytes) -> bytes:
    return compute_hmac(name, secret, secret)


EPISERVER_TEXT = re.compile(r"\$episerver\$\*([01])\*([^*]*)\*([^*]+)")


def parse_episerver(text: str) -> Digest:
    match = EPISERVER_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not an $episerver$ text of version 0 or 1")
    version, salt, expected = match.groups()
    return make_digest(
        ("sha1", "sha256")[int(version)],
        read_base64(expected, "the hash"),
        add_salt(read_base64(salt, "the salt"), "prefix"),
        charset="utf-16-le",
    )


ALGORITHM = Parameter(
    "algorithm",
    "hashAlgorithmType of the membership provider or the machine key",
    default="sha1",
    choices=("sha1", "sha256", "sha384", "sha512", "md5", "hmacsha256", "hmacsha512", "hmacsha1"),
)

FORMATS = (
    Format(
        id="aspnet_membership",
        label="ASP.NET Membership",
        emitted_by="ASP.NET 2 to 4 (aspnet_Membership), Umbraco, Sitecore, DotNetNuke",
        source=PROVIDER,
        hashes=(Digest,),
        parse=parse_membership,
        shape=re.compile(r"[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|.{64}|.{88}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            ALGORITHM,
            Parameter("salt", "PasswordSalt"),
            Parameter(
                "salt_encoding", "the encoding of the salt", "base64", choices=tuple(READERS)
            ),
            Parameter(
                "password_encoding",
                "the text encoding of the password",
                default="utf16le",
                choices=tuple(PASSWORD_ENCODINGS),
            ),
            Parameter("password_format", "PasswordFormat; only 1 is a hash", default="1"),
        ),
    ),
    Format(
        id="umbraco_hmac",
        label="Umbraco 4 to 7",
        emitted_by="Umbraco 4 to 7",
        source="https://hashcat.net/wiki/doku.php?id=example_hashes, mode 24800",
        hashes=(Digest,),
        parse=parse_umbraco,
        shape=re.compile(r"[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}="),
        likelihood=Likelihood.SHAPED,
        formula="HMAC of the password in UTF-16, keyed with itself",
    ),
    Format(
        id="aspnet_membership_joined",
        label="ASP.NET Membership, carried over to Identity",
        emitted_by="databases migrated with Microsoft's SQL scripts",
        source="https://learn.microsoft.com/aspnet/identity/overview/migrations/",
        hashes=(Digest,),
        parse=parse_joined,
        shape=re.compile(r"[A-Za-z0-9+/=]+\|[0-2]\|[A-Za-z0-9+/=]*"),
        likelihood=Likelihood.MARKED,
        parameters=(ALGORITHM,),
    ),
    Format(
        id="aspnet_membership_episerver",
        label="EPiServer",
        emitted_by="EPiServer, in hashcat's format",
        source="https://hashcat.net/wiki/doku.php?id=example_hashes",
        hashes=(Digest,),
        parse=parse_episerver,
        shape=re.compile(r"\$episerver\$.*"),
        likelihood=Likelihood.NAMED,
    ),
)
