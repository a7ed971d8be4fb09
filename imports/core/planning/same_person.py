"""Says which records of a file are one person's by decision, and makes one record of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from imports.core.decisions import Answer, Concern, Decided
from imports.core.decisions.answers import find_choice
from imports.core.decisions.kinds.same_person import APART, JOIN, KIND
from imports.core.records.keys import PROVEN, TIES, VOUCHED, list_ties
from imports.core.records.records import Profile, UserImportRecord
from imports.core.records.targets import ATTRIBUTES, TIMESTAMPS

PartOfRecord = TypeVar("PartOfRecord", bound=BaseModel)
COLUMN = "profile.email"
VALUES = {
    PROVEN: "verified in both rows",
    VOUCHED: "not marked as verified in both rows, but from Google or Apple",
}
# Of these, lists are united, and any no, or any proof, holds.
UNITED = frozenset({"emails", "attributes", "active", "email_verified", "phone_verified"})
SINGLE_VALUES = tuple(
    name
    for name in Profile.model_fields
    if name not in UNITED and f"profile.{name}" not in TIMESTAMPS
)
SINGLE_AUTHENTICATORS = ("password", "totp")
PROPOSALS = {PROVEN: JOIN, VOUCHED: APART}


def decide_tie(tie: str, answers: Mapping[str, Answer]) -> Decided:
    """Return what is decided about records with such a tie."""
    choice = find_choice(answers, KIND.code, COLUMN, VALUES[tie])
    concern = Concern(COLUMN, VALUES[tie], COLUMN, KIND.choice_ids, PROPOSALS[tie])
    return Decided(KIND.code, concern, choice)


def list_joined_ties(answers: Mapping[str, Answer]) -> frozenset[str]:
    """Return by which ties records are joined."""
    return frozenset(tie for tie in TIES if decide_tie(tie, answers).choice == JOIN)


def find_common_tie(first: UserImportRecord, later: UserImportRecord) -> str:
    """Return the strongest tie of two records; empty for none."""
    shared = set(list_ties(first))
    return next((key.kind for key in list_ties(later) if key in shared), "")


def join_records(first: UserImportRecord, later: UserImportRecord) -> UserImportRecord:
    """Return the first record with what the later one adds; a field that both have is the first's.

    Any no disables: what one of the two says of the account holds for the user.
    """
    profile = _fill(first.profile, later.profile)
    if later.profile.active is False:
        profile = profile.model_copy(update={"active": False})
    if later.profile.email_verified and later.profile.email == profile.email:
        profile = profile.model_copy(update={"email_verified": True})
    return first.model_copy(
        update={
            "profile": profile,
            "authenticators": _fill(first.authenticators, later.authenticators),
            "memberships": _fill(first.memberships, later.memberships),
        }
    )


def list_dropped(first: UserImportRecord, later: UserImportRecord) -> list[str]:
    """Return the fields in which a later record has another value than the kept one.

    Dates of what happened are not counted, nor what both records say something of.
    """
    parts = (
        ("profile", first.profile, later.profile, SINGLE_VALUES),
        ("authenticators", first.authenticators, later.authenticators, SINGLE_AUTHENTICATORS),
    )
    pairs = [
        (f"{part}.{name}", getattr(kept, name), getattr(other, name))
        for part, kept, other, names in parts
        for name in names
    ]
    kept = first.profile.attributes
    pairs += [
        (f"{ATTRIBUTES}.{name}", kept.get(name), value)
        for name, value in later.profile.attributes.items()
    ]
    return [path for path, one, other in pairs if None not in (one, other) and one != other]


def _fill(first: PartOfRecord, later: PartOfRecord) -> PartOfRecord:
    """Return a part of a record with what the other has besides: lists and objects are united."""
    return first.model_copy(
        update={
            name: _unite(getattr(first, name), getattr(later, name))
            for name in type(first).model_fields
        }
    )


def _unite(first: Any, later: Any) -> Any:
    if isinstance(first, list):
        return [*first, *(each for each in later if each not in first)]
    if isinstance(first, dict):
        return {**later, **first}
    return later if first is None else first
