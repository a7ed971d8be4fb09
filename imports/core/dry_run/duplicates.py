"""Find which of many millions of digests may occur more than once, without holding them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable

DIGEST_BYTES = 16
# The first eight bytes of a digest, its head, as a number.
HEAD_BITS = 64
# Digests looked at in one reading of them all: for these the table takes 64 MB.
HELD = 1 << 24
# Bits of the table for each digest: one in 64 of those that occur once is taken for repeated.
BITS_EACH = 32


def take_heads(digests: bytes | memoryview) -> array[int]:
    """Return the head of each digest, in their order and this machine's byte order."""
    halves = array("Q")
    halves.frombytes(digests)
    return halves[::2]


def find_repeated(
    read_parts: Callable[[], Iterable[bytes | memoryview]], count: int, held: int = HELD
) -> set[int]:
    """Return the heads of all digests that occur more than once, and of a few that do not.

    `read_parts` yields digests, one after the other; it is called again for each `held` of the
    `count` digests that there are.
    """
    passes = max(1, -(-count // held))
    width = -(-(1 << HEAD_BITS) // passes)
    repeated: set[int] = set()
    for low in range(0, 1 << HEAD_BITS, width):
        high = low + width
        parts: Iterable[Iterable[int]] = map(take_heads, read_parts())
        if passes > 1:
            parts = ([head for head in part if low <= head < high] for part in parts)
        repeated |= _find_met_twice(parts, min(count, held))
    return repeated


def _find_met_twice(parts: Iterable[Iterable[int]], count: int) -> set[int]:
    """Return the heads whose bit in a table, sized for so many, was set by an earlier one."""
    table = bytearray(1 << max(1, (count * BITS_EACH // 8).bit_length()))
    last = len(table) - 1
    twice: set[int] = set()
    for part in parts:
        for head in part:
            # Not by the first bits: in each of several readings these are nearly the same.
            place, bit = (head >> 3) & last, 1 << (head & 7)
            if table[place] & bit:
                twice.add(head)
            else:
                table[place] |= bit
    return twice
