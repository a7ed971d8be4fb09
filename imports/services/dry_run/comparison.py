"""Compare a run with its dry run, and find what changed between them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from accounts.models import Group, Role, User
from accounts.selectors.attributes import read_rules
from imports.core.dry_run import Store
from imports.models import ImportJob, Status
from imports.services.jobs.transitions import note_event


def describe_store(job: ImportJob) -> Store:
    """Return what a dry run depends on besides file, mapping and users; kept with its report."""
    operator = job.operator or job.created_by
    return {
        "operator": str(operator),
        "attributes": _digest(f"{name} {rule}" for name, rule in sorted(read_rules().items())),
        "memberships": _digest(
            f"{model.__name__} {key}"
            for model in (Group, Role)
            for key in model.objects.order_by("key").values_list("key", flat=True)
        ),
    }


def _digest(lines: Iterator[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def compare_with_dry_run(job: ImportJob) -> None:
    """Note on the activity log where a finished first attempt differs from its dry run, and why."""
    report = job.dry_run
    if report is None or job.attempt > 1:
        return
    predicted = report["statuses"]
    actual: Counter[str] = Counter()
    for counts in job.chunks.filter(attempt=1).values_list("counts", flat=True):
        actual.update(counts)
    differences = {
        status.value: [predicted.get(status.value, 0), actual[status.value]]
        for status in Status
        if predicted.get(status.value, 0) != actual[status.value]
    }
    if differences:
        detail = {"differences": differences, "error_groups": list_error_groups(job)}
        note_event(job, "differ", actor=None, detail=detail)


def list_error_groups(job: ImportJob) -> list[str]:
    """Return in sentences what changed since the dry run."""
    return list(_find_error_groups(job))


def _find_error_groups(job: ImportJob) -> Iterator[str]:
    report = job.dry_run
    if report is None:
        return
    before, now = report["store"], describe_store(job)
    dry_run_at = datetime.fromisoformat(report["finished_at"])
    if before["operator"] != now["operator"]:
        yield (
            f"The dry run was made with the permissions of {before['operator']}, the import with"
            f" those of {now['operator']}."
        )
    if before["attributes"] != now["attributes"]:
        yield "Attribute definitions have changed."
    if before["memberships"] != now["memberships"]:
        yield "Groups or roles were added or removed."
    changed = User.objects.filter(updated_at__gt=dry_run_at, updated_at__lt=job.started_at)
    if count := changed.count():
        users = "1 user was" if count == 1 else f"{count:,} users were"
        yield f"{users} added or changed between the dry run and the import."
    others = ImportJob.objects.exclude(pk=job.pk).filter(started_at__isnull=False)
    for other in others.filter(Q(finished_at__gt=dry_run_at) | Q(finished_at=None))[:5]:
        yield f"The import job {other} has run since the dry run."
