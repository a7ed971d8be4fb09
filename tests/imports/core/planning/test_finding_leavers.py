"""The plan for a missing user, and what speaks against taking a file for everybody."""

import pytest

from accounts.authority import CHANGE_USER, Actor, Authority
from imports.core.planning.leavers import (
    Doubt,
    KeptReason,
    LeaverFacts,
    LeaverStatus,
    decide,
    describe_doubts,
    find_doubts,
)

CLERK = Authority((Actor("clerk", frozenset({CHANGE_USER})),))
SUPERUSER = Authority((Actor("root", is_superuser=True),))
NOBODY = Authority((Actor("root", is_superuser=True), Actor("gone")))


@pytest.mark.parametrize(
    ("facts", "authority", "status", "reason"),
    [
        (LeaverFacts(), CLERK, LeaverStatus.DISABLED, None),
        (LeaverFacts(is_active=False, is_protected=True), CLERK, LeaverStatus.INACTIVE, None),
        (LeaverFacts(is_protected=True), SUPERUSER, LeaverStatus.KEPT, KeptReason.PROTECTED),
        (LeaverFacts(is_later=True), SUPERUSER, LeaverStatus.KEPT, KeptReason.IMPORTED_LATER),
        (LeaverFacts(is_linked=True), SUPERUSER, LeaverStatus.KEPT, KeptReason.OTHER_SOURCE),
        (LeaverFacts(), NOBODY, LeaverStatus.KEPT, KeptReason.MAY_NOT_CHANGE),
        (LeaverFacts(permissions="a.b"), CLERK, LeaverStatus.KEPT, KeptReason.MORE_POWERFUL),
        (LeaverFacts(permissions="a.b"), SUPERUSER, LeaverStatus.DISABLED, None),
    ],
)
def test_missing_user_is_disabled_unless_something_keeps_them(
    facts: LeaverFacts,
    authority: Authority,
    status: LeaverStatus,
    reason: KeptReason | None,
) -> None:
    assert decide(facts, authority, with_linked=False) == (status, reason)


def test_linked_user_is_disabled_where_they_are_meant() -> None:
    found = decide(LeaverFacts(is_linked=True), CLERK, with_linked=True)

    assert found == (LeaverStatus.DISABLED, None)


@pytest.mark.parametrize(("missing", "expected"), [(20, []), (21, [Doubt.MANY_MISSING])])
def test_more_than_a_fifth_is_a_doubt(missing: int, expected: list[Doubt]) -> None:
    found = find_doubts(signs=[], unknown_rows=0, missing=missing, users=100, is_named=True)

    assert list(found) == expected


def test_every_doubt_has_a_sentence_in_the_order_of_gravity() -> None:
    doubts = list(
        find_doubts(signs=["“next” is filled"], unknown_rows=2, missing=9, users=9, is_named=False)
    )
    said = describe_doubts(
        doubts, signs=["“next” is filled"], unknown_rows=2, missing=9, users=9, source="generic"
    )

    assert doubts == [*list(Doubt)[:2], Doubt.SOURCE_UNNAMED, Doubt.MANY_MISSING]
    assert len(said) == len(doubts)
    assert "“next” is filled" in said[0]
