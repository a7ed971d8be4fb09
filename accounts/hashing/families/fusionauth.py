"""FusionAuth: hashes by the name of their password encryptor."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from accounts.hashing.contract import Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.digests import compute_hmac, read_digest_name
from accounts.hashing.encodings import (
    Password,
    encode_password,
    read_base64,
    read_bytes,
    read_number,
)
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.digest import (
    ALGORITHM,
    Digest,
    add_salt,
    check_digest_size,
    make_digest,
    make_hmac,
    notation,
    parse_digest,
)
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.families.phpass import FUSIONAUTH_DIGESTS, Phpass
from accounts.hashing.families.phpass import parse_fusionauth as parse_phpass

FUSIONAUTH = "https://fusionauth.io/docs/reference/password-hashes"
CONTRIB = "https://github.com/FusionAuth/fusionauth-contrib"


def parse_salted(
    text: str,
    *,
    algorithm: str,
    salt: str,
    salt_encoding: str,
    salt_position: str,
    factor: str,
    hash_encoding: str,
) -> Digest:
    """Read a digest whose factor says how often it was taken of itself."""
    return parse_digest(
        text,
        algorithm=algorithm,
        salt=salt,
        salt_encoding=salt_encoding,
        salt_position=salt_position,
        hash_encoding=hash_encoding,
        password_encoding="utf8",  # noqa: S106
        rounds=factor,
    )


@dataclass(frozen=True, repr=False)
class Pbkdf2ThenHmac(Pbkdf2):
    """An HMAC of the password under the `length` bytes that PBKDF2 makes of the same password."""

    length: int = 64

    @property
    def derived_bytes(self) -> int:
        return self.length

    def matches(self, password: Password) -> bool:
        secret = encode_password(password)
        derived = hashlib.pbkdf2_hmac(self.digest, secret, self.salt, self.iterations, self.length)
        return hmac.compare_digest(compute_hmac(self.digest, derived, secret), self.key)


def parse_pbkdf2_then_hmac(
    text: str,
    *,
    digest: str,
    iterations: str,
    dklen: str,
    salt: str,
    salt_encoding: str,
    hash_encoding: str,
) -> Pbkdf2ThenHmac:
    name, length = read_digest_name(digest), read_number(dklen, "dklen")
    expected = read_bytes(text, hash_encoding, "the hash")
    check_digest_size(name, expected)
    if length not in range(16, 513):
        raise HashFormatError("dklen must be between 16 and 512")
    return Pbkdf2ThenHmac(
        name,
        read_number(iterations, "the iteration count"),
        read_bytes(salt, salt_encoding, "the salt"),
        expected,
        length=length,
    )


def parse_bcrypt_split(text: str, salt: str, factor: int) -> Bcrypt:
    return parse_bcrypt(f"$2a${factor:02}${salt}{text}")


def parse_salted_digest(text: str, salt: str, factor: int, *, digest: str) -> Digest:
    join = add_salt(read_base64(salt, "the salt"), "suffix")
    return make_digest(digest, read_base64(text), join, rounds=factor)


def parse_salted_hmac(text: str, salt: str, _factor: int) -> Digest:
    key = read_base64(salt, "the salt")
    return make_hmac(
        "sha256", read_base64(text), lambda secret: compute_hmac("sha256", key, secret)
    )


def parse_salted_pbkdf2(text: str, salt: str, factor: int, *, digest: str, length: int) -> Pbkdf2:
    key = read_base64(text)
    if len(key) != length:
        raise HashFormatError(f"the hash of this scheme has {length} bytes")
    return Pbkdf2(digest, factor, read_base64(salt, "the salt"), key)


SCHEMES: dict[str, Callable[[str, str, int], ParsedHash]] = {
    "bcrypt": parse_bcrypt_split,
    "salted-md5": partial(parse_salted_digest, digest="md5"),
    "salted-sha256": partial(parse_salted_digest, digest="sha256"),
    "salted-hmac-sha256": parse_salted_hmac,
    "salted-pbkdf2-hmac-sha256": partial(parse_salted_pbkdf2, digest="sha256", length=32),
    "salted-pbkdf2-hmac-sha256-512": partial(parse_salted_pbkdf2, digest="sha256", length=64),
    "salted-pbkdf2-hmac-sha512-512": partial(parse_salted_pbkdf2, digest="sha512", length=64),
}
"""The encryptors that FusionAuth ships, except phpass."""


def parse_user(text: str, *, encryptionScheme: str, salt: str, factor: str) -> ParsedHash:
    if encryptionScheme in FUSIONAUTH_DIGESTS:
        return parse_phpass(text, encryptionScheme=encryptionScheme, factor=factor, salt=salt)
    if encryptionScheme not in SCHEMES:
        names = ", ".join([*SCHEMES, *FUSIONAUTH_DIGESTS])
        raise HashFormatError(f"encryptionScheme must be one of {names}")
    return SCHEMES[encryptionScheme](text, salt, read_number(factor, "factor"))


FORMATS = (
    Format(
        id="fusionauth_password",
        label="FusionAuth",
        emitted_by="FusionAuth (password, salt, factor and encryptionScheme of a user)",
        source=FUSIONAUTH,
        hashes=(Bcrypt, Pbkdf2, Phpass, Digest),
        parse=parse_user,
        shape=re.compile(r"[A-Za-z0-9+/.]{22,86}={0,2}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter(
                "encryptionScheme",
                "the name of the scheme in FusionAuth",
                choices=(*SCHEMES, *FUSIONAUTH_DIGESTS),
            ),
            Parameter("salt", "the user's salt, which may be empty", default=""),
            Parameter("factor", "the work factor", default="1"),
        ),
    ),
    Format(
        id="fusionauth_salted",
        label="FusionAuth salted digest",
        emitted_by="FusionAuth plugins",
        source=CONTRIB,
        hashes=(Digest,),
        parse=parse_salted,
        shape=re.compile(r"[A-Za-z0-9+/]{22,86}={0,2}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            ALGORITHM,
            Parameter("salt", "the user's salt, as in FusionAuth"),
            notation("salt_encoding", "the salt", "base64"),
            Parameter(
                "salt_position",
                "whether the salt comes before or after the password",
                default="suffix",
                choices=("prefix", "suffix"),
            ),
            Parameter("factor", "the number of rounds of the digest", default="1"),
            notation("hash_encoding", "the hash", "base64"),
        ),
    ),
    Format(
        id="fusionauth_pbkdf2_then_hmac",
        label="FusionAuth PBKDF2 with HMAC",
        emitted_by="FusionAuth plugins",
        source=f"{CONTRIB}, ExamplePBDKF2HMACSHA1PasswordEncryptor",
        hashes=(Pbkdf2ThenHmac,),
        parse=parse_pbkdf2_then_hmac,
        shape=re.compile(r"[0-9A-F]{40}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter("digest", "the digest of both steps", default="sha1"),
            Parameter("iterations", "the iteration count", default="10000"),
            Parameter("dklen", "bytes of key between the steps", default="64"),
            Parameter("salt", "the user's salt"),
            notation("salt_encoding", "the salt", "utf8"),
            notation("hash_encoding", "the hash", "hex_upper"),
        ),
    ),
)
