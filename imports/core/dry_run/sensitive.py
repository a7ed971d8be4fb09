"""Find columns that should perhaps not be moved at all: card numbers, national ids, health."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from imports.core.dry_run.columns import Cells

# Values of a column and chunk that are looked at for national ids.
SAMPLE = 50
# Of the values that could be one, the share that has to be one: a tenth passes by chance.
SHARE = 0.6
MIN_HITS = 3
CARD_RUN = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?!\d)")
CARD_LENGTHS = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|2[2-7]"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"6011|64[4-9]|65"), {16, 19}),
    (re.compile(r"35(2[89]|[3-8])"), {16, 19}),
    (re.compile(r"3(0[0-5]|[689])"), {14}),
)
# It has no checksum, so only its dashes tell it from any other number.
US_NAME = "US social security number"
US_NUMBER = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}")
# Special categories of personal data, GDPR Article 9, by what columns are called.
SPECIAL_NAME = re.compile(
    r"health|medic(?!i$)|diagnos|illness|disease|disabilit|allerg|blood|patient|icd.?10|pregnan"
    r"|religio|ethnic|\brace\b|sexual|trade.?union|gesundheit|krankheit|blutgruppe|konfession"
    r"|sant[eé]\b|maladie|salud|enfermedad",
    re.IGNORECASE,
)


def find_cards(cells: Cells) -> tuple[Cells, int]:
    """Return the cells that hold a payment card number, and how many could by their length."""
    hits: Cells = []
    candidates = 0
    for row, value in cells:
        text = value if type(value) is str else str(value) if type(value) is int else ""
        if len(text) >= 13 and (runs := CARD_RUN.findall(text)):
            candidates += 1
            if any(is_card(re.sub(r"[ -]", "", run)) for run in runs):
                hits.append((row, value))
    return hits, candidates


def is_card(digits: str) -> bool:
    """Return whether the digits are a card number: known prefix, its length, Luhn's checksum."""
    return any(
        prefix.match(digits) and len(digits) in lengths for prefix, lengths in CARD_LENGTHS
    ) and is_luhn(digits)


def is_luhn(digits: str) -> bool:
    """Return whether the last digit is the checksum of the others (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def find_national_ids(cells: Cells) -> tuple[dict[str, int], int]:
    """Return how many of the first cells are an id of each country, and how many were looked at."""
    hits: dict[str, int] = {}
    sample = cells[:SAMPLE]
    for _, value in sample:
        if US_NUMBER.fullmatch(str(value)):
            hits[US_NAME] = hits.get(US_NAME, 0) + 1
        text = re.sub(r"[ .\-/]", "", str(value)).upper()
        for name, (pattern, check) in NATIONAL_IDS.items():
            if pattern.fullmatch(text) and check(text):
                hits[name] = hits.get(name, 0) + 1
    return hits, len(sample)


def _weighted(weights: tuple[int, ...], text: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, text, strict=False))


def is_pesel(text: str) -> bool:
    return _weighted((1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), text) % 10 == 0


def is_cpf(text: str) -> bool:
    if len(set(text)) == 1:
        return False
    return all(
        (_weighted(tuple(range(end + 1, 1, -1)), text) * 10) % 11 % 10 == int(text[end])
        for end in (9, 10)
    )


def is_bsn(text: str) -> bool:
    return _weighted((9, 8, 7, 6, 5, 4, 3, 2, -1), text) % 11 == 0


def is_german_tax_id(text: str) -> bool:
    """ISO 7064, MOD 11,10."""
    product = 10
    for digit in text[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(text[10])


def is_french_number(text: str) -> bool:
    number = text[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(text[13:])


def is_dni(text: str) -> bool:
    number = text[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[-1]


# What a sign at an odd place counts, by its place in the alphabet or its digit.
FISCAL_ODD = (
    *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18),
    *(20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
)


def is_fiscal_code(text: str) -> bool:
    places = [int(sign) if sign.isdigit() else ord(sign) - 65 for sign in text[:15]]
    total = sum(
        FISCAL_ODD[place] if index % 2 == 0 else place for index, place in enumerate(places)
    )
    return chr(65 + total % 26) == text[15]


def is_hetu(text: str) -> bool:
    digits = re.sub(r"\D", "", text[:-1])
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31] == text[-1]


def always(text: str) -> bool:
    return True


Check = Callable[[str], Any]
# What is written without spaces, dots, dashes and slashes.
NATIONAL_IDS: dict[str, tuple[re.Pattern[str], Check]] = {
    "Brazilian CPF": (re.compile(r"\d{11}"), is_cpf),
    "British National Insurance number": (
        re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]"),
        always,
    ),
    "Dutch BSN": (re.compile(r"[0-9]\d{8}"), is_bsn),
    "Finnish personal identity code": (
        re.compile(r"[0-3]\d[01]\d{3}[+A-F]?\d{3}[0-9A-Y]"),
        is_hetu,
    ),
    "French social security number": (
        re.compile(r"[12]\d{2}[0-9]{2}(?:\d{2}|2[AB])\d{6}\d{2}"),
        is_french_number,
    ),
    "German tax id": (re.compile(r"[1-9]\d{10}"), is_german_tax_id),
    "Italian fiscal code": (
        re.compile(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]"),
        is_fiscal_code,
    ),
    "Polish PESEL": (re.compile(r"\d{2}[0-9][0-9][0-3]\d{6}"), is_pesel),
    "Spanish DNI or NIE": (re.compile(r"[0-9XYZ]\d{7}[A-Z]"), is_dni),
    "Swedish personal identity number": (
        re.compile(r"(?:19|20)?\d{2}[01]\d[0-3]\d\d{4}"),
        lambda text: is_luhn(text[-10:]),
    ),
}
