"""Users of a source system who are missing from a job's file: counted, listed, and told of."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, QuerySet

from imports.core.dry_run import LeaverCount
from imports.leaver_filters import LeaverFilter
from imports.models import ImportJob, Leaver, LeaverKind
from imports.services.leavers.surveys import find_survey


def count_kinds(job: ImportJob) -> dict[LeaverKind, int]:
    """Return how many missing users there are of each kind."""
    found: Counter[LeaverKind] = Counter()
    counted = Leaver.objects.filter(job=job).order_by().values_list("is_active", "is_linked")
    for is_active, is_linked, count in counted.annotate(Count("user_id")):
        linked = LeaverKind.LINKED if is_linked else LeaverKind.ACTIVE
        found[linked if is_active else LeaverKind.INACTIVE] += count
    return {kind: found[kind] for kind in LeaverKind}


def list_leavers(job: ImportJob, chosen: LeaverFilter) -> QuerySet[Leaver]:
    """Return the missing users who are meant and still exist, in the order of their ids."""
    leavers = chosen.select(job.pk).filter(user__pk__isnull=False)
    return leavers.select_related("user").defer("user__attributes")


def tell_leavers(job: ImportJob) -> LeaverCount | None:
    """Return how many users are missing from a job's file; None where nobody is, or has compared.

    As of the dry run or run, or of the list that was written since.
    """
    survey = find_survey(job)
    if survey is None or not survey.missing:
        return None
    return LeaverCount(survey.missing, survey.users, job.source_label)
