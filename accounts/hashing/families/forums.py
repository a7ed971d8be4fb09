"""Forums and content systems: MD5 and SHA of each other, told apart only by their source."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.digests import compute_digest
from accounts.hashing.encodings import read_hex, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, make_digest

Arrange = Callable[[bytes, bytes], bytes]
"""Puts salt and password together into what the outermost digest is taken of."""


def hex_md5(data: bytes) -> bytes:
    return compute_digest("md5", data).hex().encode()


def hex_sha1(data: bytes) -> bytes:
    return compute_digest("sha1", data).hex().encode()


def hex_sha256(data: bytes) -> bytes:
    return compute_digest("sha256", data).hex().encode()


def parse_colon(text: str, *, digest: str, arrange: Arrange) -> Digest:
    """Read `<hash>:<salt>`; the salt is text and may itself hold colons."""
    expected, separator, salt = text.partition(":")
    if not separator:
        raise HashFormatError("not hash and salt around a colon")
    return make_digest(
        digest, read_hex(expected, "the hash"), partial(arrange, read_text(salt, "the salt"))
    )


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
    return parse_colon(text.removeprefix("{SHA256}"), digest="sha256", arrange=add_behind)


def add_behind(salt: bytes, secret: bytes) -> bytes:
    return secret + salt


def declare(
    format_id: str, label: str, formula: str, digest: str, likelihood: Likelihood, arrange: Arrange
) -> Format:
    size = {"md5": 32, "sha1": 40}[digest]
    return Format(
        id=format_id,
        label=label,
        emitted_by=label,
        source="https://hashcat.net/wiki/doku.php?id=example_hashes",
        hashes=(Digest,),
        parse=partial(parse_colon, digest=digest, arrange=arrange),
        shape=re.compile(rf"[0-9a-fA-F]{{{size}}}:.+"),
        likelihood=likelihood,
        notes=formula,
    )


FORMATS = (
    declare(
        "joomla_md5",
        "Joomla before 2.5.18 and 3.2",
        "md5(password + salt)",
        "md5",
        Likelihood.SHAPED,
        add_behind,
    ),
    declare(
        "vbulletin",
        "vBulletin 3 and 4",
        "md5(md5(password) + salt)",
        "md5",
        Likelihood.PLAIN,
        lambda salt, secret: hex_md5(secret) + salt,
    ),
    declare(
        "mybb_ipb",
        "MyBB, IP.Board 2 and 3",
        "md5(md5(salt) + md5(password))",
        "md5",
        Likelihood.PLAIN,
        lambda salt, secret: hex_md5(salt) + hex_md5(secret),
    ),
    declare(
        "redmine",
        "Redmine, PunBB",
        "sha1(salt + sha1(password))",
        "sha1",
        Likelihood.SHAPED,
        lambda salt, secret: salt + hex_sha1(secret),
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
