"""What somebody who has just signed in ought to know: what runs, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.passwords.background import WaitingPasswords, count_waiting
from imports.models import ImportJob, Notification, NotificationState, PlanState
from imports.selectors.jobs import Progress, get_progress, get_totals
from imports.services.approval.approvals import find_plan
from imports.states import BUSY, JobState

RECENT = timedelta(days=30)
RECENT_JOBS = 6
# Jobs looked at for failed records; adding up a large job's chunks costs a few milliseconds.
LOOKED_AT = 20

KINDS = {
    JobState.ERRORED: "errored",
    JobState.DRY_RUN_DONE: "dry_run_done",
    JobState.MAPPED: "mapped",
    JobState.DRAFT: "draft",
}
PLAN_KINDS = {
    PlanState.WAITING: "approval",
    PlanState.APPROVED: "approved",
    PlanState.REJECTED: "rejected",
    PlanState.CHANGED: "changed",
}


@dataclass(frozen=True, slots=True)
class JobAtGlance:
    """A job with the counts of its records by status so far."""

    job: ImportJob
    totals: dict[str, int]
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a person; `count` is of records, or of messages without a job."""

    kind: str
    job: ImportJob | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """The jobs of the front page, what waits, and the passwords still to be hashed."""

    busy: list[JobAtGlance]
    recent: list[JobAtGlance]
    tasks: list[Task]
    passwords: WaitingPasswords


def get_overview() -> Overview:
    """Return what runs, what is new and what waits, newest first."""
    jobs = ImportJob.objects.defer("inspection", "dry_run_report")
    latest = list(jobs.filter(updated_at__gte=timezone.now() - RECENT)[:LOOKED_AT])
    glances = [JobAtGlance(job, get_totals(job), get_progress(job)) for job in latest]
    return Overview(
        busy=[
            glance
            for glance in glances
            if glance.job.state in {*BUSY, JobState.UNDOING, JobState.DISABLING}
        ],
        recent=glances[:RECENT_JOBS],
        tasks=[task for glance in glances if (task := _find_task(glance))] + _find_lost_messages(),
        passwords=count_waiting(),
    )


def _find_task(glance: JobAtGlance) -> Task | None:
    job = glance.job
    if job.state in {JobState.COMPLETED, JobState.RECEIVING}:
        failed = glance.totals["failed"]
        return Task("failed", job, failed) if failed else None
    if job.state == JobState.PAUSED:
        return Task("slice" if job.pilot_end is not None else "paused", job)
    if job.state == JobState.DRY_RUN_DONE and (plan := find_plan(job)):
        return Task(PLAN_KINDS[PlanState(plan.state)], job)
    kind = KINDS.get(JobState(job.state))
    return Task(kind, job) if kind else None


def _find_lost_messages() -> list[Task]:
    since = timezone.now() - RECENT
    lost = Notification.objects.filter(
        state=NotificationState.GIVEN_UP, created_at__gte=since
    ).count()
    return [Task("messages", count=lost)] if lost else []
