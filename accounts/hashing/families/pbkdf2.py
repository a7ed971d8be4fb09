"""PBKDF2 in the texts of crypt-like libraries, and with its parameters kept beside it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from accounts.hashing.contract import Bound, Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.costs import PBKDF2, Cost
from accounts.hashing.digests import DIGEST_SIZES, read_digest_name
from accounts.hashing.encodings import (
    READERS,
    Password,
    encode_password,
    read_base64,
    read_bytes,
    read_hex,
    read_named,
    read_number,
    read_text,
)
from accounts.hashing.errors import HashFormatError

SHORTEST_KEY = 16
"""Bytes of key below which a guess would match too soon."""
LONGEST_TEXT = 256
"""Characters of a key that are stored: in hexadecimal they are two blocks of the longest digest."""


@dataclass(frozen=True, repr=False)
class Pbkdf2(ParsedHash):
    """A key of any length, of which the first block suffices: no block depends on another.

    passport-local-mongoose and Payload make 512 bytes, which is the iterations 16 times over.
    """

    digest: str
    iterations: int
    salt: bytes
    key: bytes
    prepare: Callable[[Password], bytes] = encode_password

    bounds = (
        # NIST SP 800-63B section 5.1.1.2 asks for 10,000 at least.
        Bound(
            "iterations",
            1,
            2**31 - 1,
            "OpenSSL takes a 32-bit number",
            weak_below=10_000,
        ),
    )
    cost_formula = (
        "iterations * "
        f"{PBKDF2['sha1']} (SHA-1), {PBKDF2['sha256']} (SHA-256), {PBKDF2['sha512']} (SHA-512) µs"
    )

    def __post_init__(self) -> None:
        if self.digest == "md4":
            # No C implementation: 100,000 iterations would take eight seconds.
            raise HashFormatError("PBKDF2 with MD4 cannot be computed fast enough to sign in")
        if len(self.key) < SHORTEST_KEY:
            raise HashFormatError(f"a PBKDF2 hash has at least {SHORTEST_KEY} bytes")

    def summarize(self) -> dict[str, str | int]:
        return {
            "prf": f"HMAC-{self.digest.upper().replace('_', '-')}",
            "iterations": self.iterations,
        }

    @property
    def derived_bytes(self) -> int:
        """Return how many bytes PBKDF2 derives; each block of them costs all iterations."""
        return min(len(self.key), DIGEST_SIZES[self.digest])

    def estimate(self, password_bytes: int) -> Cost:
        blocks = -(-self.derived_bytes // DIGEST_SIZES[self.digest])
        return Cost(self.iterations * blocks * PBKDF2[self.digest] / 1e6)

    def matches(self, password: Password) -> bool:
        length = self.derived_bytes
        computed = hashlib.pbkdf2_hmac(
            self.digest, self.prepare(password), self.salt, self.iterations, length
        )
        return hmac.compare_digest(computed, self.key[:length])


CRYPT_TEXT = re.compile(r"\$pbkdf2(?:-(\w+))?\$([0-9]+)\$([^$]*)\$([^$]+)")


def parse_crypt(text: str) -> Pbkdf2:
    """Read passlib's `$pbkdf2-sha256$<rounds>$<salt>$<hash>`; without a digest it is SHA-1."""
    match = CRYPT_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a text of rounds, salt and hash")
    digest, rounds, salt, key = match.groups()
    return Pbkdf2(
        read_digest_name(digest or "sha1"),
        read_number(rounds, "the number of rounds"),
        read_base64(salt, "the salt"),
        read_base64(key, "the hash"),
    )


PHC_TEXT = re.compile(r"\$pbkdf2-([\w-]+)\$(?:([a-z]+=[^$]*)\$)?([^$]*)\$([^$]+)")


def parse_phc(text: str) -> Pbkdf2:
    """Read `$pbkdf2-sha512$i=100000,l=64$<salt>$<hash>`.

    Auth0 may leave out both parameters, @phc/pbkdf2 writes no l, and v is a version of the text.
    """
    match = PHC_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a text of i, l, salt and hash")
    digest, parameters, salt, key = match.groups()
    given = read_named(parameters or "", ("i", "l", "v"))
    parsed = Pbkdf2(
        read_digest_name(digest),
        read_number(given.get("i", "100000"), "the iteration count"),
        read_base64(salt, "the salt"),
        read_base64(key, "the hash"),
    )
    length = given.get("l", str(len(parsed.key)) if given else "64")
    if len(parsed.key) != read_number(length, "the length"):
        raise HashFormatError("the hash length does not match its text")
    return parsed


KRATOS_SHARED = re.compile(r"\$pbkdf2-sha(?:224|384)\$[il]=.*")
"""Texts that Kratos means in another way; of all others both readings are one."""


def parse_kratos(text: str) -> Pbkdf2:
    """Read the same text as Kratos means it: there sha224 and sha384 are SHA-3, a bug it keeps."""
    parsed = parse_phc(text)
    digest = {"sha224": "sha3_224", "sha384": "sha3_384"}.get(parsed.digest, parsed.digest)
    return Pbkdf2(digest, parsed.iterations, parsed.salt, parsed.key)


COLON_TEXT = re.compile(r"(?:PBKDF2WithHmac)?(\w+):([0-9]+):([^:]*):([^:]+)")


def parse_colon(text: str) -> Pbkdf2:
    match = COLON_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a text of digest, iterations, salt and hash between colons")
    digest, iterations, salt, key = match.groups()
    return Pbkdf2(
        read_digest_name(digest),
        read_number(iterations, "the iteration count"),
        read_base64(salt, "the salt"),
        read_base64(key, "the hash"),
    )


def cut_key(value: str) -> str:
    """Keep of a long key what is compared; of a text that is none, all, for it to be refused."""
    text = value.strip()
    is_key = LONG_HEX.fullmatch(text) or LONG_BASE64.fullmatch(text)
    return text[:LONGEST_TEXT] if is_key else text


LONG_HEX = re.compile(rf"(?:[0-9A-Fa-f]{{2}}){{{LONGEST_TEXT // 2},}}")
LONG_BASE64 = re.compile(rf"[A-Za-z0-9+/_.-]{{{LONGEST_TEXT},}}={{0,2}}")


def parse_raw(
    text: str, *, digest: str, iterations: str, salt: str, salt_encoding: str, hash_encoding: str
) -> Pbkdf2:
    return Pbkdf2(
        read_digest_name(digest),
        read_number(iterations, "the iteration count"),
        read_bytes(salt, salt_encoding, "the salt"),
        read_bytes(text, hash_encoding, "the hash"),
    )


def parse_duende(text: str, *, salt: str, iterations: str) -> Pbkdf2:
    return Pbkdf2(
        "sha512",
        read_number(iterations, "the iteration count"),
        read_base64(salt, "the salt"),
        read_base64(text, "the hash"),
    )


def parse_atlassian(text: str) -> Pbkdf2:
    """Read `{PKCS5S2}` and base64 of 16 bytes of salt ‖ 32 bytes of key."""
    blob = read_base64(text.removeprefix("{PKCS5S2}"))
    if not text.startswith("{PKCS5S2}") or len(blob) != 48:
        raise HashFormatError("an Atlassian hash is {PKCS5S2} and 48 bytes")
    return Pbkdf2("sha1", 10_000, blob[:16], blob[16:])


P5K2_TEXT = re.compile(r"\$p5k2\$([0-9a-f]*)\$([^$]*)\$([^$]+)")


def split_p5k2(text: str) -> tuple[int, str, bytes]:
    match = P5K2_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $p5k2$ text of rounds, salt and hash")
    rounds, salt, key = match.groups()
    if rounds.startswith("0"):
        raise HashFormatError("the number of rounds has a leading zero")
    return int(rounds or "190", 16), salt, read_base64(key, "the hash")


def parse_cta(text: str) -> Pbkdf2:
    """Read Cryptacular's text: hexadecimal rounds and a base64 salt."""
    rounds, salt, key = split_p5k2(text)
    return Pbkdf2("sha1", rounds, read_base64(salt, "the salt"), key)


def parse_dlitz(text: str) -> Pbkdf2:
    """Read Dwayne Litzenberger's text: the salt is the whole text before the hash, undecoded."""
    rounds, _, key = split_p5k2(text)
    return Pbkdf2("sha1", rounds, read_text(text.rpartition("$")[0]), key)


GRUB_TEXT = re.compile(
    r"(?:grub\.pbkdf2\.sha512\.|\$ml\$)([0-9]+)[.$]([0-9A-Fa-f]*)[.$]([0-9A-Fa-f]+)"
)


def parse_grub(text: str) -> Pbkdf2:
    match = GRUB_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a grub.pbkdf2.sha512 or $ml$ text of rounds, salt and hash")
    rounds, salt, key = match.groups()
    return Pbkdf2(
        "sha512",
        read_number(rounds, "the number of rounds"),
        read_hex(salt, "the salt"),
        read_hex(key, "the hash"),
    )


DIGEST = Parameter(
    "digest", "the digest under the HMAC", choices=("sha1", "sha224", "sha256", "sha384", "sha512")
)
ITERATIONS = Parameter("iterations", "the iteration count")
SALT = Parameter("salt", "the user's salt, as in the source system")
SALT_ENCODING = Parameter(
    "salt_encoding", "the encoding of the salt", default="base64", choices=tuple(READERS)
)
HASH_ENCODING = Parameter(
    "hash_encoding", "the encoding of the hash", default="base64", choices=tuple(READERS)
)

FORMATS = (
    Format(
        id="pbkdf2_passlib",
        label="PBKDF2, text of passlib",
        emitted_by="passlib, Zitadel, Authelia",
        source="https://passlib.readthedocs.io/en/stable/lib/passlib.hash.pbkdf2_digest.html",
        hashes=(Pbkdf2,),
        parse=parse_crypt,
        shape=re.compile(r"\$pbkdf2(-\w+)?\$[0-9]+\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="pbkdf2_phc",
        label="PBKDF2, text with named parameters",
        emitted_by="Auth0 custom_password_hash, Node @phc/pbkdf2",
        source="https://github.com/simonepri/phc-pbkdf2",
        hashes=(Pbkdf2,),
        parse=parse_phc,
        shape=re.compile(r"\$pbkdf2-[\w-]+\$[ilv]=.*"),
        likelihood=Likelihood.MARKED,
        formula="PBKDF2 with SHA-2",
        shared=KRATOS_SHARED,
    ),
    Format(
        id="kratos_pbkdf2",
        label="Ory Kratos PBKDF2",
        emitted_by="Ory Kratos",
        source="https://github.com/ory/kratos/blob/master/hash/hash_comparator.go",
        hashes=(Pbkdf2,),
        parse=parse_kratos,
        shape=re.compile(r"\$pbkdf2-[\w-]+\$[ilv]=.*"),
        likelihood=Likelihood.SHAPED,
        notes="In Kratos sha224 and sha384 stand for SHA3-224 and SHA3-384.",
        formula="PBKDF2 with SHA-3",
        shared=KRATOS_SHARED,
    ),
    Format(
        id="pbkdf2_colon",
        label="PBKDF2, separated by colons",
        emitted_by="Jakarta Security and Java applications, hashcat 10900 and 12100",
        source="https://hashcat.net/wiki/doku.php?id=example_hashes",
        hashes=(Pbkdf2,),
        parse=parse_colon,
        shape=re.compile(r"\w+:[0-9]+:[^:]*:[^:]+"),
        likelihood=Likelihood.SHAPED,
    ),
    Format(
        id="pbkdf2_raw",
        label="PBKDF2 with separate parameters",
        emitted_by="SecureAuth, Descope, Stytch, Okta, Symfony, Payload, passport-local-mongoose, "
        "custom applications",
        source="RFC 8018 section 5.2",
        hashes=(Pbkdf2,),
        parse=parse_raw,
        shape=re.compile(r"[A-Za-z0-9+/_.-]{22,1400}={0,2}"),
        likelihood=Likelihood.PLAIN,
        canonical=cut_key,
        parameters=(DIGEST, ITERATIONS, SALT, SALT_ENCODING, HASH_ENCODING),
    ),
    Format(
        id="duende_pbkdf2_sha512",
        label="Duende PBKDF2-SHA512",
        emitted_by="Duende User Management (HashedPasswordData)",
        source="https://docs.duendesoftware.com/usermanagement/",
        hashes=(Pbkdf2,),
        parse=parse_duende,
        shape=re.compile(r"[A-Za-z0-9+/_-]{22,700}={0,2}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter("salt", "HashedPasswordData.Salt, base64"),
            Parameter("iterations", "HashedPasswordData.Parameters.iterations", default="210000"),
        ),
    ),
    Format(
        id="atlassian_pbkdf2_sha1",
        label="Atlassian PBKDF2",
        emitted_by="Atlassian Crowd, Jira, Confluence",
        source="https://passlib.readthedocs.io/en/stable/lib/passlib.hash.atlassian_pbkdf2_sha1.html",
        hashes=(Pbkdf2,),
        parse=parse_atlassian,
        shape=re.compile(r"\{PKCS5S2\}.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="cta_pbkdf2_sha1",
        label="Cryptacular PBKDF2",
        emitted_by="Cryptacular, Python web applications",
        source="https://passlib.readthedocs.io/en/stable/lib/passlib.hash.cta_pbkdf2_sha1.html",
        hashes=(Pbkdf2,),
        parse=parse_cta,
        shape=re.compile(r"\$p5k2\$[0-9a-f]*\$[^$]*\$[\w-]{27}=?"),
        likelihood=Likelihood.MARKED,
    ),
    Format(
        id="dlitz_pbkdf2_sha1",
        label="Dwayne Litzenberger's PBKDF2",
        emitted_by="PBKDF2.py",
        source="https://passlib.readthedocs.io/en/stable/lib/passlib.hash.dlitz_pbkdf2_sha1.html",
        hashes=(Pbkdf2,),
        parse=parse_dlitz,
        shape=re.compile(r"\$p5k2\$[0-9a-f]*\$[^$]*\$[\w./]{32}"),
        likelihood=Likelihood.MARKED,
    ),
    Format(
        id="grub_pbkdf2_sha512",
        label="GRUB and macOS PBKDF2",
        emitted_by="grub-mkpasswd-pbkdf2, macOS from 10.8 in the text of hashcat 7100",
        source="https://passlib.readthedocs.io/en/stable/lib/passlib.hash.grub_pbkdf2_sha512.html",
        hashes=(Pbkdf2,),
        parse=parse_grub,
        shape=re.compile(r"grub\.pbkdf2\.sha512\..*|\$ml\$.*"),
        likelihood=Likelihood.NAMED,
    ),
)
