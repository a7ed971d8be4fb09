"""The census of passwords: what is counted together, and that parts add up to the whole."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from imports.core.records.password_summary import MAX_KINDS, Census, Kind, Reason

kinds = st.builds(
    Kind,
    st.sampled_from(["bcrypt", "digest"]),
    st.lists(st.tuples(st.sampled_from(["cost", "rounds"]), st.text(max_size=3)), max_size=2).map(
        tuple
    ),
    st.booleans(),
)
reasons = st.builds(Reason, st.sampled_from(["hash_invalid", "hash_too_costly"]), st.text())
counts = st.integers(0, 1000)
censuses = st.builds(
    Census,
    st.dictionaries(kinds, st.integers(1, 99)).map(Counter),
    st.dictionaries(reasons, st.integers(1, 99)).map(Counter),
    counts,
    counts,
    counts,
)


def count_all(census: Census) -> int:
    counted = census.kinds.total() + census.unusable.total()
    return counted + census.plain + census.absent + census.unknown


@given(censuses)
def test_a_census_survives_being_stored(census: Census) -> None:
    assert Census.from_json(json.loads(json.dumps(census.to_json()))) == census


@given(st.lists(censuses))
def test_parts_add_up_to_the_whole(parts: list[Census]) -> None:
    whole = Census()
    for part in parts:
        whole.add(part)

    assert count_all(whole) == sum(map(count_all, parts))


def test_a_format_of_countless_costs_is_counted_together_in_the_end() -> None:
    census = Census()
    for rounds in range(5 * MAX_KINDS):
        part = Census()
        part.kinds[Kind("digest", (("rounds", str(rounds)),), True)] = 1
        census.add(part)

    assert census.kinds[Kind("digest", (), True)] == 4 * MAX_KINDS
