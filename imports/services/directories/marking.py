"""Tell directories who has moved, in the background: a sign-in does not wait for it."""

from __future__ import annotations

import logging

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from imports.directory_client.asking import mark_migrated
from imports.directory_client.contract import DirectoryError, Verdict
from imports.directory_client.registry import KINDS
from imports.models import DirectoryAttempt, DirectoryMode, LegacyDirectory
from imports.services.directories.directories import get_target

logger = logging.getLogger(__name__)

PORTION = 100
# After so many in a row the directory is left alone until the next time.
FAILURES = 3
MARKING_MODES = (DirectoryMode.ON, DirectoryMode.DRAINING)


def mark_moved() -> int:
    """Tell each directory of users who moved since, and return of how many. Repeating is safe."""
    kinds = [kind.name for kind in KINDS.values() if kind.can_mark]
    directories = LegacyDirectory.objects.filter(kind__in=kinds, mode__in=MARKING_MODES)
    return sum(_mark(directory) for directory in directories)


def list_unmarked(directory: LegacyDirectory) -> QuerySet[DirectoryAttempt]:
    """Return the records of users who have moved, of whom the directory was not told yet.

    Who was only looked up has moved once they have chosen a password.
    """
    has_chosen = User.objects.filter(pk=OuterRef("user_id"), password_changed_at__isnull=False)
    found = DirectoryAttempt.objects.filter(
        directory=directory, status__in=["created", "updated"], marked_at=None
    ).exclude(mode=DirectoryMode.SHADOW)
    return found.filter(~Q(verdict=Verdict.FOUND) | Exists(has_chosen))


def _mark(directory: LegacyDirectory) -> int:
    connection = get_target(directory).connection
    waiting = list_unmarked(directory).order_by(F("mark_failed_at").asc(nulls_first=True), "id")
    marked = failures = 0
    for attempt in waiting[:PORTION]:
        try:
            mark_migrated(connection, attempt.subject_id)
        except DirectoryError as error:
            logger.warning("Directory %s was not told who moved: %s", directory.pk, error)
            attempt.mark_failed_at = timezone.now()
            failures += 1
        else:
            attempt.marked_at = timezone.now()
            marked += 1
            failures = 0
        attempt.save(update_fields=["marked_at", "mark_failed_at"])
        if failures >= FAILURES:
            break
    return marked
