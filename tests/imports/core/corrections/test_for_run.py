"""Corrections that were chosen before the run, and which of them is the next for a record."""

from imports.core.corrections import Correction, RunCorrections
from imports.core.problems import Problem

PHONE = Problem("invalid_phone", "profile.phone", "Phone")
EMAIL = Problem("invalid_email", "profile.email", "Mail")


def correct(
    number: int, *, choice: int = 0, problem: Problem | None = PHONE, is_undone: bool = False
) -> Correction:
    stored = problem.to_json() if problem else {}
    return Correction(
        "trim", "profile.phone", number=number, attempt=1, choice=choice or number,
        problem=stored, is_undone=is_undone,
    )  # fmt: skip


def test_what_was_chosen_together_is_tried_together_and_the_rest_after_it() -> None:
    chosen = RunCorrections([correct(1), correct(2, choice=1), correct(3)])

    assert chosen.find_next(PHONE, ()) == (1, 2)
    assert chosen.find_next(PHONE, (1, 2)) == (3,)
    assert chosen.find_next(PHONE, (1, 2, 3)) == ()


def test_another_error_group_has_its_own() -> None:
    chosen = RunCorrections([correct(1), correct(2, problem=EMAIL)])

    assert chosen.find_next(EMAIL, (1,)) == (2,)
    assert chosen.find_next(Problem("too_long", "profile.phone"), ()) == ()


def test_records_of_a_group_may_differ_in_what_it_is_not_grouped_by() -> None:
    shared = {"what": "The e-mail address"}
    group = Problem("value_taken", "profile.email", params=shared)
    problem = Problem("value_taken", "profile.email", params={**shared, "owner": "7"})
    chosen = RunCorrections([correct(1, problem=group)])

    assert chosen.find_next(problem, ()) == (1,)


def test_undone_ones_and_those_of_retries_are_not_among_them() -> None:
    assert not RunCorrections([correct(1, is_undone=True), correct(2, problem=None)])
    assert RunCorrections([correct(1)])
