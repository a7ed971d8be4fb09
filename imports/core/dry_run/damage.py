"""Find values that a spreadsheet, a wrong encoding or a database driver has made unclear."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from imports.core.dry_run.columns import Cells
from imports.core.problems import of_columns
from imports.core.records.records import SCIENTIFIC

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# “3-2” becomes 02-Mar or 03-Feb, “JUN23” becomes Jun-23.
SHORT_DATE = re.compile(rf"\d{{1,2}}-(?:{'|'.join(MONTHS)})|(?:{'|'.join(MONTHS)})-\d\d")
SHORT_DATE_LENGTH = 6
# Bytes of UTF-8 that were read as Latin-1 or Windows-1252: Ã© for é.
CONTINUATIONS = "".join(
    chr(byte) + bytes([byte]).decode("cp1252", errors="ignore") for byte in range(0x80, 0xC0)
)
MOJIBAKE = re.compile(f"[ÂÃÐÑ][{CONTINUATIONS}]|â[{CONTINUATIONS}]{{2}}")
REPLACEMENT = "\ufffd"
# As the reader of JSON leaves a UUID of MongoDB's old kind.
LEGACY_UUID = re.compile(r'BinData\(3,"[^"]*"\)')

# Lost zeros show only in ids of one length, none of which begins with a zero, where a tenth or so
# is one digit shorter. Numbers that were counted up look alike, but fill their range.
MIN_DIGITS = 6
MIN_NUMBERS = 30
SHORTER_SHARE = (0.03, 0.25)
RANGE_FACTOR = 20
LEADING_ZERO = "0"


def find_damage(cells: Cells) -> Iterator[tuple[str, Cells]]:
    """Yield the problem code of each kind of damage in a column, and the damaged cells."""
    texts = [value for _, value in cells if type(value) is str]
    if not texts:
        return
    joined = "\n".join(texts)
    if "E+" in joined and (hits := _keep(cells, SCIENTIFIC.fullmatch)):
        yield of_columns.COLUMN_SCIENTIFIC.code, hits
    may_have_dates = "-" in joined and min(map(len, texts)) <= SHORT_DATE_LENGTH
    if may_have_dates and (hits := _keep(cells, SHORT_DATE.fullmatch)):
        yield of_columns.COLUMN_SHORT_DATES.code, hits
    if "BinData(3," in joined and (hits := _keep(cells, LEGACY_UUID.fullmatch)):
        yield of_columns.COLUMN_LEGACY_UUIDS.code, hits
    if joined.isascii():
        return
    if hits := _keep(cells, MOJIBAKE.search):
        yield of_columns.COLUMN_MOJIBAKE.code, hits
    if hits := _keep(cells, lambda text: REPLACEMENT in text):
        yield of_columns.COLUMN_REPLACED.code, hits


def _keep(cells: Cells, test: Any) -> Cells:
    return [cell for cell in cells if type(cell[1]) is str and test(cell[1])]


def count_digits(cells: Cells) -> dict[str, list[int]]:
    """Return how many numbers there are of each length, with the first row that has one.

    Empty for a column of other values. Those with a leading zero are counted under LEADING_ZERO.
    """
    if not _is_digits(cells[0][1]) or not _is_digits(cells[-1][1]):
        return {}
    numbers = [(row, value) for row, value in cells if _is_digits(value)]
    first = {len(value): row for row, value in reversed(numbers)}
    counts = Counter(len(value) for _, value in numbers)
    found = {str(length): [count, first[length]] for length, count in counts.items()}
    if zeros := sum(1 for _, value in numbers if value[0] == "0"):
        found[LEADING_ZERO] = [zeros, 0]
    return found


def find_lost_zeros(lengths: Mapping[str, list[int]]) -> tuple[int, int, int]:
    """Return how many numbers seem to have lost a leading zero, the row of one, and the length.

    All zero when none has. `lengths` is what `count_digits` counted in the whole column.
    """
    counts = {int(length): count for length, (count, _) in lengths.items() if length != "0"}
    total = sum(counts.values())
    if total < MIN_NUMBERS or LEADING_ZERO in lengths:
        return 0, 0, 0
    usual = max(counts, key=lambda length: counts[length])
    shorter = sum(count for length, count in counts.items() if length < usual)
    is_one_length = usual == max(counts) and usual >= MIN_DIGITS
    low, high = SHORTER_SHARE
    is_sparse: bool = 10**usual > RANGE_FACTOR * total
    if not (is_one_length and is_sparse and low <= shorter / total <= high):
        return 0, 0, 0
    if str(usual - 1) not in lengths:
        return 0, 0, 0
    return shorter, lengths[str(usual - 1)][1], usual


def _is_digits(value: Any) -> bool:
    return type(value) is str and value.isascii() and value.isdecimal()
