"""Zitadel: the salted MD5 of its password library, passwap."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.encodings import read_base64, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, add_salt, make_digest

TEXT = re.compile(r"\$md5salted-(prefix|suffix)\$([^$]*)\$([^$]+)")


def parse_md5_salted(text: str) -> Digest:
    """Read `$md5salted-suffix$<salt>$<hash>`: the salt is used as it is written, undecoded."""
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $md5salted- text of salt and hash")
    join = add_salt(read_text(match[2], "the salt"), match[1])
    return make_digest("md5", read_base64(match[3], "the hash"), join)


FORMATS = (
    Format(
        id="zitadel_md5salted",
        label="Zitadel salted MD5",
        emitted_by="Zitadel",
        source="https://github.com/zitadel/passwap/tree/main/md5salted",
        hashes=(Digest,),
        parse=parse_md5_salted,
        shape=re.compile(r"\$md5salted-.*"),
        likelihood=Likelihood.NAMED,
    ),
)
