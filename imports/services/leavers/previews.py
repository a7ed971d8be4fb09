"""Say whom a decision to disable missing users would disable, whom it would keep, and why."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import MD5, Cast

from accounts.authority import Authority
from accounts.models import User
from imports.core.planning.leavers import (
    Doubt,
    KeptReason,
    LeaverFacts,
    LeaverStatus,
    decide,
    find_doubts,
)
from imports.core.providers import GENERIC, PROVIDERS
from imports.core.readers.surroundings import Surroundings
from imports.engine.grants import read_job_authority
from imports.engine.leavers.listing import count_linked, count_unknown_rows
from imports.leaver_filters import LeaverFilter
from imports.models import ImportJob, Leaver, LeaverSurvey

EVERYBODY = LeaverFilter()
FACTS = ("is_linked", "is_active", "is_protected", "is_later", "permissions")
# The digest of who they are, of those with the same facts.
WHO = MD5(StringAgg(Cast("user_id", TextField()), delimiter=",", order_by="user_id"))


@dataclass(frozen=True, slots=True)
class LeaverPreview:
    """How many of the chosen missing users would be disabled or kept, the last by reason.

    `inactive` are disabled already, `linked` those who are kept unless they are meant as well: all
    of them are counted once. `digest` stands for who would be disabled. `users`, `found` and
    `doubts` are about the file as a whole: the active users of its source system, those of them
    whom it has, and what speaks against taking it for all of them; `missing` are all who are
    missing of those `compared`, with linked users where they are meant; `unknown_rows` the rows of
    which nothing tells whose they are.
    """

    users: int
    found: int
    disabled: int
    inactive: int
    kept: dict[KeptReason, int]
    digest: str
    doubts: tuple[Doubt, ...]
    missing: int
    compared: int
    unknown_rows: int
    listed_at: datetime

    @property
    def kept_count(self) -> int:
        return sum(self.kept.values())

    @property
    def total(self) -> int:
        return self.disabled + self.inactive + self.kept_count


def preview_disabling(
    survey: LeaverSurvey,
    chosen: LeaverFilter = EVERYBODY,
    *,
    actor: User,
    with_linked: bool = False,
) -> LeaverPreview | None:
    """Return the preview of disabling the chosen missing users by the actor.

    None while the list is not written: `surveys.find_list`.
    """
    if survey.listed_at is None:
        return None
    job = survey.job
    authority = read_job_authority(job, actor=actor)
    statuses, kept, digest = _count_chosen(chosen.select(job.pk), authority, with_linked)
    unknown_rows = count_unknown_rows(job)
    missing, users = _count_all(survey, with_linked=with_linked)
    doubts = find_doubts(
        signs=Surroundings.from_json(job.surroundings).more,
        unknown_rows=unknown_rows,
        missing=missing,
        users=users,
        is_named=is_source_named(job),
    )
    return LeaverPreview(
        users=survey.users,
        found=survey.found,
        disabled=statuses[LeaverStatus.DISABLED],
        inactive=statuses[LeaverStatus.INACTIVE],
        kept=dict(kept),
        digest=digest,
        doubts=tuple(doubts),
        missing=missing,
        compared=users,
        unknown_rows=unknown_rows,
        listed_at=survey.listed_at,
    )


def _count_chosen(
    leavers: QuerySet[Leaver], authority: Authority, with_linked: bool
) -> tuple[Counter[LeaverStatus], Counter[KeptReason], str]:
    """Return the leavers by status, the kept ones by reason, and a digest of the disabled ones."""
    statuses: Counter[LeaverStatus] = Counter()
    kept: Counter[KeptReason] = Counter()
    disabled = []
    counted = leavers.order_by().values_list(*FACTS)
    for *facts, count, who in counted.annotate(Count("user_id"), who=WHO).order_by(*FACTS):
        status, reason = decide(LeaverFacts(*facts), authority, with_linked=with_linked)
        statuses[status] += count
        if reason is not None:
            kept[reason] += count
        elif status is LeaverStatus.DISABLED:
            disabled.append(who)
    return statuses, kept, hashlib.sha256(" ".join(disabled).encode()).hexdigest()


def _count_all(survey: LeaverSurvey, *, with_linked: bool) -> tuple[int, int]:
    """Return how many active users are missing from the file, and of how many."""
    if not with_linked:
        return survey.missing, survey.users
    linked = Leaver.objects.filter(job=survey.job, is_linked=True, is_active=True).count()
    return survey.missing + linked, survey.users + count_linked(survey.job)


def describe_preview(preview: LeaverPreview | None) -> list[object]:
    """Return what a preview says as JSON, whenever it was made; nothing while there is none."""
    if preview is None:
        return []
    return [
        preview.users,
        preview.found,
        preview.disabled,
        preview.inactive,
        {reason.value: count for reason, count in sorted(preview.kept.items())},
        preview.digest,
        [doubt.value for doubt in preview.doubts],
        preview.unknown_rows,
    ]


def is_source_named(job: ImportJob) -> bool:
    """Return whether the source goes by a name of its own, rather than by that of any file."""
    provider = PROVIDERS.get(job.source)
    return provider is None or not (provider is GENERIC or provider.is_record)


def judge(leavers: list[Leaver], job: ImportJob, *, actor: User) -> dict[int, KeptReason | None]:
    """Return by id why the actor may not disable each, linked ones apart; None where they may."""
    authority = read_job_authority(job, actor=actor)
    return {
        each.user_id: decide(
            LeaverFacts(*(getattr(each, name) for name in FACTS)), authority, with_linked=True
        )[1]
        for each in leavers
    }
