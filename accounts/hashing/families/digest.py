"""Plain digests and HMACs of a password with or without a salt, in any arrangement."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from accounts.hashing.contract import Bound, Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.costs import DIGEST_CALL, Cost, estimate_digests
from accounts.hashing.digests import DIGEST_SIZES, compute_digest, compute_hmac, read_digest_name
from accounts.hashing.encodings import (
    PASSWORD_ENCODINGS,
    READERS,
    Password,
    encode_password,
    read_bytes,
    read_number,
    read_password_encoding,
)
from accounts.hashing.errors import HashFormatError


@dataclass(frozen=True, repr=False)
class Digest(ParsedHash):
    """A digest and the way to it; `rounds` is how often the function runs on its own result.

    `rehashed_salt` is how many bytes of salt each round hashes again together with the password;
    None where a round hashes the result of the one before alone.
    """

    algorithm: str
    expected: bytes
    compute: Callable[[bytes], bytes]
    rounds: int = 1
    charset: str = "utf-8"
    rehashed_salt: int | None = None

    bounds = (Bound("rounds", 1, 2**31 - 1, "no source writes more than a 32-bit number"),)
    cost_formula = "rounds * 1.1 µs or more, by the digest and by what each round hashes again"
    fast = True

    def estimate(self, password_bytes: int) -> Cost:
        name = self.algorithm.removeprefix("hmac-")
        # An HMAC is a digest of a digest; LM, two blocks of DES, is no dearer than MD4.
        runs = 2 if name != self.algorithm else 1
        name = name if name in DIGEST_CALL else "md4"
        once = estimate_digests(name, runs, 2 * password_bytes)
        again = 0 if self.rehashed_salt is None else password_bytes + self.rehashed_salt
        return Cost(once + estimate_digests(name, self.rounds, len(self.expected) + again))

    def summarize(self) -> dict[str, str | int]:
        return {"algorithm": self.algorithm, "rounds": self.rounds}

    def matches(self, password: Password) -> bool:
        computed = self.compute(encode_password(password, self.charset))
        return hmac.compare_digest(computed, self.expected)


def make_digest(
    name: str,
    expected: bytes,
    arrange: Callable[[bytes], bytes],
    *,
    rounds: int = 1,
    charset: str = "utf-8",
) -> Digest:
    """Describe `name`(`arrange`(password)), the digest applied `rounds` times."""
    check_digest_size(name, expected)
    return Digest(
        name,
        expected,
        lambda secret: repeat_digest(name, arrange(secret), rounds),
        rounds,
        charset,
    )


def check_digest_size(name: str, expected: bytes) -> None:
    if len(expected) != DIGEST_SIZES[name]:
        raise HashFormatError(f"a digest of {name} has {DIGEST_SIZES[name]} bytes")


def repeat_digest(name: str, data: bytes, rounds: int) -> bytes:
    for _ in range(rounds):
        data = compute_digest(name, data)
    return data


def add_salt(salt: bytes, position: str) -> Callable[[bytes], bytes]:
    """Return the function that joins the salt to a password on the named side."""
    match position.lower():
        case "prefix":
            return lambda secret: salt + secret
        case "suffix" | "postfix":
            return lambda secret: secret + salt
    raise HashFormatError("the position of the salt must be prefix or suffix")


def parse_digest(
    text: str,
    *,
    algorithm: str,
    salt: str,
    salt_encoding: str,
    salt_position: str,
    hash_encoding: str,
    password_encoding: str,
    rounds: str,
) -> Digest:
    return make_digest(
        read_digest_name(algorithm),
        read_bytes(text, hash_encoding, "the hash"),
        add_salt(read_bytes(salt, salt_encoding, "the salt"), salt_position),
        rounds=read_number(rounds, "the number of rounds"),
        charset=read_password_encoding(password_encoding),
    )


def make_hmac(name: str, expected: bytes, compute: Callable[[bytes], bytes]) -> Digest:
    check_digest_size(name, expected)
    return Digest(f"hmac-{name}", expected, compute)


def parse_hmac(
    text: str,
    *,
    digest: str,
    key_is: str,
    salt: str,
    salt_encoding: str,
    key: str,
    key_encoding: str,
    hash_encoding: str,
) -> Digest:
    name = read_digest_name(digest)
    salt_bytes = read_bytes(salt, salt_encoding, "the salt")
    key_bytes = read_bytes(key, key_encoding, "the key")
    computations: dict[str, Callable[[bytes], bytes]] = {
        "salt": lambda secret: compute_hmac(name, salt_bytes, secret),
        "password": lambda secret: compute_hmac(name, secret, salt_bytes),
        "key": lambda secret: compute_hmac(name, key_bytes, secret + salt_bytes),
    }
    if key_is not in computations:
        raise HashFormatError("key_is must be salt, password or key")
    return make_hmac(name, read_bytes(text, hash_encoding, "the hash"), computations[key_is])


ALGORITHM = Parameter("algorithm", "the digest function", choices=tuple(DIGEST_SIZES))
SALT_POSITION = Parameter(
    "salt_position",
    "whether the salt comes before or after the password",
    default="prefix",
    choices=("prefix", "suffix"),
)


def notation(name: str, what: str, default: str) -> Parameter:
    return Parameter(name, f"how {what} is written", default=default, choices=tuple(READERS))


FORMATS = (
    Format(
        id="digest",
        label="Digest",
        emitted_by="Auth0, SecureAuth, Okta, OneLogin, Stytch, Clerk, Appwrite, Kinde, custom "
        "applications",
        source="RFC 1320, RFC 1321, FIPS 180-4 and FIPS 202",
        hashes=(Digest,),
        parse=parse_digest,
        shape=re.compile(
            r"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}"
            r"|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128}"
            r"|[\w+/-]{22}(==)?|[\w+/-]{27}=?|[\w+/-]{38}(==)?|[\w+/-]{43}=?|[\w+/-]{64}"
            r"|[\w+/-]{86}(==)?)",
            re.ASCII,
        ),
        likelihood=Likelihood.PLAIN,
        parameters=(
            ALGORITHM,
            Parameter("salt", "the user's salt, as in the source system", default=""),
            notation("salt_encoding", "the salt", "utf8"),
            SALT_POSITION,
            notation("hash_encoding", "the hash", "hex"),
            Parameter(
                "password_encoding",
                "the text encoding of the password",
                default="utf-8",
                choices=tuple(PASSWORD_ENCODINGS),
            ),
            Parameter("rounds", "the number of rounds of the digest", default="1"),
        ),
    ),
    Format(
        id="hmac",
        label="HMAC",
        emitted_by="Auth0, Firebase import, Werkzeug before 3, custom applications",
        source="RFC 2104",
        hashes=(Digest,),
        parse=parse_hmac,
        shape=re.compile(r"[0-9A-Fa-f]{32,128}|[A-Za-z0-9+/_-]{22,86}={0,2}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter("digest", "the digest function", choices=tuple(DIGEST_SIZES)),
            Parameter(
                "key_is",
                "the source of the key: the salt, the password, or a key of the application "
                "(then the message is the password and the salt)",
                default="salt",
                choices=("salt", "password", "key"),
            ),
            Parameter("salt", "the user's salt, as in the source system", default=""),
            notation("salt_encoding", "the salt", "utf8"),
            Parameter("key", "the key of the application", default=""),
            notation("key_encoding", "the key", "utf8"),
            notation("hash_encoding", "the hash", "hex"),
        ),
    ),
)
