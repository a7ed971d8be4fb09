"""Has a job's policy decide about the conflicts of one record, and says what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from accounts.authority import Act, Obstacle, find_refusal
from imports.core.planning.conflicts import Conflict, Reason, Resolution
from imports.core.planning.plans import Action, ExistingUser, Plan, PlanOptions
from imports.core.problems import Problem
from imports.core.records.records import UserImportRecord

# The code of a problem, where its name differs from that of the reason, by what was decided.
CODES: Mapping[tuple[Reason, Resolution], str] = {
    (Reason.PROFILE_EXISTS, Resolution.FAIL): "profile_exists_failed",
    (Reason.VALUE_TAKEN, Resolution.SKIP): "value_taken_skipped",
    (Reason.AUTHENTICATOR_EXISTS, Resolution.OVERWRITE): "authenticator_replaced",
    (Reason.AUTHENTICATOR_EXISTS, Resolution.FAIL): "authenticator_exists_failed",
    (Reason.MEMBERSHIP_EXISTS, Resolution.FAIL): "membership_exists_failed",
    (Reason.CONCURRENT_CHANGE, Resolution.SKIP): "concurrent_change_skipped",
}
# The codes of records that are skipped for the sake of another one. Of those that are skipped for
# other reasons, as users who exist already, there may be millions, and nothing is to be mended.
COLLISIONS = frozenset(
    {
        "repeated_in_file",
        "duplicate_in_file_skipped",
        "value_taken_skipped",
        "sign_in_name_taken_skipped",
        "login_taken_skipped",
        "passkey_taken_skipped",
        "concurrent_change_skipped",
    }
)
# The codes of what those who run an import may not do.
FORBIDDEN: Mapping[tuple[Act, Obstacle], str] = {
    (Act.CREATE, Obstacle.PERMISSION_MISSING): "create_not_allowed",
    (Act.CHANGE, Obstacle.PERMISSION_MISSING): "change_not_allowed",
    (Act.CHANGE, Obstacle.MORE_POWERFUL): "user_more_powerful",
    (Act.CHANGE, Obstacle.ADMINISTRATOR): "protected_account",
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
    return Ruling(resolution, Problem(find_code(reason, resolution), field, params=params))


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
    code = FORBIDDEN[act, refusal.obstacle]
    return Problem(code, "subject_id", params={"operator": refusal.who})


def rule_on_taken(
    reason: Reason,
    field: str,
    record: UserImportRecord,
    owner: str,
    options: PlanOptions,
    *,
    code: str,
    **params: Any,
) -> Ruling:
    """Decide about what belongs to somebody else."""
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
    code = f"{code}_skipped" if resolution is Resolution.SKIP else code
    return Ruling(resolution, Problem(code, field, params={**params, "owner": owner}))


def describe_profile(record: UserImportRecord) -> Mapping[str, Any]:
    """Return the fields of a record's profile, without any that are absent."""
    return MappingProxyType(record.profile.model_dump(exclude_none=True))


def find_code(reason: Reason, resolution: Resolution) -> str:
    """Return the problem code that tells of a reason and what was done about it."""
    told = Resolution.FAIL if resolution is Resolution.STOP else resolution
    return CODES.get((reason, told), reason.value)


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
