"""Tells step by step what a record met, and what was done about it, from its problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imports.core.planning.conflicts import STEPS, Reason, Resolution, Step
from imports.core.problems import Problem

R, S = Reason, Resolution
# Where a row failed that never became a record.
READING = "reading"
# What problems of a code tell; those of duplicates in the file go by their field.
TOLD: Mapping[str, tuple[Reason, Resolution]] = {
    "profile_exists": (R.PROFILE_EXISTS, S.SKIP),
    "profile_exists_failed": (R.PROFILE_EXISTS, S.FAIL),
    "protected_account": (R.PROFILE_EXISTS, S.FAIL),
    "change_not_allowed": (R.PROFILE_EXISTS, S.FAIL),
    "user_more_powerful": (R.PROFILE_EXISTS, S.FAIL),
    "repeated_in_file": (R.PROFILE_EXISTS, S.SKIP),
    "duplicate_in_file": (R.VALUE_TAKEN, S.FAIL),
    "duplicate_in_file_skipped": (R.VALUE_TAKEN, S.SKIP),
    "value_taken": (R.VALUE_TAKEN, S.FAIL),
    "value_taken_skipped": (R.VALUE_TAKEN, S.SKIP),
    "sign_in_name_taken": (R.VALUE_TAKEN, S.FAIL),
    "sign_in_name_taken_skipped": (R.VALUE_TAKEN, S.SKIP),
    "login_taken": (R.AUTHENTICATOR_TAKEN, S.FAIL),
    "login_taken_skipped": (R.AUTHENTICATOR_TAKEN, S.SKIP),
    "passkey_taken": (R.AUTHENTICATOR_TAKEN, S.FAIL),
    "passkey_taken_skipped": (R.AUTHENTICATOR_TAKEN, S.SKIP),
    "authenticator_exists": (R.AUTHENTICATOR_EXISTS, S.SKIP),
    "authenticator_replaced": (R.AUTHENTICATOR_EXISTS, S.OVERWRITE),
    "authenticator_exists_failed": (R.AUTHENTICATOR_EXISTS, S.FAIL),
    "password_kept": (R.AUTHENTICATOR_EXISTS, S.SKIP),
    "membership_exists": (R.MEMBERSHIP_EXISTS, S.SKIP),
    "membership_exists_failed": (R.MEMBERSHIP_EXISTS, S.FAIL),
    "concurrent_change": (R.CONCURRENT_CHANGE, S.FAIL),
    "concurrent_change_skipped": (R.CONCURRENT_CHANGE, S.SKIP),
}


@dataclass(frozen=True, slots=True)
class Met:
    """One conflict that a record met, and what was done about it."""

    reason: Reason
    resolution: Resolution

    @property
    def step(self) -> Step:
        return STEPS[self.reason]


@dataclass(frozen=True, slots=True)
class StepReport:
    """What came of one part of a record: `changes` of an existing user, and what it met."""

    step: Step
    changes: int
    met: tuple[Met, ...]


def report_steps(
    outcome: str, problems: Iterable[Problem], changed: Iterable[str]
) -> list[StepReport]:
    """Return all three steps of a record, by its outcome, problems and changed fields."""
    found, fields = list(problems), list(changed)
    met = [each for problem in found if (each := find_conflict(problem))]
    if outcome == "updated" or any(problem.code == "unchanged" for problem in found):
        met.insert(0, Met(Reason.PROFILE_EXISTS, Resolution.OVERWRITE))
    if any(problem.code == "job_stopped" for problem in found):
        met = [_stop(each) for each in met]
    return [
        StepReport(
            step,
            sum(1 for field in fields if field.startswith(f"{step}.")),
            tuple(dict.fromkeys(each for each in met if each.step is step)),
        )
        for step in Step
    ]


def find_conflict(problem: Problem) -> Met | None:
    """Return the conflict that a problem tells of, or None for any other problem."""
    told = TOLD.get(problem.code)
    if told is None:
        return None
    reason, resolution = told
    if problem.code.startswith("duplicate_in_file"):
        if problem.field == "subject_id":
            reason = Reason.PROFILE_EXISTS
        elif problem.field.startswith("authenticators."):
            reason = Reason.AUTHENTICATOR_TAKEN
    return Met(reason, resolution)


def find_step(problem: Problem) -> str:
    """Return the step that a problem belongs to; “reading” where there was no record yet."""
    conflict = find_conflict(problem)
    if conflict is not None:
        return conflict.step.value
    part = problem.field.partition(".")[0]
    if part in {Step.AUTHENTICATORS, Step.MEMBERSHIPS}:
        return part
    return Step.PROFILE.value if part else READING


def _stop(met: Met) -> Met:
    return Met(met.reason, Resolution.STOP) if met.resolution is Resolution.FAIL else met
