"""WoltLab Suite and Burning Board: the name of a function, a colon, and its text."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from functools import partial

import bcrypt

from accounts.hashing.contract import NEVER, Format, Likelihood, ParsedHash
from accounts.hashing.costs import BCRYPT, Cost
from accounts.hashing.encodings import Password, read_hex, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import (
    DIGEST_WRITERS,
    MAXIMUM_PASSWORD,
    SHAPE,
    Bcrypt,
    parse_bcrypt,
    write_digest,
)
from accounts.hashing.families.digest import Digest, make_digest
from accounts.hashing.families.forums import hex_md5, hex_sha1, put_before, put_behind
from accounts.hashing.families.phpass import Phpass, parse_phpass

ALGORITHMS = (
    "https://github.com/WoltLab/WCF/tree/6.0/wcfsetup/install/files/lib/system/user/"
    "authentication/password/algorithm"
)
Arrange = Callable[[bytes, bytes], bytes]


class DoubleBcrypt(Bcrypt):
    """bcrypt of the text that bcrypt makes of the password with the same salt."""

    cost_formula = f"2 * 2^cost * {BCRYPT:g} µs"

    def estimate(self, password_bytes: int) -> Cost:
        return Cost(2 * super().estimate(password_bytes).seconds)

    def matches(self, password: Password) -> bool:
        setting = f"${self.variant}${self.cost:02}${self.salt}"
        expected = f"{setting}{self.checksum}".encode()
        inner = hash_once(self.prepare(password), setting)
        return hmac.compare_digest(hash_once(inner, setting), expected)


def hash_once(secret: bytes, setting: str) -> bytes:
    """Return the text that crypt(3) makes, which keeps the variant that it was given."""
    modern = f"$2b${setting.split('$', 2)[2]}"
    text = bcrypt.hashpw(secret[:MAXIMUM_PASSWORD], modern.encode())
    return setting.encode() + text[len(modern) :]


def parse_double_bcrypt(text: str) -> DoubleBcrypt:
    once = parse_bcrypt(text)
    return DoubleBcrypt(once.variant, once.cost, once.salt, once.checksum)


def parse_salted(text: str, *, digest: str, arrange: Arrange) -> Digest:
    """Read `<hash>:<salt>`; without a colon the salt is empty."""
    expected, _, salt = text.partition(":")
    return make_digest(
        digest, read_hex(expected, "the hash"), partial(arrange, read_text(salt, "the salt"))
    )


def parse_either(text: str) -> Digest:
    """Read the MD5 or, of later versions, SHA-1 of Burning Board 2, which its length tells."""
    return parse_salted(text, digest="md5" if len(text) == 32 else "sha1", arrange=exclude)


def exclude(salt: bytes, secret: bytes) -> bytes:
    return secret


def hash_salted(salt: bytes, secret: bytes) -> bytes:
    return salt + hex_sha1(salt + hex_sha1(secret))


def parse_configured(name: str, text: str) -> Digest:
    """Read `wcf1e`, function, whether it salts, salt after or before, whether it hashes before."""
    function, salts, position, hashes_first = tuple(name.removeprefix("wcf1e"))
    digest, write = ("md5", hex_md5) if function == "m" else ("sha1", hex_sha1)

    def arrange(salt: bytes, secret: bytes) -> bytes:
        if salts == "0":
            return salt + write(secret)
        inner = write(secret) if hashes_first == "1" else secret
        joined = put_before(salt, inner) if position == "b" else put_behind(salt, inner)
        return salt + write(joined)

    return parse_salted(text, digest=digest, arrange=arrange)


def drop_end(text: str) -> str:
    """Return what stands before the colon behind which an importer has kept an empty salt."""
    return text.partition(":")[0]


def put_md5_before(salt: bytes, secret: bytes) -> bytes:
    return hex_md5(secret) + salt


def join_md5(salt: bytes, secret: bytes) -> bytes:
    return hex_md5(salt) + hex_md5(secret)


hash_md5_hex = partial(write_digest, "md5", DIGEST_WRITERS["hex"])
parse_vbulletin = partial(parse_salted, digest="md5", arrange=put_md5_before)
parse_mybb = partial(parse_salted, digest="md5", arrange=join_md5)
parse_joomla = partial(parse_salted, digest="md5", arrange=put_behind)

PARSERS: dict[str, Callable[[str], ParsedHash]] = {
    "argon2": parse_argon2,
    "bcrypt": parse_bcrypt,
    "doublebcrypt": parse_double_bcrypt,
    "wcf2": parse_double_bcrypt,
    "wcf1": partial(parse_salted, digest="sha1", arrange=hash_salted),
    "wbb2": parse_either,
    "phpass": lambda text: parse_phpass(drop_end(text)),
    "phpbb3": lambda text: parse_phpass(drop_end(text)),
    "ipb2": parse_vbulletin,
    "ipb3": parse_mybb,
    "joomla1": parse_joomla,
    "joomla2": parse_joomla,
    "mybb1": parse_mybb,
    "smf2": partial(parse_salted, digest="sha1", arrange=put_before),
    "vb3": parse_vbulletin,
    "vb4": parse_vbulletin,
    "vb5": parse_vbulletin,
    "vb5bcrypt": partial(parse_bcrypt, prepare=hash_md5_hex),
}
CONFIGURED = r"wcf1e[ms][01][ab][01]"
TEXT = re.compile(rf"(?i:({'|'.join(PARSERS)}|{CONFIGURED})):(.+)")


JOHN_TEXT = re.compile(r"\$wbb3\$\*1\*([0-9a-f]+)\*([0-9a-f]{40})")


def parse_woltlab(text: str) -> ParsedHash:
    if john := JOHN_TEXT.fullmatch(text):
        return PARSERS["wcf1"](f"{john[2]}:{john[1]}")
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a known function name, a colon and a hash")
    name, rest = match[1].lower(), match[2]
    parse = PARSERS.get(name) or partial(parse_configured, name)
    return parse(rest)


FORMATS = (
    Format(
        id="woltlab",
        label="WoltLab Suite",
        emitted_by="WoltLab Suite from 5.4, and what it has imported from other forums",
        source=ALGORITHMS,
        hashes=(Bcrypt, DoubleBcrypt, Argon2, Digest, Phpass),
        parse=parse_woltlab,
        # OTRS has a number behind the same name.
        shape=re.compile(rf"(?!BCRYPT:\d{{1,2}}:){TEXT.pattern}|{JOHN_TEXT.pattern}"),
        likelihood=Likelihood.NAMED,
        notes=f"Names in any case: {', '.join(PARSERS)}, and wcf1e with its four settings.",
    ),
    Format(
        id="woltlab_double_bcrypt",
        label="WoltLab Burning Board 4 and Suite before 5.4",
        emitted_by="WoltLab Burning Board 4, WoltLab Suite 3 to 5.3",
        source=f"{ALGORITHMS}/DoubleBcrypt.class.php",
        hashes=(DoubleBcrypt,),
        parse=parse_double_bcrypt,
        shape=SHAPE,
        likelihood=Likelihood.MARKED,
        notes="The value looks the same as bcrypt of the password itself.",
        formula="bcrypt of the text of bcrypt, with the same salt",
        # Only other columns of its table give it away.
        shared=NEVER,
    ),
)
