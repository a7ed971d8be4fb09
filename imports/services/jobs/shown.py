"""Refuse an action whose page showed something else than there is now, and say what changed.

The dry run holds the row that the action changes locked, so that nothing changes between the two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.selectors.attributes import read_rules
from imports.core.corrections import read_corrections
from imports.core.errors import ChangedMeanwhile
from imports.core.shown import (
    ACTIONS,
    describe_event,
    describe_part,
    digest_part,
    find_changed,
    list_changes_of,
    write_shown,
)
from imports.models import ConnectionEvent, ImportJob, JobEvent

SENTENCES = 3
# Lines of the activity log of what an action changes.
Events = QuerySet[JobEvent] | QuerySet[ConnectionEvent]


def describe_inputs(job: ImportJob) -> dict[str, str]:
    """Return a digest of each thing that a plan is made from, besides what is in the store."""
    answers = hashlib.sha256(job.secret_answers.encode()).hexdigest()
    rules = {name: repr(rule) for name, rule in read_rules().items()}
    resolver = settings.IMPORT_CONFLICT_RESOLVER
    return {
        "file": job.file_sha256,
        "reader": digest_part([job.reader_options, job.chunk_rows]),
        "mapping": digest_part([job.provider, job.mapping, answers]),
        "options": digest_part(
            [job.mode, job.matching_key, job.conflicts, job.field_policies, resolver]
        ),
        "attributes": digest_part(rules),
        "corrections": digest_part(
            [
                each.to_json()
                for each in read_corrections(job.corrections)
                if each.is_for_run and not each.is_undone
            ]
        ),
    }


def describe_shown(job: ImportJob) -> dict[str, str]:
    """Return a digest of each part of a job that an action may depend on."""
    report = job.dry_run
    undo = job.undos.values_list("pk", flat=True).first() if job.started_at else None
    disabling = job.disablings.values_list("pk", flat=True).first() if job.started_at else None
    parts = {
        **describe_inputs(job),
        "limits": digest_part([job.rate_limit, job.failure_threshold, job.failure_sample]),
        "report": digest_part([report["finished_at"], report["statuses"]] if report else None),
        # Those of retries, too.
        "corrections": digest_part(job.corrections),
        "state": digest_part(
            [
                job.state,
                job.attempt,
                job.pilot_end,
                job.automatic_pause,
                job.error,
                job.started_at,
                undo,
                disabling,
            ]
        ),
    }
    if settings.IMPORT_APPROVAL == "required":
        plan = job.plans.values_list("pk", "state").first()
        parts["plan"] = digest_part(plan)
    return parts


def write_job(job: ImportJob, **more: Any) -> str:
    """Return what a page about a job shows, for its forms to carry; `more` are parts of its own."""
    return write_shown({**describe_shown(job), **_digest_all(more)})


def lock_as_shown(
    job: ImportJob, shown: str | None, action: str, *, actor: User | None, **more: Any
) -> None:
    """Lock and reload the job; raise ChangedMeanwhile if the action's page showed something else.

    None says that the caller has seen nothing of the job. To be called in a transaction.
    """
    job.refresh_from_db(from_queryset=ImportJob.objects.select_for_update(no_key=True))
    if shown is not None:
        now = {**describe_shown(job), **_digest_all(more)}
        refuse_changed(shown, now, action, JobEvent.objects.filter(job=job), actor)


def find_change_by_others(job: ImportJob, actor: User) -> str:
    """Return who else has changed what a run depends on since the actor last did anything to it.

    As a sentence; empty where nobody has.
    """
    events = JobEvent.objects.filter(job=job)
    own = events.filter(actor=actor).order_by("id").values_list("pk", flat=True).last() or 0
    changes = {each for part in ACTIONS["dry run"].parts for each in list_changes_of(part)}
    others = events.select_related("actor").filter(pk__gt=own, action__in=changes)
    event = others.exclude(actor=None).exclude(actor=actor).order_by("id").last()
    return _tell(event, actor) if event else ""


def _digest_all(parts: Mapping[str, Any]) -> dict[str, str]:
    return {name: digest_part(content) for name, content in parts.items()}


def refuse_changed(
    shown: str,
    now: Mapping[str, str],
    action: str,
    events: Events,
    actor: User | None,
) -> None:
    """Raise ChangedMeanwhile if the parts that an action depends on are not as the page showed.

    `events` say who changed them.
    """
    kind = ACTIONS[action]
    changed = find_changed(shown, now, kind)
    if not changed:
        return
    if not shown:
        why = "The page did not send the version that you reviewed."
    else:
        why = " ".join(list(dict.fromkeys(_explain(changed, events, actor)))[:SENTENCES])
    message = f"{why} Nothing was {kind.done}. Review it and {kind.again}."
    raise ChangedMeanwhile(message, changed)


def _explain(changed: list[str], events: Events, actor: User | None) -> Iterator[str]:
    """Yield for each part who changed it last, and when; that it changed, where nobody is known."""
    for part in changed:
        made = events.select_related("actor").filter(action__in=list_changes_of(part))
        event = made.order_by("id").last()
        said = _tell(event, actor) if event else ""
        yield said or describe_part(part)


def _tell(event: JobEvent | ConnectionEvent, actor: User | None) -> str:
    who = "" if event.actor is None else "You" if event.actor == actor else str(event.actor)
    at = event.at.astimezone(timezone.get_fixed_timezone(0))
    day = "" if at.date() == timezone.now().date() else f"on {at:%-d %b %Y} "
    return describe_event(event.action, who, f"{day}at {at:%H:%M} UTC")
