"""By what records of a file can be told to be one person's."""

from __future__ import annotations

import pytest

from imports.core.mapping.rules import Mapping, Rule
from imports.core.mapping.ties import list_possible_ties
from imports.core.records.keys import PROVEN, VOUCHED


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([], set()),
        (["profile.email"], set()),
        (["profile.email_verified"], {PROVEN}),
        (["profile.emails"], {PROVEN}),
        (["authenticators.external_logins"], {VOUCHED}),
        (["profile.email_verified", "authenticators.external_logins"], {PROVEN, VOUCHED}),
    ],
    ids=["nothing", "address", "verified", "addresses", "logins", "both"],
)
def test_only_what_a_mapping_can_fill_ties_records(targets: list[str], expected: set[str]) -> None:
    mapping = Mapping(rules=[Rule(source=target, target=target) for target in targets])

    assert list_possible_ties(mapping) == expected


def test_records_as_they_are_imported_can_have_every_tie() -> None:
    assert list_possible_ties(Mapping(provider="native")) == {PROVEN, VOUCHED}
