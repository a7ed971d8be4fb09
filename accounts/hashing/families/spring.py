"""Spring Security: DelegatingPasswordEncoder and the encoders behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from accounts.hashing.contract import Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.digests import DIGEST_SIZES, read_digest_name
from accounts.hashing.encodings import read_bytes, read_hex, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import parse_argon2
from accounts.hashing.families.bcrypt import parse_bcrypt
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.ldap import LDAP_HASHES, hash_plaintext, parse_ldap
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.families.scrypt import Scrypt, parse_packed

SPRING = (
    "https://docs.spring.io/spring-security/reference/features/authentication/password-storage.html"
)

DIGEST_TEXT = re.compile(r"(\{.*\})?([^{}]+)", re.DOTALL)


def parse_digest(text: str, *, algorithm: str, encoding: str = "") -> Digest:
    """Read `{salt}hash` of MessageDigestPasswordEncoder: the braces are part of the salt."""
    match = DIGEST_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not an optional salt in braces and a hash")
    salt, value = match[1] or "", match[2]
    name = read_digest_name(algorithm)
    encoding = encoding or ("hex" if len(value) == 2 * DIGEST_SIZES[name] else "base64")
    expected = read_bytes(value, encoding, "the hash")
    return make_digest(name, expected, add_salt(read_text(salt, "the salt"), "suffix"))


def parse_pbkdf2(
    text: str,
    *,
    secret: str,
    salt_length: str,
    iterations: str,
    digest: str,
    dklen: str,
    encoding: str,
) -> Pbkdf2:
    """Read salt ‖ key of Pbkdf2PasswordEncoder; the application's secret is added to the salt."""
    blob, size = read_bytes(text, encoding, "the value"), read_number(salt_length, "salt_length")
    if len(blob) != size + read_number(dklen, "dklen"):
        raise HashFormatError("the length of the value does not match its salt and key")
    return Pbkdf2(
        read_digest_name(digest),
        read_number(iterations, "the iteration count"),
        blob[:size] + read_text(secret, "the secret"),
        blob[size:],
    )


def parse_standard(text: str, *, secret: str = "") -> Digest:
    """Read hex of 8 bytes of salt ‖ digest of StandardPasswordEncoder: SHA-256, 1024 times."""
    blob = read_hex(text)
    prefix = blob[:8] + read_text(secret, "the secret")
    return make_digest("sha256", blob[8:], add_salt(prefix, "prefix"), rounds=1024)


V5_5 = {"secret": "", "salt_length": "8", "iterations": "185000", "digest": "sha1"}
V5_8 = {"secret": "", "salt_length": "16", "iterations": "310000", "digest": "sha256"}

ENCODERS: dict[str, Callable[[str], ParsedHash]] = {
    "bcrypt": parse_bcrypt,
    "ldap": parse_ldap,
    "MD4": partial(parse_digest, algorithm="md4"),
    "MD5": partial(parse_digest, algorithm="md5"),
    "SHA-1": partial(parse_digest, algorithm="sha1"),
    "SHA-256": partial(parse_digest, algorithm="sha256"),
    "pbkdf2": partial(parse_pbkdf2, **V5_5, dklen="32", encoding="hex"),
    "pbkdf2@SpringSecurity_v5_8": partial(parse_pbkdf2, **V5_8, dklen="32", encoding="hex"),
    "scrypt": parse_packed,
    "scrypt@SpringSecurity_v5_8": parse_packed,
    "sha256": parse_standard,
    "argon2": parse_argon2,
    "argon2@SpringSecurity_v5_8": parse_argon2,
}

DELEGATING_TEXT = re.compile(r"\{([^}]+)\}(.+)", re.DOTALL)


def parse_delegating(text: str) -> ParsedHash:
    """Read `{id}rest`. Case counts: {SHA-256} and {sha256} are different encoders."""
    match = DELEGATING_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not an encoder id in braces and a hash")
    if match[1] not in ENCODERS:
        raise HashFormatError(f"the encoder must be one of {', '.join(ENCODERS)}")
    return ENCODERS[match[1]](match[2])


ENCODING = Parameter("encoding", "the encoding of the value", "hex", choices=("hex", "base64"))

FORMATS = (
    Format(
        id="spring_delegating",
        label="Spring DelegatingPasswordEncoder",
        emitted_by="Spring Security applications, JHipster",
        source=SPRING,
        hashes=LDAP_HASHES,
        parse=parse_delegating,
        shape=re.compile(
            # LDAP writes base64 or crypt(3) behind the same names.
            r"(?!\{MD5\}\$|\{sha256\}(?![0-9A-Fa-f]{80}$))"
            rf"\{{({'|'.join(map(re.escape, ['noop', *ENCODERS]))})\}}(?![A-Za-z0-9+/]+=).+",
            re.DOTALL,
        ),
        likelihood=Likelihood.NAMED,
        canonical=hash_plaintext,
        notes="What stands behind {noop} is imported as a plain password.",
    ),
    Format(
        id="spring_digest",
        label="Spring MessageDigestPasswordEncoder",
        emitted_by="Spring Security applications",
        source=SPRING,
        hashes=(Digest,),
        parse=parse_digest,
        shape=re.compile(r"(\{.*\})?([0-9A-Fa-f]{32,128}|[A-Za-z0-9+/]{22,86}={0,2})", re.DOTALL),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter(
                "algorithm",
                "the digest function",
                choices=("md4", "md5", "sha1", "sha256", "sha384", "sha512"),
            ),
            ENCODING,
        ),
    ),
    Format(
        id="spring_pbkdf2",
        label="Spring Pbkdf2PasswordEncoder",
        emitted_by="Spring Security applications",
        source=SPRING,
        hashes=(Pbkdf2,),
        parse=parse_pbkdf2,
        shape=re.compile(r"[0-9A-Fa-f]{64,}|[A-Za-z0-9+/]{43,}={0,2}"),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter("secret", "the application's secret", default=""),
            Parameter("salt_length", "bytes of salt", default="16"),
            Parameter("iterations", "the iteration count", default="310000"),
            Parameter(
                "digest",
                "the digest under the HMAC",
                default="sha256",
                choices=("sha1", "sha256", "sha512"),
            ),
            Parameter("dklen", "bytes of key", default="32"),
            ENCODING,
        ),
    ),
    Format(
        id="spring_scrypt",
        label="Spring SCryptPasswordEncoder",
        emitted_by="Spring Security applications, password4j",
        source=SPRING,
        hashes=(Scrypt,),
        parse=parse_packed,
        shape=re.compile(r"\$[0-9a-f]{5,6}\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+"),
        likelihood=Likelihood.MARKED,
    ),
    Format(
        id="spring_standard",
        label="Spring StandardPasswordEncoder",
        emitted_by="Spring Security applications before 5",
        source=SPRING,
        hashes=(Digest,),
        parse=parse_standard,
        shape=re.compile(r"[0-9a-f]{80}"),
        likelihood=Likelihood.SHAPED,
        parameters=(Parameter("secret", "the application's secret", default=""),),
    ),
)
