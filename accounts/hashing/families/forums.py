"""Forums and content systems: MD5 and SHA of each other, told apart only by their source."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from accounts.hashing.contract import Format, Likelihood, Parameter
from accounts.hashing.digests import DIGEST_SIZES, compute_digest
from accounts.hashing.encodings import read_digest, read_hex, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, make_digest

Arrange = Callable[[bytes, bytes], bytes]
"""Puts salt and password together into what the outermost digest digests."""


def hex_md5(data: bytes) -> bytes:
    return compute_digest("md5", data).hex().encode()


def hex_sha1(data: bytes) -> bytes:
    return compute_digest("sha1", data).hex().encode()


def hex_sha256(data: bytes) -> bytes:
    return compute_digest("sha256", data).hex().encode()


def parse_salted(text: str, *, salt: str, digest: str, arrange: Arrange) -> Digest:
    """Read `<hash>:<salt>`, or the hash alone with its salt beside it.

    The salt is text and may itself hold colons.
    """
    expected, own_salt = split_salt(text, salt)
    return make_digest(
        digest, read_digest(expected, DIGEST_SIZES[digest]), partial(arrange, own_salt)
    )


def split_salt(text: str, salt: str) -> tuple[str, bytes]:
    """Return the hash and the bytes of its salt, which is beside it or behind its colon."""
    expected, separator, own_salt = (text, ":", salt) if salt else text.partition(":")
    if not separator:
        raise HashFormatError(
            "not hash and salt separated by a colon, and there is no separate salt"
        )
    return expected, read_text(own_salt, "the salt")


AUTHME_TEXT = re.compile(r"\$SHA\$([^$]+)\$([0-9a-f]{64})")


def parse_authme(text: str) -> Digest:
    match = AUTHME_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $SHA$ text of salt and hash")
    salt = read_text(match[1], "the salt")
    return make_digest("sha256", read_hex(match[2]), lambda secret: hex_sha256(secret) + salt)


def parse_joomla_sha256(text: str) -> Digest:
    """Read `{SHA256}<hash>:<salt>`, which some releases of Joomla 2.5 and 3 wrote."""
    if not text.startswith("{SHA256}"):
        raise HashFormatError("the value does not start with {SHA256}")
    return parse_salted(text.removeprefix("{SHA256}"), salt="", digest="sha256", arrange=put_behind)


def parse_hmailserver(text: str) -> Digest:
    """Read 6 characters of salt and the SHA-256 of salt and password."""
    return parse_salted(text[6:], salt=text[:6], digest="sha256", arrange=put_before)


def put_behind(salt: bytes, secret: bytes) -> bytes:
    return secret + salt


def put_before(salt: bytes, secret: bytes) -> bytes:
    return salt + secret


def put_around(salt: bytes, secret: bytes) -> bytes:
    return salt + secret + salt


SALT = Parameter("salt", "the user's salt, if it does not follow the hash", default="")


def declare(
    format_id: str, label: str, formula: str, digest: str, mode: int, arrange: Arrange
) -> Format:
    """Describe a salted digest in hexadecimal; `mode` is its number in hashcat."""
    return Format(
        id=format_id,
        label=label,
        emitted_by=label,
        source=f"https://hashcat.net/wiki/doku.php?id=example_hashes, mode {mode}",
        hashes=(Digest,),
        parse=partial(parse_salted, digest=digest, arrange=arrange),
        shape=re.compile(rf"[0-9a-fA-F]{{{2 * DIGEST_SIZES[digest]}}}:.+", re.DOTALL),
        likelihood=Likelihood.SHAPED,
        parameters=(SALT,),
        formula=formula,
    )


FORMATS = (
    declare(
        "joomla_md5",
        "Joomla before 2.5.18 and 3.2",
        "md5(password + salt)",
        "md5",
        11,
        put_behind,
    ),
    declare(
        "oscommerce_md5",
        "Magento 1, osCommerce, Zen Cart, PrestaShop",
        "md5(salt + password)",
        "md5",
        20,
        put_before,
    ),
    declare(
        "vbulletin",
        "vBulletin 3 and 4",
        "md5(md5(password) + salt)",
        "md5",
        2711,
        lambda salt, secret: hex_md5(secret) + salt,
    ),
    declare(
        "mybb_ipb",
        "MyBB, IP.Board 2 and 3",
        "md5(md5(salt) + md5(password))",
        "md5",
        2811,
        lambda salt, secret: hex_md5(salt) + hex_md5(secret),
    ),
    declare(
        "md5_salt_then_md5",
        "Applications that salted older MD5",
        "md5(salt + md5(password))",
        "md5",
        3710,
        lambda salt, secret: salt + hex_md5(secret),
    ),
    declare(
        "md5_salt_around",
        "Applications with the salt on both sides, MD5",
        "md5(salt + password + salt)",
        "md5",
        3800,
        put_around,
    ),
    declare(
        "md5_salt_twice_before",
        "Applications that salt twice, salt first",
        "md5(salt + md5(salt + password))",
        "md5",
        4010,
        lambda salt, secret: salt + hex_md5(salt + secret),
    ),
    declare(
        "md5_salt_twice_around",
        "Applications that salt twice, salt first and last",
        "md5(salt + md5(password + salt))",
        "md5",
        4110,
        lambda salt, secret: salt + hex_md5(secret + salt),
    ),
    declare(
        "sha1_password_salt",
        "Applications with SHA-1, salt last",
        "sha1(password + salt)",
        "sha1",
        110,
        put_behind,
    ),
    declare(
        "sha1_salt_password",
        "SMF (the salt is the user name), applications with SHA-1, salt first",
        "sha1(salt + password)",
        "sha1",
        120,
        put_before,
    ),
    declare(
        "redmine",
        "Redmine, PunBB",
        "sha1(salt + sha1(password))",
        "sha1",
        4521,
        lambda salt, secret: salt + hex_sha1(secret),
    ),
    declare(
        "sha1_sha1_then_salt",
        "Applications with SHA-1 twice, salt last",
        "sha1(sha1(password) + salt)",
        "sha1",
        4510,
        lambda salt, secret: hex_sha1(secret) + salt,
    ),
    declare(
        "sha1_md5_then_salt",
        "Applications that salted older MD5",
        "sha1(md5(password) + salt)",
        "sha1",
        4710,
        lambda salt, secret: hex_md5(secret) + salt,
    ),
    declare(
        "opencart",
        "OpenCart, WoltLab Burning Board 3",
        "sha1(salt + sha1(salt + sha1(password)))",
        "sha1",
        13900,
        lambda salt, secret: salt + hex_sha1(salt + hex_sha1(secret)),
    ),
    declare(
        "sha1_salt_around",
        "Applications with the salt on both sides, SHA-1",
        "sha1(salt + password + salt)",
        "sha1",
        4900,
        put_around,
    ),
    declare(
        "restful_authentication",
        "Rails restful_authentication without a site key",
        "sha1(--salt--password--)",
        "sha1",
        27200,
        lambda salt, secret: b"--" + salt + b"--" + secret + b"--",
    ),
    declare(
        "sha256_password_salt",
        "Applications with SHA-256, salt last",
        "sha256(password + salt)",
        "sha256",
        1410,
        put_behind,
    ),
    declare(
        "sha256_salt_password",
        "Magento 1 Enterprise, applications with SHA-256, salt first",
        "sha256(salt + password)",
        "sha256",
        1420,
        put_before,
    ),
    declare(
        "sha512_password_salt",
        "Applications with SHA-512, salt last",
        "sha512(password + salt)",
        "sha512",
        1710,
        put_behind,
    ),
    declare(
        "sha512_salt_password",
        "Applications with SHA-512, salt first",
        "sha512(salt + password)",
        "sha512",
        1720,
        put_before,
    ),
    declare(
        "sha256_salt_around",
        "Applications with the salt on both sides, SHA-256",
        "sha256(salt + password + salt)",
        "sha256",
        22300,
        put_around,
    ),
    declare(
        "sha256_sha256_then_salt",
        "XenForo 1, applications with SHA-256 twice, salt last",
        "sha256(sha256(password) + salt)",
        "sha256",
        20710,
        lambda salt, secret: hex_sha256(secret) + salt,
    ),
    declare(
        "sha512_sha512_then_salt",
        "Applications with SHA-512 twice, salt last",
        "sha512(sha512(password) + salt)",
        "sha512",
        32410,
        lambda salt, secret: compute_digest("sha512", secret).hex().encode() + salt,
    ),
    Format(
        id="hmailserver",
        label="hMailServer",
        emitted_by="hMailServer from 5.0",
        source="https://hashcat.net/wiki/doku.php?id=example_hashes, mode 1421",
        hashes=(Digest,),
        parse=parse_hmailserver,
        shape=re.compile(r"[0-9a-f]{70}"),
        likelihood=Likelihood.SHAPED,
        notes="sha256(salt + password), the salt being the first six digits",
    ),
    Format(
        id="joomla_sha256",
        label="Joomla, SHA-256",
        emitted_by="Joomla 2.5 and 3",
        source="https://github.com/joomla/joomla-cms/blob/3.2.0/libraries/joomla/user/helper.php",
        hashes=(Digest,),
        parse=parse_joomla_sha256,
        shape=re.compile(r"\{SHA256\}[0-9a-f]{64}:.+"),
        likelihood=Likelihood.NAMED,
        notes="sha256(password + salt)",
    ),
    Format(
        id="authme_sha256",
        label="AuthMe",
        emitted_by="AuthMe (Minecraft servers)",
        source="https://github.com/AuthMe/AuthMeReloaded",
        hashes=(Digest,),
        parse=parse_authme,
        shape=re.compile(r"\$SHA\$.*"),
        likelihood=Likelihood.NAMED,
        notes="sha256(sha256(password) + salt)",
    ),
)
