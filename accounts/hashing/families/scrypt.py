"""scrypt in the texts of crypt-like libraries, and with its parameters kept beside it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from accounts.hashing.contract import NEVER, Bound, Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.costs import SCRYPT, SCRYPT_ENDS, Cost
from accounts.hashing.encodings import (
    READERS,
    Password,
    encode_password,
    normalize_password,
    read_base64,
    read_bytes,
    read_hex,
    read_named,
    read_number,
    read_text,
)
from accounts.hashing.errors import HashFormatError

RFC = "RFC 7914 section 2"


@dataclass(frozen=True, repr=False)
class Scrypt(ParsedHash):
    n: int
    r: int
    p: int
    salt: bytes
    key: bytes
    prepare: Callable[[Password], bytes] = encode_password

    bounds = (
        # 2^14 was its author's advice for interactive sign-in in 2009.
        Bound("n", 2, 2**63, RFC, weak_below=2**14),
        Bound("r", 1, 2**30 - 1, RFC),
        Bound("p", 1, 2**30 - 1, RFC),
    )
    cost_formula = (
        f"r * p * ({SCRYPT} * n + {SCRYPT_ENDS:g}) µs; 128 * r * (n + p + 2) bytes of memory"
    )

    @property
    def memory_bytes(self) -> int:
        """What OpenSSL counts: the blocks, and the working memory of every lane."""
        return 128 * self.r * (self.n + self.p + 2)

    def estimate(self, password_bytes: int) -> Cost:
        microseconds = self.r * self.p * (SCRYPT * self.n + SCRYPT_ENDS)
        return Cost(microseconds / 1e6, self.memory_bytes // 1024)

    def __post_init__(self) -> None:
        if self.n < 1 or self.n & (self.n - 1):
            raise HashFormatError("N of scrypt must be a power of two")
        if self.r * self.p >= 2**30:
            raise HashFormatError("r times p of scrypt must be less than 2^30")
        if len(self.key) not in range(16, 129):
            raise HashFormatError("an scrypt hash has between 16 and 128 bytes")

    def summarize(self) -> dict[str, str | int]:
        return {"n": self.n, "r": self.r, "p": self.p}

    def matches(self, password: Password) -> bool:
        derived = derive_scrypt(self, self.prepare(password), len(self.key))
        return hmac.compare_digest(derived, self.key)


def derive_scrypt(cost: Scrypt, secret: bytes, length: int) -> bytes:
    # OpenSSL refuses above 32 MiB unless told.
    memory = cost.memory_bytes + 1024
    return hashlib.scrypt(
        secret, salt=cost.salt, n=cost.n, r=cost.r, p=cost.p, maxmem=memory, dklen=length
    )


PHC_TEXT = re.compile(r"\$scrypt\$([a-z]+=[^$]*)\$([^$]*)\$([^$]+)")


def split_phc(text: str, cost_name: str = "ln") -> tuple[int, int, int, bytes, bytes]:
    match = PHC_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError(f"not a $scrypt$ text of {cost_name}, r, p, salt and hash")
    parameters, salt, key = match.groups()
    given = read_named(parameters, (cost_name, "r", "p"))
    if cost_name not in given:
        raise HashFormatError(f"a $scrypt$ text of this kind has {cost_name}")
    return (
        read_number(given[cost_name], cost_name),
        read_number(given.get("r", "8"), "r"),
        read_number(given.get("p", "1"), "p"),
        read_base64(salt, "the salt"),
        read_base64(key, "the hash"),
    )


def raise_two(exponent: int) -> int:
    """Return 2 to the power of `exponent`, refusing before the number gets too big to hold."""
    if exponent not in range(1, 64):
        raise HashFormatError("the logarithm of N must be between 1 and 63")
    return 1 << exponent


def parse_phc(text: str) -> Scrypt:
    """Read `$scrypt$ln=14,...`, where ln is the logarithm of N."""
    exponent, r, p, salt, key = split_phc(text)
    return Scrypt(raise_two(exponent), r, p, salt, key)


def parse_adonis(text: str) -> Scrypt:
    """Read `$scrypt$n=16384,...` of AdonisJS, which names N itself n."""
    return Scrypt(*split_phc(text, "n"))


def parse_kratos(text: str) -> Scrypt:
    """Read `$scrypt$ln=16384,...` as Kratos means it: ln is N itself."""
    return Scrypt(*split_phc(text))


PACKED_TEXT = re.compile(r"\$([0-9a-f]{1,8})\$([^$]+)\$([^$]+)")


def parse_packed(text: str) -> Scrypt:
    """Read `$<parameters>$<salt>$<key>`; the parameters are log2 N ‖ r ‖ p in hexadecimal."""
    match = PACKED_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a text of parameters, salt and key between dollar signs")
    cost = int(match[1], 16)
    return Scrypt(
        1 << min(cost >> 16, 63),
        cost >> 8 & 0xFF,
        cost & 0xFF,
        read_base64(match[2], "the salt"),
        read_base64(match[3], "the key"),
    )


PYLIBSCRYPT_TEXT = re.compile(r"\$s1\$([0-9a-f]{6})\$([^$]+)\$([^$]+)")


def parse_pylibscrypt(text: str) -> Scrypt:
    """Read `$s1$0e0801$<salt>$<key>` of pylibscrypt: log2 N, r and p in two digits each."""
    match = PYLIBSCRYPT_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $s1$ text of parameters, salt and key")
    return parse_packed(f"${match[1]}${match[2]}${match[3]}")


def parse_lambdaworks(text: str) -> Scrypt:
    """Read `$s0$e0801$<salt>$<key>` of SCryptUtil: Spring left the mark out of its own text."""
    if not text.startswith("$s0$"):
        raise HashFormatError("an scrypt hash of lambdaworks starts with $s0$")
    return parse_packed(text.removeprefix("$s0"))


ITOA64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SEVEN_TEXT = re.compile(
    r"\$7\$([./0-9A-Za-z])([./0-9A-Za-z]{5})([./0-9A-Za-z]{5})([^$]*)\$([./0-9A-Za-z]{43})"
)


def parse_seven(text: str) -> Scrypt:
    """Read the `$7$` text of libxcrypt and libsodium: a salt as text, numbers in little-endian."""
    match = SEVEN_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $7$ text of N, r, p, salt and hash")
    exponent, r, p, salt, key = match.groups()
    return Scrypt(
        raise_two(ITOA64.index(exponent)),
        read_itoa64(r),
        read_itoa64(p),
        read_text(salt),
        read_itoa64(key).to_bytes(33, "little")[:32],
    )


def read_itoa64(text: str) -> int:
    return sum(ITOA64.index(character) << 6 * place for place, character in enumerate(text))


HASHCAT_TEXT = re.compile(
    r"(?:SCRYPT|\$ScryptKDF\.pm)([:$])([0-9]+)[:*]([0-9]+)[:*]([0-9]+)[:*]([^:*]*)[:*]([^:*]+)"
)


def parse_hashcat(text: str) -> Scrypt:
    match = HASHCAT_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a SCRYPT text of N, r, p, salt and hash between colons")
    _, n, r, p, salt, key = match.groups()
    return parse_raw(key, n=n, r=r, p=p, salt=salt, salt_encoding="base64", hash_encoding="base64")


def parse_raw(
    text: str, *, n: str, r: str, p: str, salt: str, salt_encoding: str, hash_encoding: str
) -> Scrypt:
    return Scrypt(
        read_number(n, "N"),
        read_number(r, "r"),
        read_number(p, "p"),
        read_bytes(salt, salt_encoding, "the salt"),
        read_bytes(text, hash_encoding, "the hash"),
    )


def parse_stytch_export(text: str, *, n: str, r: str, p: str, dklen: str, salt: str) -> Scrypt:
    """Read Stytch's export, whose salt is the text of the url-safe base64, not what it encodes."""
    read_base64(salt, "the salt")
    parsed = parse_raw(
        text,
        n=n,
        r=r,
        p=p,
        salt=salt.translate(str.maketrans("+/", "-_")),
        salt_encoding="utf8",
        hash_encoding="base64",
    )
    if len(parsed.key) != read_number(dklen, "dklen"):
        raise HashFormatError("the hash length does not match dklen")
    return parsed


BETTER_AUTH_TEXT = re.compile(r"([0-9a-f]{32}):([0-9a-f]{128})")


def parse_better_auth(text: str, r: int = 16) -> Scrypt:
    """Read `<salt>:<hash>` of better-auth, whose salt is the hexadecimal text itself."""
    match = BETTER_AUTH_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not 32 and 128 hexadecimal digits separated by a colon")
    salt, key = match.groups()
    return Scrypt(2**14, r, 1, read_text(salt), read_hex(key), partial(normalize_password, "NFKC"))


def parse_lucia(text: str) -> Scrypt:
    """Read `s2:<salt>:<hash>` of LegacyScrypt of Lucia."""
    if not text.startswith("s2:"):
        raise HashFormatError("an scrypt hash of Lucia starts with s2:")
    return parse_better_auth(text.removeprefix("s2:"))


N = Parameter("n", "N, the number of blocks in memory")
R = Parameter("r", "r, the block size", default="8")
P = Parameter("p", "p, the parallelism", default="1")
SALT = Parameter("salt", "the user's salt, as in the source system")

FORMATS = (
    Format(
        id="scrypt_phc",
        label="scrypt, text of passlib",
        emitted_by="passlib, Zitadel, Authelia",
        source="RFC 7914 and https://passlib.readthedocs.io/en/stable/lib/passlib.hash.scrypt.html",
        hashes=(Scrypt,),
        parse=parse_phc,
        shape=re.compile(r"\$scrypt\$([rp]=\d+,)*ln=([0-9]|[12][0-9]|3[01])[,$].*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="adonis_scrypt",
        label="AdonisJS scrypt",
        emitted_by="AdonisJS (@adonisjs/hash, its default)",
        source="npm @adonisjs/hash 10.1.1, build/src/drivers/scrypt.js",
        hashes=(Scrypt,),
        parse=parse_adonis,
        shape=re.compile(r"\$scrypt\$([rp]=\d+,)*n=.*"),
        likelihood=Likelihood.NAMED,
        notes="n is N itself. Other $scrypt$ formats use ln.",
    ),
    Format(
        id="kratos_scrypt",
        label="Ory Kratos scrypt",
        emitted_by="Ory Kratos",
        source="https://github.com/ory/kratos/blob/master/hash/hash_comparator.go",
        hashes=(Scrypt,),
        parse=parse_kratos,
        shape=re.compile(r"\$scrypt\$([rp]=\d+,)*ln=(3[2-9]|[4-9][0-9]|[0-9]{3,})[,$].*"),
        likelihood=Likelihood.NAMED,
        notes="ln is N itself, not its logarithm as in other systems.",
    ),
    Format(
        id="scrypt_crypt",
        label="scrypt of crypt(3)",
        emitted_by="libxcrypt, libsodium",
        source="https://manpages.debian.org/bookworm/libcrypt-dev/crypt.5.en.html",
        hashes=(Scrypt,),
        parse=parse_seven,
        shape=re.compile(r"\$7\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="scrypt_hashcat",
        label="scrypt, separated by colons",
        emitted_by="Crypt::ScryptKDF for Perl, hashcat 8900",
        source="https://hashcat.net/wiki/doku.php?id=example_hashes",
        hashes=(Scrypt,),
        parse=parse_hashcat,
        shape=re.compile(r"SCRYPT:.*|\$ScryptKDF\.pm\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="scrypt_raw",
        label="scrypt with separate parameters",
        emitted_by="Auth0, Stytch migration, Appwrite, custom applications",
        source="RFC 7914",
        hashes=(Scrypt,),
        parse=parse_raw,
        shape=re.compile(r"[A-Za-z0-9+/_.-]{22,256}={0,2}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            N,
            R,
            P,
            SALT,
            Parameter(
                "salt_encoding",
                "the encoding of the salt",
                default="base64",
                choices=tuple(READERS),
            ),
            Parameter(
                "hash_encoding",
                "the encoding of the hash",
                default="base64",
                choices=tuple(READERS),
            ),
        ),
    ),
    Format(
        id="scrypt_stytch_export",
        label="scrypt of Stytch's export",
        emitted_by="Stytch",
        source="https://github.com/FusionAuth/fusionauth-contrib, "
        "ExampleStytchScryptPasswordEncryptor",
        hashes=(Scrypt,),
        parse=parse_stytch_export,
        shape=re.compile(r"[A-Za-z0-9+/_-]{43}=?"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter("n", "N", default="32768"),
            R,
            P,
            Parameter("dklen", "the length of the hash in bytes", default="32"),
            Parameter("salt", "the user's salt, base64"),
        ),
    ),
    Format(
        id="lambdaworks_scrypt",
        label="lambdaworks scrypt",
        emitted_by="SCryptUtil of com.lambdaworks (wg/scrypt), Java and Scala applications",
        source="https://github.com/wg/scrypt",
        hashes=(Scrypt,),
        parse=parse_lambdaworks,
        shape=re.compile(r"\$s0\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="pylibscrypt",
        label="pylibscrypt",
        emitted_by="Python applications on pylibscrypt (scrypt_mcf)",
        source="PyPI pylibscrypt 2.0.0, pylibscrypt/mcf.py",
        hashes=(Scrypt,),
        parse=parse_pylibscrypt,
        shape=re.compile(r"\$s1\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="better_auth_scrypt",
        label="better-auth scrypt",
        emitted_by="better-auth (account.password), Scrypt of Lucia 3 and of oslo",
        source="https://www.better-auth.com/docs/reference/security",
        hashes=(Scrypt,),
        parse=parse_better_auth,
        shape=BETTER_AUTH_TEXT,
        likelihood=Likelihood.MARKED,
    ),
    Format(
        id="lucia_scrypt",
        label="Lucia scrypt",
        emitted_by="Lucia 2 (user_key.hashed_password), LegacyScrypt of Lucia 3",
        source="npm lucia 3.2.2, dist/crypto.js",
        hashes=(Scrypt,),
        parse=parse_lucia,
        shape=re.compile(r"s2:[0-9a-f]{32}:[0-9a-f]{128}"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="lucia_scrypt_v1",
        label="Early Lucia scrypt",
        emitted_by="Lucia before the mark s2:",
        source="npm lucia 3.2.2, dist/crypto.js",
        hashes=(Scrypt,),
        parse=partial(parse_better_auth, r=8),
        shape=NEVER,
        likelihood=Likelihood.SHAPED,
        notes="Looks like better-auth scrypt, but with r = 8. Choose this format for Lucia.",
    ),
)
