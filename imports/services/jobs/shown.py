"""Refuse an action whose page showed something else than there is now, and say what changed.

The check holds the row that the action changes locked, so that nothing changes between the two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
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
from imports.engine.context import read_rules
from imports.models import CampaignState, ImportJob, InvitationCampaign, JobEvent, LegacyDirectory
from imports.services.invitations.recipients import summarise_recipients

SENTENCES = 3


def describe_inputs(job: ImportJob) -> dict[str, str]:
    """Return a digest of each thing that a plan is made from, besides what is in the store."""
    answers = hashlib.sha256(job.secret_answers.encode()).hexdigest()
    rules = {name: repr(rule) for name, rule in read_rules().items()}
    resolver = settings.IMPORT_CONFLICT_RESOLVER
    return {
        "file": job.file_sha256,
        "reader": digest_part([job.reader_options, job.chunk_rows]),
        "mapping": digest_part([job.provider, job.mapping, answers]),
        "options": digest_part([job.mode, job.conflicts, job.field_policies, resolver]),
        "attributes": digest_part(rules),
    }


def describe_shown(job: ImportJob) -> dict[str, str]:
    """Return a digest of each part of a job that an action may depend on."""
    report = job.check_report
    undo = job.undos.values_list("pk", flat=True).first() if job.started_at else None
    parts = {
        **describe_inputs(job),
        "limits": digest_part([job.rate_limit, job.failure_threshold, job.failure_sample]),
        "report": digest_part([report.get("finished_at"), report.get("statuses")]),
        "corrections": digest_part(job.amendments),
        "state": digest_part(
            [
                job.state,
                job.attempt,
                job.pilot_end,
                job.automatic_pause,
                job.error,
                job.started_at,
                undo,
            ]
        ),
    }
    if settings.IMPORT_APPROVAL == "required":
        plan = job.plans.values_list("pk", "state").first()
        parts["plan"] = digest_part(plan)
    return parts


def describe_directory(directory: LegacyDirectory) -> dict[str, str]:
    """Return a digest of each part of a directory that an action may depend on."""
    apart = {"id", "mode", "created_at", "updated_at"}
    names = [field.attname for field in directory._meta.concrete_fields if field.name not in apart]
    return {
        "settings": digest_part([[name, getattr(directory, name)] for name in names]),
        "mapping": digest_part(directory.job.mapping if directory.job_id else None),
        "mode": digest_part(directory.mode),
    }


def describe_campaign(campaign: InvitationCampaign) -> dict[str, str]:
    """Return a digest of each part of an invitation campaign that an action may depend on."""
    parts = {
        "invitation": digest_part([campaign.subject, campaign.body, campaign.per_minute]),
        "sending": digest_part([campaign.state, campaign.automatic_pause]),
    }
    # Once it is being sent, there is nothing left to start, and the recipients become fewer.
    if campaign.state in {CampaignState.DRAFT, CampaignState.PAUSED}:
        parts["recipients"] = digest_part(summarise_recipients(campaign))
    return parts


def write_job(job: ImportJob, **more: Any) -> str:
    """Return what a page about a job shows, for its forms to carry; `more` are parts of its own."""
    return write_shown({**describe_shown(job), **_digest_all(more)})


def write_directory(directory: LegacyDirectory) -> str:
    """Return what a page about a legacy directory shows, for its forms to carry."""
    return write_shown(describe_directory(directory))


def write_campaign(campaign: InvitationCampaign) -> str:
    """Return what a page about an invitation campaign shows, for its forms to carry."""
    return write_shown(describe_campaign(campaign))


def lock_as_shown(
    job: ImportJob, shown: str | None, action: str, *, actor: User | None, **more: Any
) -> None:
    """Lock and reload the job; raise ChangedMeanwhile if the action's page showed something else.

    None says that the caller has seen nothing of the job. To be called in a transaction.
    """
    job.refresh_from_db(from_queryset=ImportJob.objects.select_for_update(no_key=True))
    if shown is not None:
        now = {**describe_shown(job), **_digest_all(more)}
        _compare(shown, now, action, JobEvent.objects.filter(job=job), actor)


def lock_directory_as_shown(
    directory: LegacyDirectory, shown: str | None, action: str, *, actor: User | None
) -> None:
    """Do the same for a legacy directory."""
    locked = LegacyDirectory.objects.select_for_update(no_key=True, of=("self",))
    stored = locked.select_related("job").get(pk=directory.pk)
    if shown is not None:
        events = JobEvent.objects.filter(job_id=stored.job_id)
        _compare(shown, describe_directory(stored), action, events, actor)


@transaction.atomic
def refuse_changed_directory(
    directory: LegacyDirectory, shown: str, action: str, actor: User | None
) -> None:
    """Raise ChangedMeanwhile for an action that changes nothing but goes by what was shown.

    `directory` is what the action goes by; it may change after that without harm.
    """
    lock_directory_as_shown(directory, shown, action, actor=actor)


def lock_campaign_as_shown(campaign: InvitationCampaign, shown: str | None, *, actor: User) -> None:
    """Do the same for an invitation campaign."""
    campaign.refresh_from_db(
        from_queryset=InvitationCampaign.objects.select_for_update(no_key=True)
    )
    if shown is not None:
        _compare(shown, describe_campaign(campaign), "invite", JobEvent.objects.none(), actor)


def find_change_by_others(job: ImportJob, actor: User) -> str:
    """Return who else has changed what a run depends on since the actor last did anything to it.

    As a sentence; empty where nobody has.
    """
    events = JobEvent.objects.filter(job=job)
    own = events.filter(actor=actor).order_by("id").values_list("pk", flat=True).last() or 0
    changes = {each for part in ACTIONS["check"].parts for each in list_changes_of(part)}
    others = events.select_related("actor").filter(pk__gt=own, action__in=changes)
    event = others.exclude(actor=None).exclude(actor=actor).order_by("id").last()
    return _tell(event, actor) if event else ""


def _digest_all(parts: Mapping[str, Any]) -> dict[str, str]:
    return {name: digest_part(content) for name, content in parts.items()}


def _compare(
    shown: str,
    now: Mapping[str, str],
    action: str,
    events: QuerySet[JobEvent],
    actor: User | None,
) -> None:
    kind = ACTIONS[action]
    changed = find_changed(shown, now, kind)
    if not changed:
        return
    if not shown:
        why = "This page does not say what it showed."
    else:
        why = " ".join(list(dict.fromkeys(_explain(changed, events, actor)))[:SENTENCES])
    message = f"{why} Nothing was {kind.done}. Review it and {kind.again}."
    raise ChangedMeanwhile(message, changed)


def _explain(changed: list[str], events: QuerySet[JobEvent], actor: User | None) -> Iterator[str]:
    """Yield for each part who changed it last, and when; that it changed, where nobody is known."""
    for part in changed:
        made = events.select_related("actor").filter(action__in=list_changes_of(part))
        event = made.order_by("id").last()
        said = _tell(event, actor) if event else ""
        yield said or describe_part(part)


def _tell(event: JobEvent, actor: User | None) -> str:
    who = "" if event.actor is None else "You" if event.actor == actor else str(event.actor)
    at = event.at.astimezone(timezone.get_fixed_timezone(0))
    day = "" if at.date() == timezone.now().date() else f"on {at:%-d %b %Y} "
    return describe_event(event.action, who, f"{day}at {at:%H:%M} UTC")
