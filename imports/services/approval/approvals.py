"""Have a second person approve an import plan, and find what changed since.

Only where `IMPORT_APPROVAL` is “required”; elsewhere no plan is kept and nothing is asked for.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from imports.core.decisions import count_open
from imports.core.dry_run import DryRunReport
from imports.core.errors import ImporterError
from imports.core.planning.wording import ChangedRow, PlanChanges, describe_changed_inputs
from imports.engine.plan_digests import MAX_EXAMPLES
from imports.models import ImportJob, ImportPlan, PlanState, Status
from imports.services.dry_run.comparison import list_error_groups
from imports.services.jobs.notifications import announce
from imports.services.jobs.shown import describe_inputs, lock_as_shown
from imports.services.jobs.transitions import NOT_SHAPING, note_event, take_action
from imports.states import JobAction, JobPhase, JobState

PERMISSION = "imports.approve_importjob"
# Whoever did anything else to a job had a part in what is planned, and is no second person. What
# is corrected for a retry comes after the plan, and is for a second person to do.
NOT_PREPARING = (NOT_SHAPING - {"dry run"}) | {
    "run",
    "resume",
    "retry",
    "edit",
    "correct",
    "undo correction",
}


class ApprovalMissing(ImporterError):
    """What was asked for has to be approved by a second person first."""


def is_approval_required() -> bool:
    """Return whether an import takes the approval of a second person here."""
    return bool(settings.IMPORT_APPROVAL == "required")


def find_plan(job: ImportJob) -> ImportPlan | None:
    """Return the plan that the latest dry run made, unless the job was changed since."""
    if job.dry_run is None:
        return None
    return job.plans.select_related("decided_by").first()


def make_plan(job: ImportJob) -> None:
    """Keep the plan of a dry run for approval, and notify the approvers. In the transaction."""
    inputs = describe_inputs(job)
    plan = ImportPlan.objects.create(
        job=job,
        inputs=inputs,
        statuses=_get_report(job)["statuses"],
        digest=_digest([inputs, _digest_chunks(job)]),
    )
    note_event(job, "ask for approval", actor=None, detail=_name(plan))
    announce(job, "ask for approval", readers=list_approvers(job))


def find_preparers(job: ImportJob) -> set[int]:
    """Return the keys of those who had a part in what is planned: they cannot approve it."""
    events = job.events.exclude(action__in=NOT_PREPARING).exclude(actor=None)
    return set(events.values_list("actor_id", flat=True))


def may_approve(job: ImportJob, person: User) -> bool:
    """Return whether somebody may decide about the job's plans."""
    return person.has_perm(PERMISSION) and person.pk not in find_preparers(job)


def list_approvers(job: ImportJob) -> list[User]:
    """Return those who may decide about the job's plans and have an e-mail address."""
    staff = User.objects.filter(is_active=True, is_staff=True, email__gt="")
    others = staff.exclude(pk__in=find_preparers(job))
    return [
        person
        for person in others
        if person.has_perm(PERMISSION) and person.has_perm("imports.view_importjob")
    ]


@transaction.atomic
def decide_plan(
    job: ImportJob,
    plan_id: int,
    *,
    is_approved: bool,
    comment: str,
    actor: User,
    shown: str | None = None,
) -> None:
    """Approve or reject the plan that the actor has looked at.

    Raises ImporterError when the actor had a part in it, when it is not the job's latest or was
    already decided, when it is approved though decisions are open, and when it is rejected
    without a reason; ChangedMeanwhile when the job is not as it was `shown`.
    """
    lock_as_shown(job, shown, "approve", actor=actor)
    locked = job
    plan = find_plan(locked)
    if locked.state != JobState.DRY_RUN_DONE or plan is None or plan.pk != plan_id:
        raise ImporterError(
            "The job has changed since you opened this plan. Review the plan again."
        )
    if plan.state != PlanState.WAITING:
        raise ImporterError(f"This plan was already decided: it is {plan.get_state_display()}.")
    _refuse_preparer(locked, actor)
    if is_approved and (count := count_open(_get_report(locked)["decisions"])):
        waiting = "1 decision is" if count == 1 else f"{count} decisions are"
        raise ImporterError(
            f"The plan cannot be approved yet: {waiting} open. Ask the people who"
            " prepared it to make them under “Action required”. The next dry run creates a new "
            "plan."
        )
    if is_approved and (changed := find_changed_inputs(locked, plan)):
        sentences = " ".join(describe_changed_inputs(changed))
        raise ImporterError(f"{sentences} Start another dry run: it creates a new plan.")
    if not (is_approved or comment.strip()):
        raise ImporterError("Enter a reason for the rejection.")
    plan.state = PlanState.APPROVED if is_approved else PlanState.REJECTED
    plan.decided_by, plan.decided_at, plan.comment = actor, timezone.now(), comment.strip()
    plan.save(update_fields=["state", "decided_by", "decided_at", "comment"])
    action = "approve" if is_approved else "reject"
    note_event(locked, action, actor=actor, detail=_name(plan) | {"comment": plan.comment})
    announce(locked, action)


def require_plan(job: ImportJob) -> ImportPlan | None:
    """Return the approved plan that a run is to carry out; None where none is required.

    Raises ApprovalMissing when nobody approved it, and ImporterError with what has changed since.
    """
    if not is_approval_required():
        return None
    plan = find_plan(job)
    if plan is None:
        raise ApprovalMissing("A second person must approve each import. Start a dry run first.")
    if plan.state != PlanState.APPROVED:
        raise ApprovalMissing(
            f"Plan {plan.pk} cannot be imported: it {WHY_NOT[PlanState(plan.state)]}."
        )
    if changed := find_changed_inputs(job, plan):
        sentences = " ".join(describe_changed_inputs(changed))
        raise ImporterError(
            f"The approved plan {plan.pk} has changed since approval. {sentences} Revert this "
            "change, or start another dry run and have the new plan approved."
        )
    return plan


WHY_NOT = {
    PlanState.WAITING: "is waiting for approval by a second person",
    PlanState.REJECTED: "was rejected",
    PlanState.CHANGED: "has changed since approval. Start another dry run",
}


def find_changed_inputs(job: ImportJob, plan: ImportPlan) -> list[str]:
    """Return the names of what the plan was made from and has changed since."""
    now = describe_inputs(job)
    return [name for name, digest in plan.inputs.items() if now[name] != digest]


def may_retry(job: ImportJob, person: User) -> bool:
    """Return whether somebody may have failed records tried again, as far as approval goes."""
    return not is_approval_required() or may_approve(job, person)


def require_second_person(
    job: ImportJob, actor: User, what: str = "records can be retried"
) -> None:
    """Let records of an approved import be retried only by who could approve it.

    What failed was not in the plan as what it would become: here whoever corrects it and has it
    tried again is who looks at it. So it is with `what` else the plan says nothing of. Raises
    ApprovalMissing.
    """
    if not is_approval_required():
        return
    if not actor.has_perm(PERMISSION):
        raise ApprovalMissing(
            f"Each import must be approved here: {what} only by a second person, with the"
            f" permission {PERMISSION}."
        )
    _refuse_preparer(job, actor)


def find_plan_changes(job: ImportJob) -> PlanChanges | None:
    """Return how the plans differ from the approved ones, and why; None where they do not."""
    rows, now, examples = 0, Counter[str](), list[ChangedRow]()
    chunks = job.chunks.filter(attempt=1).order_by("number")
    for counts in chunks.values_list("counts", flat=True).iterator(100):
        now.update(counts["statuses"])
        rows += counts["changes"]["rows"]
        examples += counts["changes"]["examples"]
    if not rows:
        return None
    approved = _get_report(job)["statuses"]
    return {
        "rows": rows,
        "examples": examples[:MAX_EXAMPLES],
        "statuses": {
            each.value: [approved[each.value], now[each.value]]
            for each in Status
            if approved[each.value] != now[each.value]
        },
        "error_groups": list_error_groups(job),
    }


def refuse_run(job: ImportJob, changes: PlanChanges) -> None:
    """Send a job whose plan has changed since approval back to its dry run. In the transaction."""
    plan = job.import_plan
    if plan is None:
        raise ValueError(f"Job {job.pk} carries out no plan.")
    plan.state, plan.changes = PlanState.CHANGED, changes
    plan.save(update_fields=["state", "changes"])
    nameless = [{**example, "who": ""} for example in changes["examples"]]
    take_action(
        job,
        JobAction.REFUSE,
        actor=None,
        detail={**changes, "examples": nameless},
        import_plan=None,
        phase=JobPhase.NONE,
        started_at=None,
        pilot_end=None,
    )


def _refuse_preparer(job: ImportJob, actor: User) -> None:
    if actor.pk in find_preparers(job):
        raise ApprovalMissing(
            "You helped prepare this import, so another person must approve it. See the "
            "activity log."
        )


def _get_report(job: ImportJob) -> DryRunReport:
    if job.dry_run is None:
        raise ValueError(f"Job {job.pk} had no dry run.")
    return job.dry_run


def _name(plan: ImportPlan) -> dict[str, Any]:
    return {"plan": plan.pk, "digest": plan.digest}


def _digest_chunks(job: ImportJob) -> str:
    found = hashlib.sha256()
    chunks = job.chunks.filter(attempt=job.attempt).order_by("number")
    for planned in chunks.values_list("planned", flat=True).iterator(100):
        found.update(bytes(planned or b""))
    return found.hexdigest()


def _digest(content: Any) -> str:
    encoded = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(encoded).hexdigest()
