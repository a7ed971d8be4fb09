"""Have a job's policy decide about the conflicts of one record, and say what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from accounts.authority import Act, Obstacle, find_refusal
from imports.core.planning.conflicts import Conflict
from imports.core.planning.plans import Action, ExistingUser, Plan, PlanOptions
from imports.core.problems import CODES, Problem, ProblemKind, of_permissions, tell
from imports.core.problems.conflict_kinds import Reason, Resolution, find_reason
from imports.core.records.records import UserImportRecord

# What those who run an import may not do.
FORBIDDEN: Mapping[tuple[Act, Obstacle], ProblemKind] = {
    (Act.CREATE, Obstacle.PERMISSION_MISSING): of_permissions.CREATE_NOT_ALLOWED,
    (Act.CHANGE, Obstacle.PERMISSION_MISSING): of_permissions.CHANGE_NOT_ALLOWED,
    (Act.CHANGE, Obstacle.MORE_POWERFUL): of_permissions.USER_MORE_POWERFUL,
    (Act.CHANGE, Obstacle.ADMINISTRATOR): of_permissions.PROTECTED_ACCOUNT,
}
REFUSALS = frozenset({Resolution.FAIL, Resolution.STOP})


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is done about one conflict, and how that is told."""

    resolution: Resolution
    problem: Problem

    @property
    def refuses(self) -> bool:
        return self.resolution in REFUSALS


def rule_on_own(
    reason: Reason,
    field: str,
    record: UserImportRecord,
    existing: ExistingUser,
    options: PlanOptions,
    **params: Any,
) -> Ruling:
    """Decide about what the record's own user has already. Nobody asks about an administrator."""
    proposed = options.conflicts.table[reason]
    resolution = proposed
    if options.conflicts.resolver and not existing.is_protected:
        resolution = options.conflicts.resolve(
            Conflict(
                reason=reason,
                field=field,
                subject_id=record.subject_id,
                owner=existing.subject_id,
                proposed=proposed,
                incoming=describe_profile(record),
                existing=MappingProxyType({**existing.profile, "attributes": existing.attributes}),
            )
        )
    told = tell(CODES[reason.value], resolution)
    return Ruling(resolution, Problem(told.code, field, params=params))


def find_forbidden(existing: ExistingUser | None, options: PlanOptions) -> Problem | None:
    """Return why those who run the import may not create or change the user; None if they may.

    To be asked before anything of the record is compared with the user: whether a password is the
    same, say, is not for everybody to find out.
    """
    if existing is None:
        act, refusal = Act.CREATE, find_refusal(options.authority, Act.CREATE)
    else:
        act, refusal = Act.CHANGE, find_refusal(options.authority, Act.CHANGE, existing.person)
    if refusal is None:
        return None
    kind = FORBIDDEN[act, refusal.obstacle]
    return Problem(kind.code, "subject_id", params={"operator": refusal.who})


def rule_on_taken(
    kind: ProblemKind,
    field: str,
    record: UserImportRecord,
    owner: str,
    options: PlanOptions,
    **params: Any,
) -> Ruling:
    """Decide about what belongs to somebody else; `kind` says what it is."""
    reason = kind.reason or find_reason(field)
    resolution = options.conflicts.table[reason]
    if options.conflicts.resolver:
        resolution = options.conflicts.resolve(
            Conflict(
                reason=reason,
                field=field,
                subject_id=record.subject_id,
                owner=owner,
                proposed=resolution,
                incoming=describe_profile(record),
            )
        )
    told = tell(kind, resolution)
    return Ruling(resolution, Problem(told.code, field, params={**params, "owner": owner}))


def describe_profile(record: UserImportRecord) -> Mapping[str, Any]:
    """Return the fields of a record's profile, without any that are absent."""
    return MappingProxyType(record.profile.model_dump(exclude_none=True))


def plan_refusal(
    row_number: int,
    subject_id: str,
    rulings: Iterable[Ruling],
    problems: Iterable[Problem] = (),
    user_id: int | None = None,
) -> Plan:
    """Return the plan of a record that is not imported: failed, unless all rulings skip it."""
    rulings, found = list(rulings), list(problems)
    fails = bool(found) or any(ruling.refuses for ruling in rulings)
    action = Action.FAIL if fails else Action.SKIP
    stops = any(ruling.resolution is Resolution.STOP for ruling in rulings)
    found = [*(ruling.problem for ruling in rulings), *found]
    if stops:
        found.append(Problem("job_stopped"))
    return Plan(row_number, action, subject_id, user_id, problems=found, stops=stops)
