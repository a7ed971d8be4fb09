"""Refuse an action on a legacy directory whose page showed something else than there is now."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from imports.core.shown import digest_part, write_shown
from imports.models import JobEvent, LegacyDirectory
from imports.services.jobs.shown import refuse_changed


def describe_directory(directory: LegacyDirectory) -> dict[str, str]:
    """Return a digest of each part of a directory that an action may depend on."""
    apart = {"id", "mode", "created_at", "updated_at"}
    names = [field.attname for field in directory._meta.concrete_fields if field.name not in apart]
    return {
        "settings": digest_part([[name, getattr(directory, name)] for name in names]),
        "mapping": digest_part(directory.job.mapping if directory.job_id else None),
        "mode": digest_part(directory.mode),
    }


def write_directory(directory: LegacyDirectory) -> str:
    """Return what a page about a legacy directory shows, for its forms to carry."""
    return write_shown(describe_directory(directory))


def lock_directory_as_shown(
    directory: LegacyDirectory, shown: str | None, action: str, *, actor: User | None
) -> None:
    """Lock and reload the directory; raise ChangedMeanwhile if its page showed something else.

    None says that the caller has seen nothing of it. To be called in a transaction.
    """
    locked = LegacyDirectory.objects.select_for_update(no_key=True, of=("self",))
    stored = locked.select_related("job").get(pk=directory.pk)
    if shown is not None:
        events = JobEvent.objects.filter(job_id=stored.job_id)
        refuse_changed(shown, describe_directory(stored), action, events, actor)


@transaction.atomic
def refuse_changed_directory(
    directory: LegacyDirectory, shown: str, action: str, actor: User | None
) -> None:
    """Raise ChangedMeanwhile for an action that changes nothing but goes by what was shown.

    `directory` is what the action goes by; it may change after that without harm.
    """
    lock_directory_as_shown(directory, shown, action, actor=actor)
