"""Find what the hashes of one format and cost begin with: they are all read, or refused, alike.

A file has thousands of hashes and few kinds of them. Where the head of one is known, one of them
need be looked at for all; of any other hash nothing is said here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# In the order of base64 and of bcrypt's own alphabet: after which characters no bits are left over.
FOUR_BITS_LEFT, TWO_BITS_LEFT = "AQgw", "AEIMQUYcgkosw048"
BCRYPT_ENDS = ".CGKOSWaeimquy26"
# By format, with all on which it depends whether a hash is read in a group, or told by the length:
# of ASP.NET Identity the function, its rounds and the length of the salt, of Keycloak all but the
# secret, which is of 32 or 64 bytes and a salt of 16.
HEADS = {
    "aspnet_identity_v3": re.compile(
        r"(AQAAAA[A-Za-z0-9+/]{12})[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{4})*"
        rf"(?:[A-Za-z0-9+/]{{4}}|[A-Za-z0-9+/]{{2}}[{TWO_BITS_LEFT}]="
        rf"|[A-Za-z0-9+/][{FOUR_BITS_LEFT}]==)"
    ),
    "bcrypt": re.compile(rf"(\$2[aby]\$[0-9]{{2}}\$)[./A-Za-z0-9]{{52}}[{BCRYPT_ENDS}]"),
    "django_pbkdf2_sha256": re.compile(
        r"(pbkdf2_sha256\$[0-9]{1,8}\$)[A-Za-z][A-Za-z0-9]{11,63}\$"
        rf"[A-Za-z0-9+/]{{42}}[{TWO_BITS_LEFT}]="
    ),
    "keycloak": re.compile(
        rf'\{{"secretData":\{{"value":"(?:[A-Za-z0-9+/]{{42}}[{TWO_BITS_LEFT}]='
        rf'|[A-Za-z0-9+/]{{85}}[{FOUR_BITS_LEFT}]==)",'
        rf'"salt":"[A-Za-z0-9+/]{{21}}[{FOUR_BITS_LEFT}]=="(?:,"additionalParameters":\{{\}})?\}},'
        r'("credentialData":\{[ -z|~]{2,200}(?:\{[ -z|~]{0,300}\})?\}\})'
    ),
}


class Head(NamedTuple):
    """What a hash begins with, or ends with, beside its secret, and how long it is."""

    format_id: str
    text: str
    length: int


def find_head(value: str) -> Head | None:
    """Return the head of a hash; None for one of which nothing can be said by its head."""
    for format_id, pattern in HEADS.items():
        if found := pattern.fullmatch(value):
            return Head(format_id, found[1], len(value))
    return None
