"""Digests that occur more than once are found, whatever the parts and passes."""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from imports.core.dry_run.duplicates import DIGEST_BYTES, find_repeated, take_heads


def make_digests(numbers: Iterable[int]) -> bytes:
    return b"".join(
        blake2b(str(number).encode(), digest_size=DIGEST_BYTES).digest() for number in numbers
    )


@given(
    st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=8),
    st.integers(1, 40),
)
def test_what_occurs_twice_in_a_part_or_in_two_is_found_in_any_number_of_passes(
    parts: list[list[int]], held: int
) -> None:
    packed = [make_digests(part) for part in parts]

    found = find_repeated(lambda: packed, sum(map(len, parts)), held)

    counts = Counter(number for part in parts for number in part)
    repeated = make_digests(number for number, count in counts.items() if count > 1)
    assert set(take_heads(repeated)) <= found <= set(take_heads(b"".join(packed)))


def test_first_and_last_of_all_heads_are_looked_at_in_several_passes() -> None:
    digests = bytes(DIGEST_BYTES) + b"\xff" * DIGEST_BYTES

    assert find_repeated(lambda: [digests, digests], 4, held=1) == {0, 2**64 - 1}


def test_few_of_those_that_occur_once_are_taken_for_repeated() -> None:
    digests = make_digests(range(10_000))

    for held in (10_000, 1000):
        assert len(find_repeated(lambda: [digests], 10_000, held)) < 500


def test_nothing_is_repeated_among_no_digests() -> None:
    assert find_repeated(lambda: [b""], 0) == set()
