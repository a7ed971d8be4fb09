"""Turn the bytes of a file into text without ever failing on a damaged byte."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from imports.core.errors import FileFormatError
from imports.core.problems import Problem

BLOCK_SIZE = 1 << 18
BOM = "\ufeff"
# Offered for choice; each keeps damaged bytes as lone surrogates, from which they are reported.
ENCODINGS = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "windows-1252",
    "iso-8859-1",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
)
SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def read_text(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield the text from the start of the file, without its byte order mark.

    A byte that is not valid in the encoding becomes a lone surrogate (PEP 383).
    """
    decoder = make_decoder(encoding)
    file.seek(0)
    at_start = True
    while block := file.read(BLOCK_SIZE):
        if text := decoder.decode(block):
            yield text.removeprefix(BOM) if at_start else text
            at_start = False
    if rest := finish_decoding(decoder):
        yield rest


def make_decoder(encoding: str) -> codecs.IncrementalDecoder:
    """Return a decoder that keeps what is damaged; raise FileFormatError for an unknown name."""
    if encoding not in ENCODINGS:
        detail = f"there is no such encoding here; known are {', '.join(ENCODINGS)}"
        params = {"encoding": encoding, "detail": detail}
        raise FileFormatError(Problem("file_wrong_encoding", params=params))
    errors = "surrogatepass" if encoding.startswith("utf-16") else "surrogateescape"
    return codecs.getincrementaldecoder(encoding)(errors)


def finish_decoding(decoder: codecs.IncrementalDecoder) -> str:
    """Return what is left of a character that the end of the file cut in two."""
    pending, _ = decoder.getstate()
    return pending.decode("ascii", "surrogateescape")


def read_utf8(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield the file as UTF-8 without its byte order mark; damaged bytes stay as they are."""
    if encoding != "utf-8":
        for text in read_text(file, encoding):
            yield encode_damaged(text)
        return
    file.seek(0)
    block = file.read(BLOCK_SIZE).removeprefix(codecs.BOM_UTF8)
    while block:
        yield block
        block = file.read(BLOCK_SIZE)


def encode_damaged(text: str) -> bytes:
    """Return the text in UTF-8, with lone surrogates as the bytes they stand for."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def is_damaged(text: str) -> bool:
    """Return whether some bytes of the text could not be decoded."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def repair(text: str) -> str:
    """Return the text with a replacement character for each damaged byte."""
    return SURROGATE.sub(REPLACEMENT, text)


def describe_damage(row: str, encoding: str, column: str = "") -> Problem:
    """Return the problem of the first damaged byte in the text of a row that has one."""
    found = SURROGATE.search(row)
    position = found.start() if found else 0
    code = ord(row[position])
    byte = code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code
    name = encoding.upper() if encoding.startswith("utf") else encoding
    params = {"encoding": name, "byte": f"0x{byte:02X}", "position": position + 1}
    return Problem("invalid_encoding", column=column, params=params)
