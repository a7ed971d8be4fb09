"""Ory Kratos: its own texts for HMACs and for digests with a template."""

from __future__ import annotations

import re
from collections.abc import Callable

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.digests import compute_hmac, read_digest_name
from accounts.hashing.encodings import read_base64, read_hex
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, make_digest, make_hmac

COMPARATOR = "https://github.com/ory/kratos/blob/master/hash/hash_comparator.go"
HMAC_TEXT = re.compile(r"\$hmac-(\w+)\$([^$]+)\$([^$]+)")
DIGEST_TEXT = re.compile(r"\$(md5|sha1|sha256|sha512)\$(?:pf=([^$]+)\$([^$]*)\$)?([^$]+)")
PLACEHOLDER = re.compile(rb"\{(SALT|PASSWORD)\}")


def parse_hmac(text: str) -> Digest:
    """Read `$hmac-sha256$<hash>$<key>`: the hash is base64 of the digest in hexadecimal."""
    match = HMAC_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $hmac- text of hash and key")
    name, key = read_digest_name(match[1]), read_base64(match[3], "the key")
    expected = read_hex(read_base64(match[2], "the hash").decode("latin-1"), "the hash")
    return make_hmac(name, expected, lambda secret: compute_hmac(name, key, secret))


def parse_template(text: str) -> Digest:
    """Read `$sha1$pf=<template>$<salt>$<hash>`, or `$md5$<hash>` without a salt.

    The template says where {SALT} and {PASSWORD} stand between other characters.
    """
    match = DIGEST_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a text of template, salt and hash")
    name, template, salt, expected = match.groups()
    if template is None and name != "md5":
        raise HashFormatError("only md5 works without a template")
    arrange = read_template(
        read_base64(template, "the template") if template else b"{PASSWORD}",
        read_base64(salt or "", "the salt"),
    )
    return make_digest(name, read_base64(expected, "the hash"), arrange)


def read_template(template: bytes, salt: bytes) -> Callable[[bytes], bytes]:
    if b"{PASSWORD}" not in template:
        raise HashFormatError("the template has no {PASSWORD}")
    return lambda secret: PLACEHOLDER.sub(
        lambda found: salt if found[1] == b"SALT" else secret, template
    )


FORMATS = (
    Format(
        id="kratos_hmac",
        label="Ory Kratos HMAC",
        emitted_by="Ory Kratos",
        source=COMPARATOR,
        hashes=(Digest,),
        parse=parse_hmac,
        shape=re.compile(r"\$hmac-\w+\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="kratos_md5",
        label="Ory Kratos MD5",
        emitted_by="Ory Kratos",
        source=COMPARATOR,
        hashes=(Digest,),
        parse=parse_template,
        shape=re.compile(r"\$md5\$(pf=.*|[^$]*)"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="kratos_sha",
        label="Ory Kratos SHA",
        emitted_by="Ory Kratos",
        source=COMPARATOR,
        hashes=(Digest,),
        parse=parse_template,
        shape=re.compile(r"\$sha(1|256|512)\$(?![0-9]+\$).*"),
        likelihood=Likelihood.NAMED,
    ),
)
