"""What verifying one hash costs, estimated from measured constants, and how much it may cost.

All times are of the processor, in microseconds unless a name says seconds. They were measured by
`python -m benchmarks --only costs` on one core of an AMD EPYC of the Zen 4 generation at 2.6 GHz,
with Python 3.11, OpenSSL 3.0, argon2-cffi 25.1, bcrypt 5.0 and libpass 1.9.4, and rounded up,
mostly by a quarter. An estimate decides whether a sign-in can be afforded, not how long it takes:
twice as long on an older machine is still of the same order.
"""

from __future__ import annotations

from dataclasses import dataclass

ORDINARY_PASSWORD_BYTES = 256
"""The length for which the cost of a hash is judged before anybody signs in with it.

Some functions hash the password again in each round. With a longer one the true length counts.
"""

ARGON2_FILL = 0.5
"""A KiB that the operating system has to provide, once."""
ARGON2_PASS = 0.8
"""A KiB in each pass."""
BCRYPT = 58.0
"""Two key schedules: 2^cost of them make a hash."""
BCRYPT_KDF = 6000.0
"""A round of bcrypt_pbkdf, of which each makes 32 bytes."""
SCRYPT = 0.45
"""128 bytes, of which there are N times r times p."""
SCRYPT_ENDS = 2.0
"""128 bytes through PBKDF2 before and after, of which there are r times p."""

PBKDF2 = {
    "md5": 0.41,
    "sha1": 0.3,
    "ripemd160": 0.77,
    "sha224": 0.31,
    "sha256": 0.31,
    "sha384": 0.66,
    "sha512": 0.68,
    "sha3_224": 1.15,
    "sha3_256": 1.15,
    "sha3_384": 1.15,
    "sha3_512": 1.15,
    "blake2b": 3.0,
}
"""One iteration for each block of output as long as the digest."""

DIGEST_CALL = {
    "md5": 1.1,
    "md4": 21.0,
    "sha1": 1.1,
    "ripemd160": 1.7,
    "sha224": 1.1,
    "sha256": 1.1,
    "sha384": 1.3,
    "sha512": 1.3,
    "sha3_224": 1.5,
    "sha3_256": 1.5,
    "sha3_384": 1.5,
    "sha3_512": 1.5,
    "blake2b": 1.5,
}
"""Taking a digest once, from Python, whatever is in it."""

DIGEST_BYTE = {
    "md5": 0.0017,
    "md4": 0.34,
    "sha1": 0.0007,
    "ripemd160": 0.0042,
    "sha224": 0.0008,
    "sha256": 0.0008,
    "sha384": 0.0016,
    "sha512": 0.0016,
    "sha3_224": 0.0026,
    "sha3_256": 0.0027,
    "sha3_384": 0.0035,
    "sha3_512": 0.0052,
    "blake2b": 0.0026,
}
"""Each byte that is digested."""

SHA_CRYPT_ROUND = 0.85
SHA_CRYPT_BYTE = 0.004
"""Each byte of the password in each round: two in three hold it, one in seven twice."""
MD5_CRYPT = 650.0
MD5_CRYPT_BYTE = 3.4
SHA1_CRYPT_ROUND = 5.0
SUN_MD5_ROUND = 2.5
YESCRYPT = 0.45
"""128 bytes, of which there are N times r times p, for each pass and as often again for t."""
DES_CRYPT_ROUND = 14.0
DES_CRYPT_BYTE = 10.0


@dataclass(frozen=True, slots=True, order=False)
class Cost:
    """What one verification takes: seconds of the processor, over all cores, and memory in KiB."""

    seconds: float
    memory_kib: int = 0

    @property
    def memory_mib(self) -> int:
        return -(-self.memory_kib // 1024)

    def __str__(self) -> str:
        return f"{self.seconds:,.1f} s of CPU time and {self.memory_mib:,} MiB"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one verification may take."""

    seconds: float = 2.0
    memory_mib: int = 1024

    def allow(self, cost: Cost) -> bool:
        return cost.seconds <= self.seconds and cost.memory_kib <= self.memory_mib * 1024

    def __str__(self) -> str:
        return f"{self.seconds:g} s and {self.memory_mib:,} MiB"


_chosen = [Limits()]


def get_limits() -> Limits:
    return _chosen[0]


def set_limits(limits: Limits) -> None:
    """Have these limits hold in the whole process; it is done once, when the process starts."""
    _chosen[0] = limits


def estimate_digests(name: str, count: int, size: int) -> float:
    """Return the seconds for taking a digest `count` times, each time of `size` bytes."""
    return count * (DIGEST_CALL[name] + size * DIGEST_BYTE[name]) / 1e6
