"""Accounts of database servers: PostgreSQL, MySQL, SQL Server, Oracle and Sybase."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from passlib.hash import oracle10
from passlib.utils.binary import h64

from accounts.hashing.contract import USERNAME, Bound, Format, Likelihood, ParsedHash
from accounts.hashing.costs import SHA_CRYPT_BYTE, SHA_CRYPT_ROUND, Cost
from accounts.hashing.digests import compute_digest
from accounts.hashing.encodings import Password, encode_password, read_hex, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2

HASHCAT = "https://hashcat.net/wiki/doku.php?id=example_hashes, mode"
UTF16 = "utf-16-le"


def parse_postgres(text: str, *, username: str) -> Digest:
    """Read `md5` and the MD5 of password ‖ name of pg_authid, before PostgreSQL 14 the default."""
    if not text.startswith("md5"):
        raise HashFormatError("a PostgreSQL hash starts with md5")
    suffix = read_text(username, "the user name")
    return make_digest("md5", read_hex(text.removeprefix("md5")), add_salt(suffix, "suffix"))


@dataclass(frozen=True, repr=False)
class CachingSha2(ParsedHash):
    """SHA-256 crypt with a salt of 20 bytes of any kind, in place of 16 characters."""

    rounds: int
    salt: bytes
    checksum: str

    bounds = (
        Bound("rounds", 1000, 4_095_000, "three hexadecimal digits hold its thousands", 5_000),
    )
    cost_formula = f"rounds * ({SHA_CRYPT_ROUND} + {SHA_CRYPT_BYTE} * bytes of password) µs"

    def summarize(self) -> dict[str, str | int]:
        return {"scheme": "caching_sha2_password", "rounds": self.rounds}

    def estimate(self, password_bytes: int) -> Cost:
        rounds = self.rounds + password_bytes
        return Cost(rounds * (SHA_CRYPT_ROUND + SHA_CRYPT_BYTE * password_bytes) / 1e6)

    def matches(self, password: Password) -> bool:
        computed = compute_sha256_crypt(encode_password(password), self.salt, self.rounds)
        return hmac.compare_digest(computed, self.checksum.encode())


# Which byte of the digest goes where, https://www.akkadia.org/drepper/SHA-crypt.txt.
SHA256_ORDER = (20, 10, 0, 11, 1, 21, 2, 22, 12, 23, 13, 3, 14, 4, 24, 5, 25, 15, 26, 16, 6,
                17, 7, 27, 8, 28, 18, 29, 19, 9, 30, 31)  # fmt: skip


def compute_sha256_crypt(secret: bytes, salt: bytes, rounds: int) -> bytes:
    """Return the 43 characters of SHA-256 crypt, which libpass makes of 16 bytes of salt at most.

    Steps as in https://www.akkadia.org/drepper/SHA-crypt.txt.
    """
    sha256 = partial(compute_digest, "sha256")
    other = sha256(secret + salt + secret)
    start = secret + salt + fill(other, len(secret))
    length = len(secret)
    while length:
        start += other if length & 1 else secret
        length >>= 1
    state = sha256(start)
    password = fill(sha256(secret * len(secret)), len(secret))
    salted = fill(sha256(salt * (16 + state[0])), len(salt))
    for step in range(rounds):
        middle = (salted if step % 3 else b"") + (password if step % 7 else b"")
        ends = (password, state) if step & 1 else (state, password)
        state = sha256(ends[0] + middle + ends[1])
    encoded: bytes = h64.encode_transposed_bytes(state, SHA256_ORDER)
    return encoded


def fill(digest: bytes, length: int) -> bytes:
    return (digest * (length // len(digest) + 1))[:length]


MYSQL_TEXT = re.compile(r"\$A\$([0-9A-F]{3})\$(.{20})([./0-9A-Za-z]{43})", re.DOTALL)
JOHN_MYSQL_TEXT = re.compile(r"\$mysql\$A\$([0-9A-Fa-f]{3})\*([0-9A-Fa-f]{40})\*([0-9A-Fa-f]{86})")
MYSQL_HEX = re.compile(r"(?:0[xX])?(244124[0-9A-Fa-f]{134})")


def parse_caching_sha2(text: str) -> CachingSha2:
    """Read authentication_string of caching_sha2_password, as bytes or in hexadecimal."""
    if match := MYSQL_HEX.fullmatch(text):
        text = read_hex(match[1]).decode("latin-1")
    if match := JOHN_MYSQL_TEXT.fullmatch(text):
        thousands, salt, checksum = (
            match[1],
            read_hex(match[2]),
            read_hex(match[3]).decode("latin-1"),
        )
    elif match := MYSQL_TEXT.fullmatch(text):
        thousands, salt, checksum = match[1], match[2].encode(), match[3]
    else:
        raise HashFormatError("not $A$, the rounds, 20 bytes of salt and 43 characters of hash")
    return CachingSha2(1000 * int(thousands, 16), salt, checksum)


MSSQL_TEXT = re.compile(r"(?i:0x)?(0[12]00)([0-9A-Fa-f]{8})([0-9A-Fa-f]+)")


def parse_mssql(text: str) -> Digest:
    """Read `0x0100` or `0x0200`, 4 bytes of salt, and a digest of password and salt in UTF-16.

    SQL Server 2000 has a second digest, of the password in upper case; some tools keep that alone.
    """
    match = MSSQL_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not 0x0100 or 0x0200, salt and hash")
    salt, expected = read_hex(match[2]), read_hex(match[3], "the hash")
    if match[1] == "0200":
        return make_digest("sha512", expected, add_salt(salt, "suffix"), charset=UTF16)
    first, second = expected[:20], expected[20:]
    if second and not any(first):
        return make_digest("sha1", second, lambda secret: fold_utf16(secret) + salt, charset=UTF16)
    if len(second) not in (0, 20):
        raise HashFormatError("behind 0x0100 and the salt there are one or two SHA-1 digests")
    return make_digest("sha1", first, add_salt(salt, "suffix"), charset=UTF16)


def fold_utf16(secret: bytes) -> bytes:
    return secret.decode(UTF16, "surrogatepass").upper().encode(UTF16, "surrogatepass")


ORACLE_PARTS = re.compile(r"([STH]):([0-9A-Fa-f]+)")
ORACLE_MARK = "$oracle12c$"
ORACLE_12, ORACLE_11 = re.compile(r"[0-9A-Fa-f]{160}"), re.compile(r"[0-9A-Fa-f]{60}")
SPEEDY = b"AUTH_PBKDF2_SPEEDY_KEY"


@dataclass(frozen=True, repr=False)
class Oracle12(Pbkdf2):
    """SHA-512 of 64 bytes of PBKDF2 and the salt; `digested` is that salt, `key` the result."""

    digested: bytes = b""

    def matches(self, password: Password) -> bool:
        derived = hashlib.pbkdf2_hmac(
            "sha512", self.prepare(password), self.salt, self.iterations, 64
        )
        return hmac.compare_digest(compute_digest("sha512", derived + self.digested), self.key)


def parse_oracle(text: str) -> Digest | Oracle12:
    """Read SYS.USER$.SPARE4: `S:` of Oracle 11 and `T:` of 12, of which the latter counts."""
    parts = dict(ORACLE_PARTS.findall(text))
    bare = text.removeprefix(ORACLE_MARK)
    newest = parts.get("T") or (bare if ORACLE_12.fullmatch(bare) else "")
    if newest:
        return parse_oracle_12(newest)
    if not ORACLE_11.fullmatch(parts.get("S", "")):
        raise HashFormatError("neither S: with 60 nor T: with 160 hexadecimal digits")
    blob = read_hex(parts["S"])
    return make_digest("sha1", blob[:20], add_salt(blob[20:], "suffix"))


def parse_oracle_12(digits: str) -> Oracle12:
    if not ORACLE_12.fullmatch(digits):
        raise HashFormatError("T: is followed by 160 hexadecimal digits")
    blob = read_hex(digits)
    salt = blob[64:]
    return Oracle12("sha512", 4096, salt + SPEEDY, blob[:64], digested=salt)


def parse_oracle_10(text: str, *, username: str) -> Digest:
    """Read SYS.USER$.PASSWORD before Oracle 11: DES of name and password in upper case."""
    expected = read_hex(text, "the hash")
    if len(expected) != 8:
        raise HashFormatError("a hash of Oracle 10 has 16 hexadecimal digits")
    return Digest("oracle10", expected, partial(compute_oracle_10, username))


def compute_oracle_10(username: str, secret: bytes) -> bytes:
    try:
        return bytes.fromhex(oracle10.hash(secret.decode(), user=username))
    except ValueError:
        raise HashFormatError("Oracle 10 cannot hash this password") from None


SYBASE_TEXT = re.compile(r"0x[cC]007([0-9A-Fa-f]{16})([0-9A-Fa-f]{64})")
SYBASE_BYTES = 510


def parse_sybase(text: str) -> Digest:
    """Read `0xc007`, 8 bytes of salt, and SHA-256 of UTF-16 filled up with zeros, and the salt."""
    match = SYBASE_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not 0xc007, salt and hash")
    salt = read_hex(match[1])
    return make_digest(
        "sha256",
        read_hex(match[2]),
        lambda secret: secret[:SYBASE_BYTES].ljust(SYBASE_BYTES, b"\0") + salt,
        charset="utf-16-be",
    )


def declare(
    format_id: str,
    label: str,
    mode: int,
    parse: Callable[..., ParsedHash],
    shape: str,
    *hashes: type[ParsedHash],
    needs_name: bool = False,
    likelihood: Likelihood = Likelihood.NAMED,
) -> Format:
    """Describe a format; `mode` is its number in hashcat."""
    return Format(
        id=format_id,
        label=label,
        emitted_by=label,
        source=f"{HASHCAT} {mode}",
        hashes=hashes,
        parse=parse,
        shape=re.compile(shape, re.DOTALL),
        likelihood=likelihood,
        parameters=(USERNAME,) if needs_name else (),
    )


FORMATS = (
    declare(
        "postgres_md5",
        "PostgreSQL, MD5",
        12,
        parse_postgres,
        r"md5[0-9a-f]{32}",
        Digest,
        needs_name=True,
    ),
    declare(
        "mysql_caching_sha2",
        "MySQL 8, caching_sha2_password",
        7401,
        parse_caching_sha2,
        r"\$A\$[0-9A-F]{3}\$.{63}|\$mysql\$A\$.*|(0[xX])?244124[0-9A-Fa-f]{134}",
        CachingSha2,
    ),
    declare(
        "mssql",
        "SQL Server logins",
        1731,
        parse_mssql,
        r"0[xX]0[12]00[0-9A-Fa-f]{48,}|0200[0-9A-Fa-f]{136}|0100[0-9A-Fa-f]{48}([0-9A-Fa-f]{40})?",
        Digest,
    ),
    declare(
        "oracle",
        "Oracle Database from 11",
        12300,
        parse_oracle,
        r"(([STH]:[0-9A-Fa-f]+;?)+)|\$oracle12c\$[0-9A-Fa-f]*|[0-9A-F]{160}",
        Digest,
        Oracle12,
    ),
    declare(
        "oracle10",
        "Oracle Database before 11",
        3100,
        parse_oracle_10,
        r"[0-9A-F]{16}",
        Digest,
        needs_name=True,
        likelihood=Likelihood.PLAIN,
    ),
    declare(
        "sybase_ase", "Sybase ASE, SAP ASE", 8000, parse_sybase, r"0x[cC]007[0-9A-Fa-f]*", Digest
    ),
)
