"""Create the groups and roles that records of a job name and that do not exist yet."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Group, Role, User
from imports.models import ImportJob
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import note_event


@transaction.atomic
def create_role(job: ImportJob, key: str, *, actor: User, shown: str | None = None) -> bool:
    """Create a role without permissions; return whether there was none of this key.

    Raises ChangedMeanwhile when the job is not as it was `shown`.
    """
    lock_as_shown(job, shown, "create", actor=actor)
    _, is_new = Role.objects.get_or_create(key=key)
    if is_new:
        note_event(job, "create role", actor=actor, detail={"key": key})
    return is_new


@transaction.atomic
def create_group(job: ImportJob, key: str, *, actor: User, shown: str | None = None) -> bool:
    """Create a group without roles; return whether there was none of this key.

    Raises ChangedMeanwhile when the job is not as it was `shown`.
    """
    lock_as_shown(job, shown, "create", actor=actor)
    _, is_new = Group.objects.get_or_create(key=key)
    if is_new:
        note_event(job, "create group", actor=actor, detail={"key": key})
    return is_new
