"""yescrypt and gost-yescrypt, the default of today's Linux, through the system's libcrypt."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from accounts.hashing.contract import Bound, Format, Likelihood, ParsedHash
from accounts.hashing.costs import YESCRYPT, Cost
from accounts.hashing.encodings import Password, encode_password
from accounts.hashing.errors import HashFormatError
from accounts.hashing.libcrypt import compute_crypt, require_libcrypt

SOURCE = "https://www.openwall.com/yescrypt/ and crypt(5) of libxcrypt"
ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TEXT = re.compile(r"\$(g?y)\$([./0-9A-Za-z]{3,24})\$([./0-9A-Za-z]{0,86})\$[./0-9A-Za-z]{43}")
NAMES = {"y": "yescrypt", "gy": "gost-yescrypt"}
# Which further numbers follow N and r, by the bit that says so, each with its least value.
FURTHER = ((1, "p", 2), (2, "t", 1), (4, "g", 1), (8, "rom", 1))


@dataclass(frozen=True, repr=False)
class Yescrypt(ParsedHash):
    name: str
    text: str
    n: int
    r: int
    p: int
    t: int

    bounds = (
        # libxcrypt writes N = 4096 and r = 32 unless told otherwise; its least is N = 1024, r = 8.
        Bound("n", 4, 2**63, SOURCE, weak_below=2**12),
        Bound("r", 1, 2**30 - 1, SOURCE),
        Bound("p", 1, 2**30 - 1, SOURCE),
        Bound("t", 0, 2**30 - 1, SOURCE),
    )
    cost_formula = f"n * r * p * (1 + t) * {YESCRYPT} µs; 128 * n * r * p bytes of memory"

    def summarize(self) -> dict[str, str | int]:
        return {"scheme": self.name, "n": self.n, "r": self.r, "p": self.p, "t": self.t}

    def estimate(self, password_bytes: int) -> Cost:
        blocks = self.n * self.r * self.p
        return Cost(blocks * (1 + self.t) * YESCRYPT / 1e6, blocks // 8)

    def matches(self, password: Password) -> bool:
        computed = compute_crypt(encode_password(password), self.text)
        return computed is not None and hmac.compare_digest(computed, self.text.encode())


def parse_yescrypt(text: str) -> Yescrypt:
    """Read `$y$<parameters>$<salt>$<hash>`; `$gy$` puts an HMAC of GOST 34.11-2012 around it."""
    match = TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $y$ or $gy$ text of parameters, salt and hash")
    name = NAMES[match[1]]
    _, exponent, r, *rest = read_numbers(match[2])
    further = dict.fromkeys(("p", "t", "g", "rom"), 0)
    further.update(read_further(rest))
    if further["g"] or further["rom"]:
        raise HashFormatError("yescrypt with a ROM or with g cannot be computed here")
    require_libcrypt()
    return Yescrypt(name, text, 1 << exponent, r, further["p"] or 1, further["t"])


def read_numbers(text: str) -> list[int]:
    """Return what the parameters say: flags, log2 N, r, and what else there is.

    A number has one character up to 47, and the more the higher its first one is beyond.
    """
    least = (0, 1, 1, 1)
    numbers: list[int] = []
    while text:
        if len(numbers) > len(least) + len(FURTHER):
            raise HashFormatError("the parameters have too many numbers")
        number, text = read_number(text)
        numbers.append(number)
    if len(numbers) < 3 or numbers[1] > 62:
        raise HashFormatError("the parameters lack N or r, or N is too large")
    return [number + (least[at] if at < 4 else 0) for at, number in enumerate(numbers)]


def read_number(text: str) -> tuple[int, str]:
    """Return the number that a text begins with, counted from 0, and the rest of it."""
    lead, rest = ALPHABET.index(text[0]), text[1:]
    start, end, count, number = 0, 47, 0, 0
    while lead > end:
        number += (end + 1 - start) << 6 * count
        start, end, count = end + 1, end + 1 + (62 - end) // 2, count + 1
    if len(rest) < count:
        raise HashFormatError("the parameters end within a number")
    number += (lead - start) << 6 * count
    for place, character in enumerate(rest[:count], 1):
        number += ALPHABET.index(character) << 6 * (count - place)
    return number, rest[count:]


def read_further(numbers: list[int]) -> dict[str, int]:
    if not numbers:
        return {}
    have, *values = numbers
    named = [(name, least) for bit, name, least in FURTHER if have & bit]
    if len(values) != len(named):
        raise HashFormatError("the parameters do not have the numbers that they announce")
    return {name: least + value for (name, least), value in zip(named, values, strict=True)}


FORMATS = (
    Format(
        id="yescrypt",
        label="yescrypt",
        emitted_by="Debian from 11, Ubuntu from 22.04, Fedora from 35, Arch, Kali",
        source=SOURCE,
        hashes=(Yescrypt,),
        parse=parse_yescrypt,
        shape=re.compile(r"\$y\$.*"),
        likelihood=Likelihood.NAMED,
        notes="Needs libxcrypt, the libcrypt of Debian, Ubuntu, Fedora and others. Where workers "
        "lack it, the records say so. Alpine Linux and macOS do not have it.",
    ),
    Format(
        id="gost_yescrypt",
        label="gost-yescrypt",
        emitted_by="ALT Linux, 389 Directory Server",
        source=SOURCE,
        hashes=(Yescrypt,),
        parse=parse_yescrypt,
        shape=re.compile(r"\$gy\$.*"),
        likelihood=Likelihood.NAMED,
        notes="Needs libxcrypt, like yescrypt.",
    ),
)
