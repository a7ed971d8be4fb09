"""Any crypt(3) text, as LDAP and shadow files hold it, and the names of Kratos for some."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from accounts.hashing.contract import NEVER, Format, Likelihood, ParsedHash
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.crypt import (
    MANUAL,
    CryptText,
    DesCrypt,
    Md5Crypt,
    ShaCrypt,
    parse_apr_md5_crypt,
    parse_bsdi,
    parse_des,
    parse_md5_crypt,
    parse_sha256_crypt,
    parse_sha512_crypt,
)
from accounts.hashing.families.digest import Digest
from accounts.hashing.families.scrypt import Scrypt, parse_seven
from accounts.hashing.families.unix_crypt import (
    BIGCRYPT_TEXT,
    LongDesCrypt,
    Sha1Crypt,
    SunMd5Crypt,
    parse_bigcrypt,
    parse_nt,
    parse_sha1_crypt,
    parse_sun_md5,
)
from accounts.hashing.families.yescrypt import Yescrypt, parse_yescrypt

# By the start of the text, in which one mark may begin with another: the longer comes first.
PARSERS: dict[str, Callable[[str], ParsedHash]] = {
    "$2": parse_bcrypt,
    "$1$": parse_md5_crypt,
    "$apr1$": parse_apr_md5_crypt,
    "$5$": parse_sha256_crypt,
    "$6$": parse_sha512_crypt,
    "$sha1$": parse_sha1_crypt,
    "$md5": parse_sun_md5,
    "$y$": parse_yescrypt,
    "$gy$": parse_yescrypt,
    "$7$": parse_seven,
    "$3$": parse_nt,
    "_": parse_bsdi,
}
CRYPT_HASHES: tuple[type[ParsedHash], ...] = (
    Bcrypt,
    ShaCrypt,
    Md5Crypt,
    DesCrypt,
    LongDesCrypt,
    Sha1Crypt,
    SunMd5Crypt,
    Yescrypt,
    Scrypt,
    Digest,
)


def parse_any(text: str) -> ParsedHash:
    """Read any crypt(3) text, of which the mark or the length tells the function."""
    for mark, parse in PARSERS.items():
        if text.startswith(mark):
            return parse(text)
    if text.startswith("$"):
        raise HashFormatError("this crypt scheme is not supported")
    return parse_bigcrypt(text) if BIGCRYPT_TEXT.fullmatch(text) else parse_des(text)


def parse_renamed(text: str, *, name: str, mark: str) -> ParsedHash:
    """Read a text in which Kratos has put a long name where crypt(3) has a number."""
    if not text.startswith(f"${name}$"):
        raise HashFormatError(f"the value does not start with ${name}$")
    return parse_any(text.replace(name, mark, 1))


def declare_kratos(name: str, mark: str, parsed: type[CryptText]) -> Format:
    return Format(
        id=f"kratos_{name.replace('-', '_')}",
        label=f"{name} of Ory Kratos",
        emitted_by="Ory Kratos",
        source="https://github.com/ory/kratos/blob/master/hash/hash_comparator.go",
        hashes=(parsed,),
        parse=partial(parse_renamed, name=name, mark=mark),
        shape=re.compile(rf"\${name}\$.*"),
        likelihood=Likelihood.NAMED,
    )


FORMATS = (
    Format(
        id="any_crypt",
        label="crypt(3)",
        emitted_by="shadow files and other columns with several of its functions",
        source=MANUAL,
        hashes=CRYPT_HASHES,
        parse=parse_any,
        shape=NEVER,
        likelihood=Likelihood.MARKED,
        notes="Any function of crypt(3) that has a format of its own here: declare it for a column "
        "with several of them, DES crypt among them.",
    ),
    declare_kratos("md5-crypt", "1", Md5Crypt),
    declare_kratos("sha256-crypt", "5", ShaCrypt),
    declare_kratos("sha512-crypt", "6", ShaCrypt),
)
