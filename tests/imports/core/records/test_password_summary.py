"""The password summary: what is counted together, and that parts add up to the whole."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from imports.core.records.password_summary import MAX_KINDS, Kind, PasswordSummary, Reason

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
password_summaries = st.builds(
    PasswordSummary,
    st.dictionaries(kinds, st.integers(1, 99)).map(Counter),
    st.dictionaries(reasons, st.integers(1, 99)).map(Counter),
    counts,
    counts,
    counts,
)


def count_all(password_summary: PasswordSummary) -> int:
    counted = password_summary.kinds.total() + password_summary.unusable.total()
    return counted + password_summary.plain + password_summary.absent + password_summary.unknown


@given(password_summaries)
def test_a_password_summary_survives_being_stored(password_summary: PasswordSummary) -> None:
    assert (
        PasswordSummary.from_json(json.loads(json.dumps(password_summary.to_json())))
        == password_summary
    )


@given(st.lists(password_summaries))
def test_parts_add_up_to_the_whole(parts: list[PasswordSummary]) -> None:
    whole = PasswordSummary()
    for part in parts:
        whole.add(part)

    assert count_all(whole) == sum(map(count_all, parts))


def test_a_format_of_countless_costs_is_counted_together_in_the_end() -> None:
    password_summary = PasswordSummary()
    for rounds in range(5 * MAX_KINDS):
        part = PasswordSummary()
        part.kinds[Kind("digest", (("rounds", str(rounds)),), True)] = 1
        password_summary.add(part)

    assert password_summary.kinds[Kind("digest", (), True)] == 4 * MAX_KINDS
