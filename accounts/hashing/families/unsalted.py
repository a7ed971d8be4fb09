"""Digests of a password without a salt, bare or nested: nothing but their length tells them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from passlib.hash import mysql323

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.digests import DIGEST_SIZES, compute_digest
from accounts.hashing.encodings import read_digest
from accounts.hashing.families.digest import Digest

Compute = Callable[[bytes], bytes]
HASHCAT = "https://hashcat.net/wiki/doku.php?id=example_hashes, mode"
UTF16 = "utf-16-le"


def nest(
    *names: str, write: Callable[[bytes], bytes] = lambda data: data.hex().encode()
) -> Compute:
    """Return the digest of the text of the digests after it, outermost first."""

    def compute(secret: bytes) -> bytes:
        *inner, last = reversed(names)
        for name in inner:
            secret = write(compute_digest(name, secret))
        return compute_digest(last, secret)

    return compute


def write_upper(data: bytes) -> bytes:
    return data.hex().upper().encode()


def take_half(start: int) -> Compute:
    """Return the half of an MD5 digest that begins at a byte."""
    return lambda secret: compute_digest("md5", secret)[start : start + 8]


def compute_mysql323(secret: bytes) -> bytes:
    return bytes.fromhex(mysql323.hash(secret))


def parse_unsalted(
    text: str, *, algorithm: str, size: int, compute: Compute, charset: str, mark: str
) -> Digest:
    expected = read_digest(text.removeprefix(mark), size)
    return Digest(algorithm, expected, compute, charset=charset)


def draw_shape(size: int, mark: str) -> re.Pattern[str]:
    """Return what bytes look like in hexadecimal, behind a mark or not, or in base64."""
    characters, padding = -(-size * 4 // 3), -size % 3
    base64 = rf"(?![0-9A-Fa-f]+$)[\w+/-]{{{characters}}}(?:{'=' * padding})?"
    return re.compile(rf"(?:{re.escape(mark)})?[0-9A-Fa-f]{{{2 * size}}}|{base64}", re.ASCII)


def declare(
    name: str,
    label: str,
    formula: str,
    source: str,
    algorithm: str,
    compute: Compute | None = None,
    *,
    emitted_by: str = "custom applications",
    charset: str = "utf-8",
    mark: str = "",
    size: int = 0,
) -> Format:
    """Describe a digest; `algorithm` is its outermost function, `size` its bytes if it is cut."""
    likelihood = Likelihood.PLAIN if size else Likelihood.SHAPED
    size = size or DIGEST_SIZES[algorithm]
    return Format(
        id=name,
        label=f"{label} without salt",
        emitted_by=emitted_by,
        source=source,
        hashes=(Digest,),
        parse=partial(
            parse_unsalted,
            algorithm=algorithm,
            size=size,
            compute=compute or partial(compute_digest, algorithm),
            charset=charset,
            mark=mark,
        ),
        shape=draw_shape(size, mark),
        likelihood=likelihood,
        formula=formula,
    )


FORMATS = (
    declare(
        "unsalted_md5",
        "MD5",
        "md5(password)",
        f"{HASHCAT} 0",
        "md5",
        mark="md5$$",
        emitted_by="Django before 1.4, WordPress before 2.5, custom applications",
    ),
    declare(
        "unsalted_md5_md5",
        "MD5 of MD5",
        "md5(md5(password))",
        f"{HASHCAT} 2600",
        "md5",
        nest("md5", "md5"),
    ),
    declare(
        "unsalted_md5_md5_md5",
        "MD5 three times",
        "md5(md5(md5(password)))",
        f"{HASHCAT} 3500",
        "md5",
        nest("md5", "md5", "md5"),
    ),
    declare(
        "unsalted_md5_upper_md5",
        "MD5 of MD5 in upper case",
        "md5(upper(md5(password)))",
        f"{HASHCAT} 4300",
        "md5",
        nest("md5", "md5", write=write_upper),
    ),
    declare(
        "unsalted_md5_sha1",
        "MD5 of SHA-1",
        "md5(sha1(password))",
        f"{HASHCAT} 4400",
        "md5",
        nest("md5", "sha1"),
    ),
    declare(
        "unsalted_md5_utf16",
        "MD5 of UTF-16",
        "md5(UTF-16 of the password)",
        f"{HASHCAT} 70",
        "md5",
        charset=UTF16,
        emitted_by=".NET applications",
    ),
    declare("unsalted_md4", "MD4", "md4(password)", f"{HASHCAT} 900", "md4"),
    declare(
        "unsalted_md5_first_half",
        "First half of MD5",
        "digits 1 to 16 of md5(password)",
        f"{HASHCAT} 5100",
        "md5",
        take_half(0),
        size=8,
    ),
    declare(
        "unsalted_md5_middle",
        "Middle of MD5",
        "digits 9 to 24 of md5(password)",
        f"{HASHCAT} 5100, which takes the first half",
        "md5",
        take_half(4),
        size=8,
        emitted_by="content systems of China",
    ),
    declare(
        "mysql323",
        "OLD_PASSWORD() of MySQL,",
        "OLD_PASSWORD(password)",
        f"{HASHCAT} 200",
        "mysql323",
        compute_mysql323,
        size=8,
        emitted_by="MySQL before 4.1",
    ),
    declare(
        "unsalted_sha1",
        "SHA-1",
        "sha1(password)",
        f"{HASHCAT} 100",
        "sha1",
        mark="sha1$$",
        emitted_by="Django before 1.4, custom applications",
    ),
    declare(
        "unsalted_sha1_sha1",
        "SHA-1 of SHA-1",
        "sha1(sha1(password))",
        f"{HASHCAT} 4500",
        "sha1",
        nest("sha1", "sha1"),
    ),
    declare(
        "unsalted_sha1_md5",
        "SHA-1 of MD5",
        "sha1(md5(password))",
        f"{HASHCAT} 4700",
        "sha1",
        nest("sha1", "md5"),
    ),
    declare(
        "unsalted_sha1_utf16",
        "SHA-1 of UTF-16",
        "sha1(UTF-16 of the password)",
        f"{HASHCAT} 170",
        "sha1",
        charset=UTF16,
        emitted_by=".NET applications",
    ),
    declare(
        "mysql41",
        "PASSWORD() of MySQL,",
        "sha1(bytes of sha1(password))",
        f"{HASHCAT} 300",
        "sha1",
        nest("sha1", "sha1", write=bytes),
        mark="*",
        emitted_by="MySQL from 4.1 and MariaDB (mysql_native_password)",
    ),
    declare(
        "unsalted_ripemd160",
        "RIPEMD-160",
        "ripemd160(password)",
        f"{HASHCAT} 6000",
        "ripemd160",
    ),
    declare("unsalted_sha224", "SHA-224", "sha224(password)", f"{HASHCAT} 1300", "sha224"),
    declare("unsalted_sha3_224", "SHA3-224", "sha3-224(password)", f"{HASHCAT} 17300", "sha3_224"),
    declare("unsalted_sha256", "SHA-256", "sha256(password)", f"{HASHCAT} 1400", "sha256"),
    declare(
        "unsalted_sha256_sha256",
        "SHA-256 of SHA-256",
        "sha256(sha256(password))",
        "https://www.php.net/manual/function.hash.php, nested",
        "sha256",
        nest("sha256", "sha256"),
    ),
    declare(
        "unsalted_sha256_sha256_bytes",
        "SHA-256 of the bytes of SHA-256",
        "sha256(bytes of sha256(password))",
        f"{HASHCAT} 21400",
        "sha256",
        nest("sha256", "sha256", write=bytes),
    ),
    declare(
        "unsalted_sha256_md5",
        "SHA-256 of MD5",
        "sha256(md5(password))",
        f"{HASHCAT} 20800",
        "sha256",
        nest("sha256", "md5"),
    ),
    declare(
        "unsalted_sha256_utf16",
        "SHA-256 of UTF-16",
        "sha256(UTF-16 of the password)",
        f"{HASHCAT} 1470",
        "sha256",
        charset=UTF16,
        emitted_by=".NET applications",
    ),
    declare("unsalted_sha3_256", "SHA3-256", "sha3-256(password)", f"{HASHCAT} 17400", "sha3_256"),
    declare("unsalted_sha384", "SHA-384", "sha384(password)", f"{HASHCAT} 10800", "sha384"),
    declare("unsalted_sha3_384", "SHA3-384", "sha3-384(password)", f"{HASHCAT} 17500", "sha3_384"),
    declare("unsalted_sha512", "SHA-512", "sha512(password)", f"{HASHCAT} 1700", "sha512"),
    declare(
        "unsalted_sha512_sha512",
        "SHA-512 of SHA-512",
        "sha512(sha512(password))",
        "https://www.php.net/manual/function.hash.php, nested",
        "sha512",
        nest("sha512", "sha512"),
    ),
    declare(
        "unsalted_sha512_utf16",
        "SHA-512 of UTF-16",
        "sha512(UTF-16 of the password)",
        f"{HASHCAT} 1770",
        "sha512",
        charset=UTF16,
        emitted_by=".NET applications",
    ),
    declare(
        "unsalted_blake2b",
        "BLAKE2b",
        "blake2b(password)",
        f"{HASHCAT} 600",
        "blake2b",
    ),
    declare("unsalted_sha3_512", "SHA3-512", "sha3-512(password)", f"{HASHCAT} 17600", "sha3_512"),
)
