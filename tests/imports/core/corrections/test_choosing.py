"""What is chosen for an error group becomes changes, or is refused with what can be chosen."""

import pytest

from imports.core.corrections import KINDS, Asks, Change, Choice, Failure, make_changes
from imports.core.errors import CorrectionError
from imports.core.problems import Problem

PHONE = Problem("invalid_phone", "profile.phone", "Phone")
ROLE = Problem("role_missing", "memberships.roles", params={"key": "adm"})
WIDE = Problem("row_too_many_cells")
OPEN = Problem("state_unclear", "profile.active", "status", {"value": "gone"})


def choose(problem: Problem, *given: object, columns: tuple[str, ...] = ()) -> list[Change]:
    return make_changes(Choice(*given), Failure(problem, columns=columns))


@pytest.mark.parametrize(
    ("problem", "given", "change"),
    [
        (PHONE, ("drop_field",), Change("drop_field", "profile.phone")),
        (PHONE, ("set_country", "DE"), Change("set_country", "profile.phone", value="DE")),
        (ROLE, ("drop_membership",), Change("drop_membership", "memberships.roles", "adm")),
        (ROLE, ("rename_membership", " staff "),
         Change("rename_membership", "memberships.roles", "adm", "staff")),
        (OPEN, ("answer", "disabled"),
         Change("answer", "state_unclear:status", "gone", "disabled")),
    ],
)  # fmt: skip
def test_choice_is_complete_without_having_seen_a_record(
    problem: Problem, given: tuple[str, ...], change: Change
) -> None:
    assert choose(problem, *given) == [change]


def test_each_value_becomes_a_change_of_its_own() -> None:
    assert choose(PHONE, "replace", "", {"12": "+4412", "13": ""}) == [
        Change("replace", "profile.phone", "12", "+4412"),
        Change("replace", "profile.phone", "13", ""),
    ]


def test_columns_of_the_file_can_be_chosen_where_no_row_was_seen() -> None:
    [change] = choose(WIDE, "join_cells", "name", columns=("id", "name"))

    assert (change.key, change.value) == (",", "name")


@pytest.mark.parametrize(
    ("problem", "given", "said"),
    [
        (PHONE, ("odd",), "There is no correction “odd”"),
        (PHONE, ("set_format", "x"), "“set_format” is not a correction for “The phone number"),
        (PHONE, ("set_country", "XX"), "“XX” is not one of the choices"),
        (PHONE, ("set_country",), "needs one of its choices"),
        (PHONE, ("replace",), "needs a new value"),
        (ROLE, ("rename_membership", " "), "needs the key of a group or role"),
        (WIDE, ("join_cells", "name"), "“name” is not one of the choices"),
        (Problem("excluded"), ("trim",), "Those are: none."),
    ],
)
def test_what_is_no_choice_is_refused(problem: Problem, given: tuple[str, ...], said: str) -> None:
    with pytest.raises(CorrectionError, match=said):
        choose(problem, *given)


@pytest.mark.parametrize("name", [name for name in KINDS if KINDS[name].asks is Asks.NOTHING])
def test_kind_that_asks_nothing_has_no_choices(name: str) -> None:
    assert list(KINDS[name].list_choices(Failure(PHONE))) == []
