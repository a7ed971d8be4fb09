"""Tell from a record's problems which conflicts it met, in order, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imports.core.problems import Problem
from imports.core.problems.conflict_kinds import Met, Reason, RecordStage, Resolution, find_reason
from imports.core.problems.of_runs import JOB_STOPPED
from imports.core.problems.of_updates import UNCHANGED

# Where a row failed that never became a record.
READING = "reading"


@dataclass(frozen=True, slots=True)
class StageReport:
    """The result for one part of a record: `changes` of an existing user, and what it met."""

    stage: RecordStage
    changes: int
    met: tuple[Met, ...]


def report_stages(
    status: str, problems: Iterable[Problem], changed: Iterable[str]
) -> list[StageReport]:
    """Return all three stages of a record, by its status, problems and changed fields."""
    found, fields = list(problems), list(changed)
    met = [each for problem in found if (each := find_conflict(problem))]
    if status == "updated" or any(problem.kind is UNCHANGED for problem in found):
        met.insert(0, Met(Reason.PROFILE_EXISTS, Resolution.OVERWRITE))
    if any(problem.kind is JOB_STOPPED for problem in found):
        met = [_stop(each) for each in met]
    return [
        StageReport(
            stage,
            sum(1 for field in fields if field.startswith(f"{stage}.")),
            tuple(dict.fromkeys(each for each in met if each.stage is stage)),
        )
        for stage in RecordStage
    ]


def find_conflict(problem: Problem) -> Met | None:
    """Return the conflict that a problem tells of, or None for any other problem."""
    kind = problem.kind
    if kind.resolution is None:
        return None
    return Met(kind.reason or find_reason(problem.field), kind.resolution)


def find_stage(problem: Problem) -> str:
    """Return the stage that a problem belongs to; “reading” where there was no record yet."""
    conflict = find_conflict(problem)
    if conflict is not None:
        return conflict.stage.value
    part = problem.field.partition(".")[0]
    if part in {RecordStage.AUTHENTICATORS, RecordStage.MEMBERSHIPS}:
        return part
    return RecordStage.PROFILE.value if part else READING


def _stop(met: Met) -> Met:
    return Met(met.reason, Resolution.STOP) if met.resolution is Resolution.FAIL else met
