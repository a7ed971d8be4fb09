"""phpass and what grew out of it: a digest of itself and the password, repeated 2^n times."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from passlib.utils.binary import h64

from accounts.hashing.contract import Bound, Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.costs import Cost, estimate_digests
from accounts.hashing.digests import compute_digest
from accounts.hashing.encodings import Password, encode_password, read_number
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.bcrypt import DIGEST_WRITERS, write_digest

ITOA64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MD5_HEX = DIGEST_WRITERS["hex"]


@dataclass(frozen=True, repr=False)
class Phpass(ParsedHash):
    """`checksum` is the digest in crypt's base64, possibly cut short."""

    digest: str
    rounds: int
    salt: str
    checksum: str
    prepare: Callable[[Password], bytes] = encode_password

    bounds = (Bound("rounds", 2**7, 2**30, "https://www.openwall.com/phpass/", weak_below=2**16),)
    cost_formula = "rounds * 1.1 µs or more, by the digest and the bytes of the password"

    def summarize(self) -> dict[str, str | int]:
        return {"digest": self.digest, "rounds": self.rounds}

    def estimate(self, password_bytes: int) -> Cost:
        # The longest digest has 64 bytes.
        return Cost(estimate_digests(self.digest, self.rounds + 1, password_bytes + 64))

    def matches(self, password: Password) -> bool:
        secret = self.prepare(password)
        state = compute_digest(self.digest, self.salt.encode() + secret)
        for _ in range(self.rounds):
            state = compute_digest(self.digest, state + secret)
        computed: bytes = h64.encode_bytes(state)
        return hmac.compare_digest(computed[: len(self.checksum)], self.checksum.encode())


PHPASS_TEXT = re.compile(r"\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})")
DRUPAL_TEXT = re.compile(r"U?\$S\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{43})")


def parse_phpass(text: str, prepare: Callable[[Password], bytes] = encode_password) -> Phpass:
    match = PHPASS_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $P$ or $H$ text of 34 characters")
    cost, salt, checksum = match.groups()
    # 16 bytes are 21 characters and 2 bits.
    if ITOA64.index(checksum[-1]) > 3:
        raise HashFormatError("the last character of the hash is not valid")
    return Phpass("md5", 2 ** ITOA64.index(cost), salt, checksum, prepare)


def parse_drupal(text: str) -> Phpass:
    """Read Drupal 7's text; a leading U marks a hash of the hexadecimal MD5 of Drupal 6."""
    prepare = hash_md5_hex if text.startswith("U") else encode_password
    if text.removeprefix("U").startswith(("$P$", "$H$")):
        return parse_phpass(text.removeprefix("U"), prepare)
    match = DRUPAL_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $S$ text of 55 characters")
    cost, salt, checksum = match.groups()
    return Phpass("sha512", 2 ** ITOA64.index(cost), salt, checksum, prepare)


def hash_md5_hex(password: Password) -> bytes:
    return write_digest("md5", MD5_HEX, password)


FUSIONAUTH_DIGESTS = {"phpass-md5": ("md5", 22), "phppass-sha512": ("sha512", 43)}
"""Digest and characters of hash for each name; the spelling of the second is FusionAuth's."""


def parse_fusionauth(text: str, *, encryptionScheme: str, factor: str, salt: str) -> Phpass:
    if encryptionScheme not in FUSIONAUTH_DIGESTS:
        raise HashFormatError(f"encryptionScheme must be {' or '.join(FUSIONAUTH_DIGESTS)}")
    digest, length = FUSIONAUTH_DIGESTS[encryptionScheme]
    if not re.fullmatch(rf"[./0-9A-Za-z]{{{length}}}", text) or len(salt) != 8:
        raise HashFormatError(f"the hash has {length} characters and the salt 8")
    return Phpass(digest, read_number(factor, "factor"), salt, text)


FORMATS = (
    Format(
        id="phpass",
        label="phpass",
        emitted_by="WordPress before 6.8, phpBB 3, bbPress",
        source="https://www.openwall.com/phpass/",
        hashes=(Phpass,),
        parse=parse_phpass,
        shape=re.compile(r"\$[PH]\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="drupal7",
        label="Drupal 7",
        emitted_by="Drupal 7 to 10.0",
        source="https://git.drupalcode.org/project/drupal/-/blob/7.x/includes/password.inc",
        hashes=(Phpass,),
        parse=parse_drupal,
        shape=re.compile(r"\$S\$.*|U\$[SPH]\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="fusionauth_phpass_split",
        label="FusionAuth phpass",
        emitted_by="FusionAuth",
        source="https://fusionauth.io/docs/reference/password-hashes",
        hashes=(Phpass,),
        parse=parse_fusionauth,
        shape=re.compile(r"[./0-9A-Za-z]{22}|[./0-9A-Za-z]{43}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter(
                "encryptionScheme",
                "the name of the scheme in FusionAuth",
                choices=tuple(FUSIONAUTH_DIGESTS),
            ),
            Parameter("factor", "the number of rounds"),
            Parameter("salt", "the user's salt, 8 characters"),
        ),
    ),
)
