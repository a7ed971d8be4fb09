"""What the hash functions cost on this machine, beside the constants that estimates are made of.

All in microseconds of CPU time for the unit named, the best of three. Above 1 in the last column,
this machine is quicker than the constants say.
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import bcrypt
from argon2.low_level import Type, hash_secret_raw
from passlib.hash import bigcrypt, bsdi_crypt, md5_crypt, sha512_crypt

from accounts.hashing import costs
from accounts.hashing.digests import compute_digest
from benchmarks import reports

Measured = tuple[str, float, float]
"""What was measured, microseconds, and the constant."""


def measure() -> reports.Table:
    table = reports.Table(
        f"Hash functions on {name_processor()}, Python {platform.python_version()}",
        ("", "µs", "constant", "constant / measured"),
    )
    for part in (measure_memory_hard, measure_pbkdf2, measure_digests, measure_crypt):
        for name, measured, constant in part():
            table.add(name, measured, constant, constant / measured)
    return table


def name_processor() -> str:
    """Return what Linux calls the processor, or all that Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def measure_memory_hard() -> Iterator[Measured]:
    size = 256 * 1024
    once = time_per(1, lambda: hash_argon2(1, size))
    twice = time_per(1, lambda: hash_argon2(2, size))
    yield "argon2, a KiB in a pass", (twice - once) / size, costs.ARGON2_PASS
    yield "argon2, a KiB provided", (2 * once - twice) / size, costs.ARGON2_FILL
    setting = bcrypt.gensalt(12)
    rate = time_per(2**12, lambda: bcrypt.hashpw(b"password", setting))
    yield "bcrypt, of 2^cost", rate, costs.BCRYPT
    rate = time_per(2**15 * 8, lambda: hash_scrypt(2**15, 1))
    yield "scrypt, of N * r * p", rate, costs.SCRYPT
    rate = time_per(8 * 20_000, lambda: hash_scrypt(2, 20_000))
    yield "scrypt, of r * p", rate - 2 * costs.SCRYPT, costs.SCRYPT_ENDS


def hash_argon2(passes: int, size: int) -> None:
    hash_secret_raw(b"password", b"saltsalt", passes, size, 1, 32, Type.ID)


def hash_scrypt(n: int, p: int) -> None:
    memory = 128 * 8 * (n + p + 2) + 1024
    hashlib.scrypt(b"password", salt=b"salt", n=n, r=8, p=p, maxmem=memory, dklen=64)


def measure_pbkdf2() -> Iterator[Measured]:
    count = 100_000
    for name, constant in costs.PBKDF2.items():
        derive = partial(hashlib.pbkdf2_hmac, name, b"password", b"salt", count, 16)
        yield f"PBKDF2, {name}, an iteration", time_per(count, derive), constant


def measure_digests() -> Iterator[Measured]:
    for name, constant in costs.DIGEST_CALL.items():
        count = 200 if name == "md4" else 20_000
        short = time_per(count, partial(repeat, name, 16, count))
        long = time_per(count, partial(repeat, name, 4096, count))
        yield f"{name}, a call", short, constant
        yield f"{name}, 4 KiB more", long - short, 4080 * costs.DIGEST_BYTE[name]


def repeat(name: str, size: int, count: int) -> None:
    data = bytes(size)
    for _ in range(count):
        compute_digest(name, data)


def measure_crypt() -> Iterator[Measured]:
    count = 20_000
    text = sha512_crypt.using(rounds=count).hash("x")
    short = time_per(count, partial(sha512_crypt.verify, "x", text))
    long = time_per(count, partial(sha512_crypt.verify, "x" * 257, text))
    yield "SHA-512 crypt, a round", short, costs.SHA_CRYPT_ROUND
    yield "SHA-512 crypt, 256 bytes in a round", long - short, 256 * costs.SHA_CRYPT_BYTE
    md5 = md5_crypt.hash("x")
    short = time_per(1, partial(md5_crypt.verify, "x", md5))
    long = time_per(1, partial(md5_crypt.verify, "x" * 4096, md5))
    yield "MD5 crypt", short, costs.MD5_CRYPT
    yield "MD5 crypt, a byte", (long - short) / 4095, costs.MD5_CRYPT_BYTE
    bsdi = bsdi_crypt.using(rounds=5001).hash("x")
    short = time_per(1, partial(bsdi_crypt.verify, "x", bsdi))
    long = time_per(1, partial(bsdi_crypt.verify, "x" * 4096, bsdi))
    yield "DES crypt, a round", short / 5001, costs.DES_CRYPT_ROUND
    big = bigcrypt.hash("x" * 128)
    short = time_per(16 * 25, partial(bigcrypt.verify, "x" * 128, big))
    yield "bigcrypt, a round", short, costs.DES_CRYPT_ROUND
    yield "DES crypt, a byte", (long - short) / 4095, costs.DES_CRYPT_BYTE


def time_per(count: int, work: Callable[[], object]) -> float:
    """Return the microseconds of CPU time for one of `count` units, the best of three runs."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best / count * 1e6
