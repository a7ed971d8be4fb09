"""bcrypt, bare and around another function: modular crypt texts that start with "$2"."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import bcrypt

from accounts.hashing.contract import Bound, Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.costs import BCRYPT, Cost
from accounts.hashing.digests import compute_digest, read_digest_name
from accounts.hashing.encodings import (
    Password,
    encode_password,
    normalize_password,
    read_base64,
)
from accounts.hashing.errors import HashFormatError
from accounts.hashing.libcrypt import compute_crypt, find_libcrypt

ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
TO_BCRYPT_ALPHABET = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", ALPHABET
)
TEXT = re.compile(r"\$(2[abxy]?)\$([0-9]{2})\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})")
SHAPE = re.compile(r"\$2[abxy]?\$[0-9]{2}\$.*")

MAXIMUM_PASSWORD = 72
"""Bytes of the password that the cipher's key schedule reads (Provos and Mazières, 1999)."""


@dataclass(frozen=True, repr=False)
class Bcrypt(ParsedHash):
    """One bcrypt hash; `prepare` is what the source does to the password beforehand."""

    variant: str
    cost: int
    salt: str
    checksum: str
    prepare: Callable[[Password], bytes] = encode_password

    bounds = (
        # 4 is the least the algorithm defines. 10 is OWASP's minimum for legacy systems.
        Bound("cost", 4, 31, "Provos and Mazières, 1999", weak_below=10),
    )
    cost_formula = f"2^cost * {BCRYPT:g} µs"

    def summarize(self) -> dict[str, str | int]:
        return {"variant": self.variant, "cost": self.cost}

    def estimate(self, password_bytes: int) -> Cost:
        return Cost(2**self.cost * BCRYPT / 1e6)

    def matches(self, password: Password) -> bool:
        secret = self.prepare(password)
        if self.variant == "2x" and find_libcrypt() is not None:
            return self._matches_signed(secret)
        if self.variant == "2" and secret:
            # The first release repeated the key without the NUL that later ones put between.
            secret *= -(-MAXIMUM_PASSWORD // len(secret))
        setting = f"$2b${self.cost:02}${self.salt}"
        computed = bcrypt.hashpw(secret[:MAXIMUM_PASSWORD], setting.encode())
        return hmac.compare_digest(computed, f"{setting}{self.checksum}".encode())

    def _matches_signed(self, secret: bytes) -> bool:
        """Repeat the bug of old crypt_blowfish, which took bytes above 127 for negative."""
        text = f"$2x${self.cost:02}${self.salt}{self.checksum}"
        computed = compute_crypt(secret, text)
        return computed is not None and hmac.compare_digest(computed, text.encode())


def parse_bcrypt(text: str, prepare: Callable[[Password], bytes] = encode_password) -> Bcrypt:
    """Read `$2b$<cost>$<salt><checksum>`.

    `$2a$`, `$2b$` and `$2y$` are one algorithm today. `$2x$` marks hashes of crypt_blowfish's sign
    extension bug; they equal `$2b$` for ASCII passwords, and others need the system's libcrypt.
    """
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a bcrypt text of 60 characters")
    variant, cost, salt, checksum = match.groups()
    return Bcrypt(variant, int(cost), clear_stray_bits(salt), check_stray_bits(checksum), prepare)


def clear_stray_bits(salt: str) -> str:
    """Zero the four bits that every implementation ignores and some wrote at random."""
    return salt[:-1] + ALPHABET[ALPHABET.index(salt[-1]) & 0b110000]


def check_stray_bits(checksum: str) -> str:
    if ALPHABET.index(checksum[-1]) & 0b11:
        raise HashFormatError("the last character of the bcrypt checksum is not valid")
    return checksum


PHC_TEXT = re.compile(r"\$bcrypt\$v=([0-9]{2,3})\$r=([0-9]{1,2})\$([^$]{22})\$([^$]{31})")


def parse_phc(text: str) -> Bcrypt:
    """Read `$bcrypt$v=98$r=<cost>$<salt>$<hash>`: v is the code of the "b" of 2b.

    Salt and hash are in the ordinary base64, in place of bcrypt's own alphabet.
    """
    match = PHC_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $bcrypt$ text of v, r, salt and hash")
    variant = chr(int(match[1]))
    if variant not in "abxy":
        raise HashFormatError("v of a $bcrypt$ text is 97, 98, 120 or 121")
    salt, checksum = (
        base64.b64encode(read_base64(part)).decode().rstrip("=").translate(TO_BCRYPT_ALPHABET)
        for part in match.groups()[2:]
    )
    return parse_bcrypt(f"$2{variant}${int(match[2]):02}${salt}{checksum}")


PEPPER_PARAMETERS = (
    Parameter("pepper", "the application secret that is added to every password"),
    Parameter(
        "pepper_position",
        "whether the pepper comes before or after the password",
        default="suffix",
        choices=("suffix", "prefix"),
    ),
)
PEPPER_NOTES = "The pepper is stored with every hash until the user signs in."


def parse_peppered(text: str, *, pepper: str, pepper_position: str) -> Bcrypt:
    return parse_bcrypt(text, prepare_peppered(pepper, pepper_position))


def prepare_peppered(pepper: str, position: str) -> Callable[[Password], bytes]:
    """Return what adds the pepper to a password. Raise HashFormatError for another position."""
    if position not in ("suffix", "prefix"):
        raise HashFormatError("pepper_position must be suffix or prefix")
    return partial(add_pepper, encode_password(pepper), position == "suffix")


def add_pepper(pepper: bytes, is_last: bool, password: Password) -> bytes:
    secret = encode_password(password)
    return secret + pepper if is_last else pepper + secret


def parse_synapse(text: str, *, pepper: str) -> Bcrypt:
    return parse_bcrypt(text, partial(prepare_synapse, encode_password(pepper)))


def prepare_synapse(pepper: bytes, password: Password) -> bytes:
    return normalize_password("NFKC", password) + pepper


def parse_of_digest(text: str, *, inner: str, inner_encoding: str) -> Bcrypt:
    writer = DIGEST_WRITERS.get(inner_encoding)
    if writer is None:
        raise HashFormatError(f"inner_encoding must be one of {', '.join(DIGEST_WRITERS)}")
    return parse_bcrypt(text, partial(write_digest, read_digest_name(inner), writer))


def write_digest(name: str, writer: Callable[[bytes], bytes], password: Password) -> bytes:
    return writer(compute_digest(name, encode_password(password)))


DIGEST_WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": lambda digest: digest.hex().encode(),
    "hex_upper": lambda digest: digest.hex().upper().encode(),
    "base64": base64.b64encode,
}

hash_sha256_hex = partial(write_digest, "sha256", DIGEST_WRITERS["hex"])


def parse_wordpress(text: str) -> Bcrypt:
    if not text.startswith("$wp$2y$"):
        raise HashFormatError("a WordPress 6.8 hash starts with $wp$2y$")
    return parse_bcrypt(text.removeprefix("$wp"), prepare_wordpress)


def prepare_wordpress(password: Password) -> bytes:
    """Do what wp_hash_password does: PHP's trim, then base64 of an HMAC."""
    trimmed = encode_password(password).strip(b" \n\r\t\v\0")
    return base64.b64encode(hmac.digest(b"wp-sha384", trimmed, hashlib.sha384))


PASSLIB_TEXT = re.compile(
    r"\$bcrypt-sha256\$(?:v=2,t=(2b),r=([1-9][0-9]?)|(2[ab]),([1-9][0-9]?))"
    r"\$([./A-Za-z0-9]{22})\$([./A-Za-z0-9]{31})"
)


def parse_passlib(text: str) -> Bcrypt:
    """Read passlib's bcrypt-sha256: only version 2 keys the inner hash with the salt."""
    match = PASSLIB_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a bcrypt-sha256 text of passlib")
    variant, cost, old_variant, old_cost, salt, checksum = match.groups()
    prepare = partial(prepare_passlib, salt.encode() if variant else b"")
    setting = f"${variant or old_variant}${int(cost or old_cost):02}$"
    return parse_bcrypt(f"{setting}{salt}{checksum}", prepare)


def prepare_passlib(key: bytes, password: Password) -> bytes:
    secret = encode_password(password)
    inner = hmac.digest(key, secret, "sha256") if key else hashlib.sha256(secret).digest()
    return base64.b64encode(inner)


FORMATS = (
    Format(
        id="bcrypt",
        label="bcrypt",
        emitted_by="Auth0, Clerk, Supabase, SuperTokens, Kratos, Zitadel, Laravel and PHP, "
        "Symfony, Joomla, Drupal 10, Devise, Parse, Strapi, most Node applications",
        source="https://www.openwall.com/crypt/ and Provos & Mazières, A Future-Adaptable "
        "Password Scheme (1999)",
        hashes=(Bcrypt,),
        parse=parse_bcrypt,
        shape=SHAPE,
        likelihood=Likelihood.NAMED,
        notes="Only the first 72 bytes of a password are used, as in the source system.",
    ),
    Format(
        id="bcrypt_phc",
        label="bcrypt, text with named parameters",
        emitted_by="AdonisJS (@adonisjs/hash), phc-bcrypt",
        source="npm @adonisjs/hash 10.1.1, build/src/drivers/bcrypt.js",
        hashes=(Bcrypt,),
        parse=parse_phc,
        shape=re.compile(r"\$bcrypt\$v=.*"),
        likelihood=Likelihood.NAMED,
        notes="Only the first 72 bytes of a password are used, as in the source system.",
    ),
    Format(
        id="bcrypt_peppered",
        label="bcrypt with a pepper",
        emitted_by="Devise with config.pepper, Clerk bcrypt_peppered",
        source="https://github.com/heartcombo/devise/blob/main/lib/devise/encryptor.rb",
        hashes=(Bcrypt,),
        parse=parse_peppered,
        shape=SHAPE,
        likelihood=Likelihood.MARKED,
        parameters=PEPPER_PARAMETERS,
        notes=PEPPER_NOTES,
    ),
    Format(
        id="synapse_bcrypt",
        label="Synapse bcrypt",
        emitted_by="Synapse, with password_config.pepper or without",
        source="matrix-synapse 1.163.2, synapse/handlers/auth.py: bcrypt of the password in "
        "Unicode's form NFKC, then the pepper",
        hashes=(Bcrypt,),
        parse=parse_synapse,
        shape=SHAPE,
        likelihood=Likelihood.SHAPED,
        parameters=(Parameter("pepper", "password_config.pepper of homeserver.yaml", default=""),),
        notes=PEPPER_NOTES,
    ),
    Format(
        id="bcrypt_of_digest",
        label="bcrypt of a digest",
        emitted_by="legacy tables with MD5 or SHA hashes wrapped in bcrypt",
        source="hashcat modes 25600, 25800, 28400 and 30600",
        hashes=(Bcrypt,),
        parse=parse_of_digest,
        shape=SHAPE,
        likelihood=Likelihood.SHAPED,
        parameters=(
            Parameter(
                "inner",
                "the digest of the password that bcrypt hashes",
                choices=("md5", "sha1", "sha256", "sha384", "sha512"),
            ),
            Parameter(
                "inner_encoding",
                "the encoding of that digest",
                default="hex",
                choices=tuple(DIGEST_WRITERS),
            ),
        ),
    ),
    Format(
        id="meteor_bcrypt",
        label="Meteor bcrypt",
        emitted_by="Meteor accounts-password (services.password.bcrypt)",
        source="https://docs.meteor.com/api/accounts.html: bcrypt of the SHA-256 in lower-case hex",
        hashes=(Bcrypt,),
        parse=partial(parse_bcrypt, prepare=hash_sha256_hex),
        shape=SHAPE,
        likelihood=Likelihood.SHAPED,
    ),
    Format(
        id="wordpress_bcrypt",
        label="WordPress 6.8 bcrypt",
        emitted_by="WordPress from 6.8",
        source="https://make.wordpress.org/core/2025/02/17/wordpress-6-8-will-use-bcrypt-for-"
        "password-hashing/",
        hashes=(Bcrypt,),
        parse=parse_wordpress,
        shape=re.compile(r"\$wp\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="passlib_bcrypt_sha256",
        label="passlib bcrypt-sha256",
        emitted_by="Python applications on passlib",
        source="https://passlib.readthedocs.io/en/stable/lib/passlib.hash.bcrypt_sha256.html",
        hashes=(Bcrypt,),
        parse=parse_passlib,
        shape=re.compile(r"\$bcrypt-sha256\$.*"),
        likelihood=Likelihood.NAMED,
    ),
)
