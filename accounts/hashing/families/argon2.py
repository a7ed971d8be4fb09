"""Argon2 in the text of the PHC string format."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from argon2.low_level import Type, hash_secret_raw

from accounts.hashing.contract import Bound, Format, Likelihood, ParsedHash
from accounts.hashing.costs import ARGON2_FILL, ARGON2_PASS, Cost
from accounts.hashing.encodings import (
    Password,
    encode_password,
    read_base64,
    read_named,
    read_number,
)
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.bcrypt import hash_sha256_hex

TYPES = {"i": Type.I, "d": Type.D, "id": Type.ID}
VERSIONS = (0x10, 0x13)
TEXT = re.compile(r"\$?argon2(id|i|d)\$(?:v=([0-9]+)\$)?([a-z]+=[^$]*)\$([^$]+)\$([^$]+)")
ASSOCIATED_DATA = re.compile(r"(^|,)data=")
RFC = "RFC 9106 section 3.1"


@dataclass(frozen=True, repr=False)
class Argon2(ParsedHash):
    type: str
    version: int
    memory_kib: int
    iterations: int
    parallelism: int
    salt: bytes
    key: bytes
    prepare: Callable[[Password], bytes] = encode_password

    bounds = (
        # RFC 9106 section 3.1 has at least 8 KiB a lane; 7 MiB is the least that OWASP advises.
        Bound("memory_kib", 8, 2**32 - 1, RFC, weak_below=7 * 1024),
        Bound("iterations", 1, 2**32 - 1, RFC),
        Bound("parallelism", 1, 255, "libargon2 starts a thread for each lane; the RFC has 2^24"),
    )
    cost_formula = (
        f"memory_kib * ({ARGON2_FILL} + {ARGON2_PASS} * iterations) µs; memory_kib of memory"
    )

    def summarize(self) -> dict[str, str | int]:
        return {
            "type": f"argon2{self.type}",
            "version": f"{self.version}",
            "memory_kib": self.memory_kib,
            "iterations": self.iterations,
            "parallelism": self.parallelism,
        }

    def estimate(self, password_bytes: int) -> Cost:
        microseconds = self.memory_kib * (ARGON2_FILL + ARGON2_PASS * self.iterations)
        return Cost(microseconds / 1e6, self.memory_kib)

    def matches(self, password: Password) -> bool:
        computed = hash_secret_raw(
            self.prepare(password),
            self.salt,
            time_cost=self.iterations,
            memory_cost=self.memory_kib,
            parallelism=self.parallelism,
            hash_len=len(self.key),
            type=TYPES[self.type],
            version=self.version,
        )
        return hmac.compare_digest(computed, self.key)

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise HashFormatError("the argon2 type must be i, d or id")
        if self.version not in VERSIONS:
            raise HashFormatError("the argon2 version must be 16 (1.0) or 19 (1.3)")
        if self.memory_kib < 8 * self.parallelism:
            raise HashFormatError("argon2 needs at least 8 KiB of memory for each lane")
        # RFC 9106 section 3.1; the reference implementation raises below these.
        if len(self.salt) < 8 or len(self.key) < 4:
            raise HashFormatError("an argon2 salt has at least 8 bytes and a hash at least 4")


def parse_argon2(text: str, prepare: Callable[[Password], bytes] = encode_password) -> Argon2:
    """Read `$argon2id$v=19$m=..,t=..,p=..$<salt>$<hash>`; without `v=` it is version 16 (1.0).

    The three parameters may stand in any order: phc-argon2 for Node writes t first.
    """
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not an argon2 text of type, m, t, p, salt and hash")
    kind, version, parameters, salt, key = match.groups()
    if ASSOCIATED_DATA.search(parameters):
        raise HashFormatError("argon2 hashes with associated data (data=) are not supported")
    given = read_named(parameters, ("m", "t", "p", "keyid"))
    if not {"m", "t", "p"} <= given.keys():
        raise HashFormatError("an argon2 text has each of m, t and p once")
    return Argon2(
        kind,
        read_number(version or "16", "the argon2 version"),
        read_number(given["m"], "the argon2 memory"),
        read_number(given["t"], "the argon2 iteration count"),
        read_number(given["p"], "the argon2 parallelism"),
        read_base64(salt, "the argon2 salt"),
        read_base64(key, "the argon2 hash"),
        prepare,
    )


def drop_dollar(value: str) -> str:
    """Leave the "$" out: the stored string is then as Django itself writes it."""
    return value.strip().removeprefix("$")


FORMATS = (
    Format(
        id="argon2",
        label="Argon2",
        emitted_by="Kratos, Logto, Zitadel, SuperTokens, Supabase, PHP, Spring, Authelia, Auth0, "
        "AdonisJS, phc-argon2",
        source="RFC 9106 and https://github.com/P-H-C/phc-string-format",
        hashes=(Argon2,),
        parse=parse_argon2,
        shape=re.compile(r"\$argon2(id|i|d)\$.*"),
        likelihood=Likelihood.NAMED,
        canonical=drop_dollar,
        notes="argon2i, argon2d and argon2id, versions 1.0 and 1.3.",
    ),
    Format(
        id="meteor_argon2",
        label="Meteor Argon2",
        emitted_by="Meteor 3 accounts-password (services.password.argon2)",
        source="https://docs.meteor.com/api/accounts.html: argon2 of the SHA-256 in lower-case hex",
        hashes=(Argon2,),
        parse=partial(parse_argon2, prepare=hash_sha256_hex),
        shape=re.compile(r"\$argon2(id|i|d)\$.*"),
        likelihood=Likelihood.SHAPED,
    ),
)
