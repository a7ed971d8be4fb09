"""Says which records look like other people than those who have their subject ids already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from imports.core.decisions import Answer, Concern, Decided
from imports.core.decisions.answers import find_choice
from imports.core.decisions.kinds import unlike_user
from imports.core.decisions.kinds.unlike_people import FAIL, KIND
from imports.core.planning.plans import Duplicate, PlanOptions
from imports.core.problems import Problem
from imports.core.problems.conflict_kinds import Reason, Resolution, find_reason
from imports.core.records.keys import NAMED, has_kind, is_value

COLUMN = "subject_id"
# What is done about a row with an id that is known already, and is not a failure.
QUIET = frozenset({Resolution.SKIP, Resolution.OVERWRITE})
# What a record can be compared by.
BY_VALUES, BY_NAME, BY_NOTHING = "values", "name", ""
# How two records are unlike, and what answers call it.
OTHER_VALUES, OTHER_NAME, ONE_SIDED = "other values", "other name", "one-sided"
VALUES = {
    OTHER_VALUES: "no e-mail address, user name or other unique value is the same",
    OTHER_NAME: "the names differ, and there is nothing else to compare",
    ONE_SIDED: "only one of the two has a unique value to compare",
}


def find_evidence(digests: Iterable[bytes]) -> str:
    """Return by what a record with these digests can be compared with others of its subject id."""
    found = BY_NOTHING
    for each in digests:
        if is_value(each):
            return BY_VALUES
        if has_kind(each, NAMED):
            found = BY_NAME
    return found


def tell_evidence(*, has_values: bool, name: str) -> str:
    """Return by what somebody can be compared who has other unique values, or just a name."""
    if has_values:
        return BY_VALUES
    return BY_NAME if name else BY_NOTHING


def compare_people(first: str, later: str) -> str:
    """Return how two records are unlike that share a subject id and none of what they have besides.

    Nothing where one of the two has nothing to compare: it can but be the same person's.
    """
    if BY_NOTHING in (first, later):
        return ""
    if first != later:
        return ONE_SIDED
    return OTHER_VALUES if first == BY_VALUES else OTHER_NAME


def decide_unlike(unlike: str, answers: Mapping[str, Answer]) -> Decided:
    """Return what is decided about a record that is so unlike an earlier one with its id."""
    choice = find_choice(answers, KIND.code, COLUMN, VALUES[unlike])
    concern = Concern(COLUMN, VALUES[unlike], COLUMN, KIND.choice_ids, FAIL)
    return Decided(KIND.code, concern, choice)


def is_decided_about(options: PlanOptions) -> bool:
    """Return whether anybody has to decide: not where a row with an id that is known fails."""
    return options.conflicts.table[find_reason(COLUMN)] in QUIET


def tell_unlike(duplicate: Duplicate) -> Problem:
    """Return why such a record fails as long as nobody has decided."""
    params = {"row": duplicate.row_number, "value": VALUES[duplicate.unlike]}
    return Problem(KIND.code, COLUMN, COLUMN, params)


def decide_stranger(unlike: str, answers: Mapping[str, Answer]) -> Decided:
    """Return what is decided about a record that is so unlike a user from another source."""
    kind = unlike_user.KIND
    choice = find_choice(answers, kind.code, COLUMN, VALUES[unlike])
    concern = Concern(COLUMN, VALUES[unlike], COLUMN, kind.choice_ids, unlike_user.FAIL)
    return Decided(kind.code, concern, choice)


def is_quiet_about_users(options: PlanOptions) -> bool:
    """Return whether a record whose subject id a user has is not simply a failure."""
    return options.conflicts.table[Reason.PROFILE_EXISTS] in QUIET


def tell_stranger(decided: Decided) -> Problem:
    """Return why a record is not taken for the user who has its id."""
    return Problem(decided.code, COLUMN, COLUMN, {"value": decided.concern.value})
