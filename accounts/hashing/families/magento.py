"""Magento 2: one function after another, of which the versions behind the salt tell."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw

from accounts.hashing.contract import Bound, Format, Likelihood, ParsedHash
from accounts.hashing.costs import ARGON2_FILL, ARGON2_PASS, Cost
from accounts.hashing.digests import compute_digest
from accounts.hashing.encodings import Password, encode_password, read_hex, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import RFC
from accounts.hashing.families.digest import Digest, make_digest

ENCRYPTOR = (
    "https://github.com/magento/magento2/blob/2.4/lib/internal/Magento/Framework/"
    "Encryption/Encryptor.php"
)
DIGESTS = {"0": "md5", "1": "sha256"}
# Bytes, passes and memory of what libsodium calls interactive.
SODIUM = (32, 2, 67_108_864)
SALT_BYTES = 16
LONGEST_CHAIN = 4

VERSION = r"(?:[012]|3_[0-9]{1,4}_[0-9]{1,10}_[0-9]{1,20})"
TEXT = re.compile(rf"([0-9a-f]{{32,1024}}):([^:]+)((?::{VERSION}){{1,{LONGEST_CHAIN}}})")


@dataclass(frozen=True, slots=True)
class Step:
    """One function of the chain: a digest, or argon2id where it has none."""

    digest: str = ""
    size: int = 0
    iterations: int = 0
    memory_kib: int = 0

    def compute(self, secret: bytes, salt: bytes) -> bytes:
        if self.digest:
            return compute_digest(self.digest, salt + secret)
        # As str_pad and substr of PHP make a salt of the length that libsodium takes.
        padded = (salt * SALT_BYTES)[:SALT_BYTES]
        return hash_secret_raw(
            secret, padded, self.iterations, self.memory_kib, 1, self.size, Type.ID, ARGON2_VERSION
        )


@dataclass(frozen=True, repr=False)
class MagentoChain(ParsedHash):
    """Functions of which each takes the hexadecimal text of the result before it."""

    steps: tuple[Step, ...]
    salt: bytes
    expected: bytes

    bounds = (
        Bound("memory_kib", 8, 2**32 - 1, RFC, weak_below=7 * 1024),
        Bound("iterations", 1, 2**32 - 1, RFC),
    )
    cost_formula = f"memory_kib * ({ARGON2_FILL} + {ARGON2_PASS} * iterations) µs for each argon2"

    def summarize(self) -> dict[str, str | int]:
        slow = [step for step in self.steps if not step.digest]
        return {
            "functions": ", ".join(step.digest or "argon2id" for step in self.steps),
            "memory_kib": max(step.memory_kib for step in slow),
            "iterations": max(step.iterations for step in slow),
        }

    def estimate(self, password_bytes: int) -> Cost:
        slow = [step for step in self.steps if not step.digest]
        microseconds = sum(
            step.memory_kib * (ARGON2_FILL + ARGON2_PASS * step.iterations) for step in slow
        )
        return Cost(microseconds / 1e6, max(step.memory_kib for step in slow))

    def matches(self, password: Password) -> bool:
        secret = encode_password(password)
        for step in self.steps[:-1]:
            secret = step.compute(secret, self.salt).hex().encode()
        return hmac.compare_digest(self.steps[-1].compute(secret, self.salt), self.expected)


def parse_magento(text: str) -> MagentoChain | Digest:
    """Read `<hash>:<salt>:<version>[:<version>…]`, the oldest version first."""
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not hash, salt and versions separated by colons")
    digits, salt_text, versions = match.groups()
    steps = tuple(map(read_step, versions[1:].split(":")))
    expected, salt = read_hex(digits, "the hash"), read_text(salt_text, "the salt")
    if all(step.digest for step in steps):
        return make_chain_of_digests(steps, salt, expected)
    if not steps[-1].digest and len(expected) != steps[-1].size:
        raise HashFormatError("the hash length does not match its version")
    if any(0 < step.memory_kib < 8 or step.size < 4 for step in steps if not step.digest):
        raise HashFormatError("argon2 needs 8 KiB of memory and makes at least 4 bytes")
    return MagentoChain(steps, salt, expected)


def read_step(version: str) -> Step:
    if version in DIGESTS:
        return Step(DIGESTS[version])
    numbers = version.split("_")[1:] or map(str, SODIUM)
    size, iterations, memory = (read_number(each, "a parameter of argon2") for each in numbers)
    return Step(size=size, iterations=iterations, memory_kib=memory // 1024)


def make_chain_of_digests(steps: tuple[Step, ...], salt: bytes, expected: bytes) -> Digest:
    *inner, last = steps

    def arrange(secret: bytes) -> bytes:
        for step in inner:
            secret = step.compute(secret, salt).hex().encode()
        return salt + secret

    return make_digest(last.digest, expected, arrange)


FORMATS = (
    Format(
        id="magento2",
        label="Magento 2",
        emitted_by="Magento 2 and Adobe Commerce",
        source=f"{ENCRYPTOR}, isValidHash",
        hashes=(Digest, MagentoChain),
        parse=parse_magento,
        shape=TEXT,
        likelihood=Likelihood.MARKED,
        notes="Version 0 is md5(salt + password), version 1 is the same with SHA-256, versions 2 "
        "and 3 are argon2id. With several versions, each hashes the result of the previous "
        "one.",
    ),
)
