"""What systems call their password formats: a label says which function only within its system.

A value that bears the mark of its format needs none. A label is resolved where every system means
the same by it; of one that several systems use for different functions, it is said which they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from accounts.hashing.ambiguity import ALGORITHM, DIGEST
from accounts.hashing.digests import read_digest_name
from accounts.hashing.errors import HashFormatError
from accounts.hashing.registry import FORMATS
from accounts.hashing.settling import find_stated, is_readable_as

# By what systems call it, without case and punctuation: what they mean.
MEANINGS: Mapping[str, tuple[str, ...]] = {
    "bcrypt": ("bcrypt",),
    "blowfish": ("bcrypt",),
    **dict.fromkeys(("argon2", "argon2i", "argon2d", "argon2id"), ("argon2",)),
    **dict.fromkeys(("ssha", "smd5", "ssha256", "ssha512", "crypt"), ("ldap",)),
    **dict.fromkeys(("nt", "nthash", "ntlm"), ("ntlm",)),
    **dict.fromkeys(("lm", "lmhash"), ("lmhash",)),
    **dict.fromkeys(("phpass", "phpassmd5", "portable"), ("phpass",)),
    "md5crypt": ("md5_crypt",),
    "sha256crypt": ("sha256_crypt",),
    "sha512crypt": ("sha512_crypt",),
    "aspnetidentity": ("aspnet_identity_v3", "aspnet_identity_v2"),
    "scrypt": ("scrypt_raw", "firebase_scrypt", "scrypt_phc", "werkzeug", "lucia_scrypt"),
    **dict.fromkeys(
        ("pbkdf2", "pbkdf2sha1", "pbkdf2sha256", "pbkdf2sha512"),
        ("pbkdf2_raw", "django_pbkdf2_sha256", "spring_pbkdf2", "pbkdf2_passlib"),
    ),
    **dict.fromkeys(
        ("hmac", "hmacsha1", "hmacsha256", "hmacsha512"), ("hmac", "aspnet_membership")
    ),
}
REFUSED: Mapping[str, str] = {
    "whirlpool": "OpenSSL 3 dropped it, and no maintained library computes it",
    "tiger": "no maintained library computes it",
    "haval": "no maintained library computes it",
    "snefru": "no maintained library computes it",
    "gost": "no maintained library computes it",
    "kerberos": "the password is verified by Kerberos, and its key kept elsewhere",
    "sasl": "the password is verified by SASL, and its hash kept elsewhere",
    "srp": "a verifier of SRP is not made to verify a password that was typed",
}
WAYS_OUT = "Choose a password preset or a format on the mapping page"


def read_label(
    value: str, label: str, params: Mapping[str, object]
) -> tuple[str, Mapping[str, object]]:
    """Return the format that a label means for a value, and the parameters with what it says.

    Empty where the value says its format itself, or where the label names a digest, which is then
    among the parameters. The label stays where it does not tell.
    """
    if not label or label in FORMATS:
        return label, params
    if find_stated(value):
        return "", params
    folded = fold_label(label)
    if known := next((each for each in FORMATS if fold_label(each) == folded), ""):
        return known, params
    try:
        return "", {ALGORITHM: read_digest_name(folded), **params}
    except HashFormatError:
        meant = MEANINGS.get(folded, ())
    fitting = [each for each in meant if is_readable_as(value, each, params)]
    return (fitting[0] if len(fitting) == 1 else label), params


def is_label_of(label: str, format_id: str) -> bool:
    """Return whether a label can mean the format that a value has been read in."""
    folded = fold_label(label)
    if folded == fold_label(format_id) or format_id in MEANINGS.get(folded, ()):
        return True
    try:
        return format_id == DIGEST and bool(read_digest_name(folded))
    except HashFormatError:
        return False


def explain_label(label: str) -> str:
    """Say why a label tells no format."""
    folded = fold_label(label)
    if reason := next((why for name, why in REFUSED.items() if folded.startswith(name)), ""):
        return f"Hashes of “{label}” cannot be verified here: {reason}."
    meant = [FORMATS[each] for each in MEANINGS.get(folded, ())]
    if len(meant) > 1:
        systems = "; ".join(f"{each.label} ({each.emitted_by.split(',')[0]})" for each in meant)
        return f"Systems mean different functions by “{label}”: {systems}. {WAYS_OUT}."
    if meant:
        return f"The value cannot be read as “{label}” ({meant[0].label}). {WAYS_OUT}."
    return f"“{label}” is not the name of a password format. {WAYS_OUT}."


def fold_label(label: str) -> str:
    return re.sub(r"[\W_]", "", label.casefold())
