"""SAP: the code versions B, F, G and H of USR02, the first three with the user name in them."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood
from accounts.hashing.digests import DIGEST_SIZES, compute_digest, read_digest_name
from accounts.hashing.encodings import read_base64, read_hex, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.digest import Digest, check_digest_size

HASHCAT = "https://hashcat.net/wiki/doku.php?id=example_hashes, modes"
H_TEXT = re.compile(r"\{x-is(sha|sha256|sha384|sha512),\s*([0-9]+)\}(.+)", re.IGNORECASE)
NAMED_TEXT = re.compile(r"([^$]{1,40})\$([0-9A-Fa-f]+)")
LONGEST_B = 8
LONGEST_NAME = 12


def parse_h(text: str) -> Digest:
    """Read `{x-issha, 1024}` and base64 of digest and salt: each round has the password in it."""
    match = H_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not {x-issha, rounds} and a hash")
    name = "sha1" if match[1].lower() == "sha" else read_digest_name(match[1])
    rounds, blob = read_number(match[2], "the number of rounds"), read_base64(match[3])
    expected, salt = blob[: DIGEST_SIZES[name]], blob[DIGEST_SIZES[name] :]
    check_digest_size(name, expected)

    def compute(secret: bytes) -> bytes:
        state = salt
        for _ in range(rounds):
            state = compute_digest(name, secret + state)
        return state

    return Digest(name, expected, compute, rounds, rehashed_salt=0)


def parse_passcode(text: str) -> Digest:
    """Read `<name>$` and SHA-1 of PASSCODE (F and G), or its first 10 bytes and zeros."""
    name, expected = split_name(text)
    size = DIGEST_SIZES["sha1"]
    is_half = len(expected) == size and not any(expected[size // 2 :])
    kept = expected[: size // 2] if is_half else expected
    check_digest_size("sha1", expected)
    salt = read_text(name.upper(), "the name")

    def compute(secret: bytes) -> bytes:
        first = compute_digest("sha1", secret + salt)
        length = 32 + sum(byte % 6 for byte in first[:10])
        offset = sum(byte % 8 for byte in first[10:])
        cut = MAGIC[offset : offset + length]
        return compute_digest("sha1", secret + cut + salt)[: len(kept)]

    return Digest("sha1", kept, compute)


def parse_bcode(text: str) -> Digest:
    """Read `<name>$` and 8 bytes of BCODE (B), of 8 characters of the password in upper case."""
    name, expected = split_name(text)
    if len(expected) != LONGEST_B:
        raise HashFormatError("a hash of code version B has 16 hexadecimal digits")
    salt = transcode(name)

    def compute(secret: bytes) -> bytes:
        word = transcode(secret.decode("utf-8", "surrogateescape"))[:LONGEST_B]
        first = compute_digest("md5", word + salt)
        second = compute_digest("md5", interleave(first, word, salt))
        return bytes(a ^ b for a, b in zip(second[:8], second[8:], strict=True))

    return Digest("md5", expected, compute)


def split_name(text: str) -> tuple[str, bytes]:
    match = NAMED_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a name, a dollar sign and hexadecimal digits")
    # The name is filled up with spaces in some dumps.
    return match[1].rstrip(), read_hex(match[2], "the hash")


def transcode(text: str) -> bytes:
    """Return a text in SAP's own code, in which it knows upper case, digits and some signs."""
    return bytes(CODES.get(character, 0xFF) for character in text.upper())


def interleave(digest: bytes, word: bytes, salt: bytes) -> bytes:
    """Return password, name and the constants of B one after another, as `digest` says."""
    length = sum(digest[at] & 3 for at in (0, 1, 2, 3, 5)) | 0x20
    mixed = bytearray()
    words, salts = iter(enumerate(word)), iter(salt)
    taken = 0
    while len(mixed) < length:
        if (pair := next(words, None)) is not None:
            if digest[15 - pair[0]] & 1:
                mixed.append(CONSTANTS[47 - pair[0]])
            mixed.append(pair[1])
            taken += 1
        if (byte := next(salts, None)) is not None:
            mixed.append(byte)
            taken += 1
        mixed.append(CONSTANTS[len(mixed) - taken])
        # A zero follows each constant.
        mixed.append(0)
    return bytes(mixed[:length])


# The tables of SAP's kernel, as in tools/test_modules/m07700.pm and m07800.pm of hashcat.
CODES = dict(
    zip(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]_`{|}~",
        bytes.fromhex(
            "3f4041504344454b47484d4e54515346"
            "35363738393a3b3c3d3e56555c495d4a"
            "420102030405060708090a0b0c0d0e0f101112131415161718191a58"
            "5b59524c575e5a4f"
        ),
        strict=True,
    )
)
CONSTANTS = bytes.fromhex(
    "1477f3d4bb7123d003ff479355aa6691f2886b99bfcb321a19d9a7822249a251"
    "e2b733718b9f5d014470ae11ef28f00d"
)
MAGIC = bytes.fromhex(
    "91ac51149f67544324e73be028747bc2863313eb5a4fcb5c080a73370e5d1c2f"
    "338fe6e5f89baedd16f24b8d2ce1d4dcb0cbdf9dd4706d17f94d423f9b1b1194"
    "9f5bc19b06059d039d5e138a1e9a6ae8d97c141758c72af6a199630ad7fd70c3"
    "f65e741303c90b042698f7268a929325b0a20d23ed63796d1332fa3c35029aa3"
    "b3dd8e0a24bf51c37ccd559f37af944c29085282b23b4e379f170791113bfdcd"
)

FORMATS = (
    Format(
        id="sap_codvn_h",
        label="SAP, code version H",
        emitted_by="SAP NetWeaver (USR02.PWDSALTEDHASH)",
        source=f"{HASHCAT} 10300 and 34100",
        hashes=(Digest,),
        parse=parse_h,
        shape=re.compile(r"(?i:\{x-issha)\d*,.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="sap_codvn_fg",
        label="SAP, code versions F and G",
        emitted_by="SAP NetWeaver (USR02.PASSCODE)",
        source=f"{HASHCAT} 7800 and 7801",
        hashes=(Digest,),
        parse=parse_passcode,
        shape=re.compile(r"[^$:|,{}]{1,40}\$[0-9A-F]{40}"),
        likelihood=Likelihood.MARKED,
        notes="The value is the name, a dollar sign and PASSCODE.",
    ),
    Format(
        id="sap_codvn_b",
        label="SAP, code version B",
        emitted_by="SAP (USR02.BCODE)",
        source=f"{HASHCAT} 7700 and 7701",
        hashes=(Digest,),
        parse=parse_bcode,
        shape=re.compile(r"[^$:|,{}]{1,40}\$[0-9A-F]{16}"),
        likelihood=Likelihood.MARKED,
        notes="The value is the name, a dollar sign and BCODE. Ignores case and everything after 8 "
        "characters.",
    ),
)
