"""Authlogic and restful_authentication of Rails: a digest applied again and again, with a salt."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from accounts.hashing.contract import Format, Likelihood, Parameter
from accounts.hashing.digests import DIGEST_SIZES, compute_digest
from accounts.hashing.encodings import read_digest, read_number, read_text
from accounts.hashing.families.digest import Digest
from accounts.hashing.families.forums import SALT, split_salt

Join = Callable[[bytes, bytes], bytes]
AUTHLOGIC = "https://github.com/binarylogic/authlogic/tree/master/lib/authlogic/crypto_providers"
RESTFUL = (
    "https://github.com/technoweenie/restful-authentication/blob/master/lib/authentication/"
    "by_password.rb"
)


def write_hex(digest: bytes) -> bytes:
    return digest.hex().encode()


def join_directly(secret: bytes, salt: bytes) -> bytes:
    return secret + salt


def join_by_dashes(*parts: bytes) -> bytes:
    return b"--".join(parts)


def keep(state: bytes, salt: bytes) -> bytes:
    return state


def parse_stretched(
    text: str,
    *,
    salt: str,
    stretches: str,
    digest: str,
    write: Callable[[bytes], bytes],
    first: Join,
    again: Join,
) -> Digest:
    """Read a hash whose function runs once on `first`, then on `again` of its result."""
    expected, own_salt = split_salt(text, salt)
    count = read_number(stretches, "the number of stretches")

    def compute(secret: bytes) -> bytes:
        state = compute_digest(digest, first(secret, own_salt))
        for _ in range(count - 1):
            state = compute_digest(digest, again(write(state), own_salt))
        return state

    known = read_digest(expected, DIGEST_SIZES[digest])
    return Digest(digest, known, compute, count, rehashed_salt=len(own_salt))


def parse_keyed(text: str, *, salt: str, stretches: str, site_key: str) -> Digest:
    """Read a hash that takes in the key of the site before and after everything else."""
    expected, own_salt = split_salt(text, salt)
    count, key = read_number(stretches, "the number of stretches"), read_text(site_key, "the key")

    def compute(secret: bytes) -> bytes:
        state = key
        for _ in range(count):
            state = write_hex(compute_digest("sha1", join_by_dashes(state, own_salt, secret, key)))
        return bytes.fromhex(state.decode())

    known = read_digest(expected, DIGEST_SIZES["sha1"])
    return Digest("sha1", known, compute, count, rehashed_salt=len(own_salt) + len(key))


def count_stretches(usual: int) -> Parameter:
    return Parameter("stretches", "the number of rounds of the function", default=str(usual))


def draw_shape(digest: str) -> re.Pattern[str]:
    return re.compile(rf"[0-9a-f]{{{2 * DIGEST_SIZES[digest]}}}:.+", re.DOTALL)


def declare(
    format_id: str,
    label: str,
    formula: str,
    digest: str,
    usual: int,
    write: Callable[[bytes], bytes],
    first: Join,
    again: Join,
) -> Format:
    return Format(
        id=format_id,
        label=label,
        emitted_by="Rails applications with Authlogic",
        source=AUTHLOGIC,
        hashes=(Digest,),
        parse=partial(parse_stretched, digest=digest, write=write, first=first, again=again),
        shape=draw_shape(digest),
        likelihood=Likelihood.SHAPED,
        parameters=(SALT, count_stretches(usual)),
        formula=formula,
    )


FORMATS = (
    declare(
        "authlogic_sha512",
        "Authlogic, SHA-512",
        "sha512 of password + salt, 20 times in hexadecimal",
        "sha512",
        20,
        write_hex,
        join_directly,
        keep,
    ),
    declare(
        "authlogic_v2_sha512",
        "Authlogic, SHA-512 V2",
        "sha512 of password + salt, 20 times in bytes",
        "sha512",
        20,
        bytes,
        join_directly,
        keep,
    ),
    declare(
        "authlogic_sha256",
        "Authlogic, SHA-256",
        "sha256 of password + salt, 20 times in hexadecimal",
        "sha256",
        20,
        write_hex,
        join_directly,
        keep,
    ),
    declare(
        "authlogic_v2_sha256",
        "Authlogic, SHA-256 V2",
        "sha256 of password + salt, 20 times in bytes",
        "sha256",
        20,
        bytes,
        join_directly,
        keep,
    ),
    declare(
        "authlogic_sha1",
        "Authlogic, SHA-1",
        "sha1 of password--salt, 10 times in hexadecimal, each time with --salt",
        "sha1",
        10,
        write_hex,
        join_by_dashes,
        join_by_dashes,
    ),
    declare(
        "authlogic_v2_sha1",
        "Authlogic, SHA-1 V2",
        "sha1 of password--salt, 10 times in bytes, each time with --salt",
        "sha1",
        10,
        bytes,
        join_by_dashes,
        join_by_dashes,
    ),
    Format(
        id="restful_authentication_keyed",
        label="Rails restful_authentication with a site key",
        emitted_by="Rails applications with REST_AUTH_SITE_KEY",
        source=RESTFUL,
        hashes=(Digest,),
        parse=parse_keyed,
        shape=draw_shape("sha1"),
        likelihood=Likelihood.SHAPED,
        parameters=(
            SALT,
            count_stretches(10),
            Parameter("site_key", "REST_AUTH_SITE_KEY of the application"),
        ),
        notes="The key is stored with every hash until the user signs in.",
        formula="sha1 of digest--salt--password--key, 10 times, at first of the key",
    ),
)
