"""Whom there is to invite, and what a wave of invitations has come to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import User
from imports.core.census import Census
from imports.models import ImportJob, Invitation, InvitationState, InvitationWave
from imports.services.invitations import list_invitable, list_unmoved
from imports.states import JobState


@dataclass(frozen=True, slots=True)
class WaveReport:
    """Counts of one wave: what was sent, and what the people who got it have done since."""

    wave: InvitationWave
    total: int
    waiting: int
    sent: int
    bounced: int
    needless: int
    unmoved: int

    @property
    def chosen(self) -> int:
        """Return how many have a password since, or are gone."""
        return self.sent - self.unmoved


def list_reports() -> list[WaveReport]:
    return [get_report(wave) for wave in InvitationWave.objects.select_related("created_by")]


def get_report(wave: InvitationWave) -> WaveReport:
    grouped = wave.invitations.order_by().values_list("state").annotate(count=Count("id"))
    counts = dict(grouped)
    return WaveReport(
        wave=wave,
        total=sum(counts.values()),
        waiting=counts.get(InvitationState.WAITING, 0),
        sent=counts.get(InvitationState.SENT, 0),
        bounced=counts.get(InvitationState.BOUNCED, 0),
        needless=counts.get(InvitationState.NEEDLESS, 0),
        unmoved=list_unmoved(wave).count(),
    )


def list_bounces(wave: InvitationWave, limit: int = 100) -> QuerySet[Invitation]:
    """Return the mails that were refused, or not taken yet, with what the server said."""
    return wave.invitations.exclude(error="").order_by("-id")[:limit]


def count_invitable(source: str = "") -> int:
    return list_invitable(source).count()


def count_without_password(job: ImportJob) -> int:
    """Return how many records of a completed import bring no password; 0 once a wave was made.

    As its check has counted them: to count its users would read as many as there are. Some of the
    records may have failed, and a repair may have left the passwords of others out.
    """
    if job.state != JobState.COMPLETED or not job.check_report or job.started_at is None:
        return 0
    sources = ("", job.source)
    if InvitationWave.objects.filter(source__in=sources, created_at__gt=job.started_at).exists():
        return 0
    return Census.from_json(job.check_report["passwords"]).absent


def list_invitable_sources() -> list[str]:
    """Return the sources that have users without a password."""
    sources = User.objects.exclude(source="").order_by("source").values_list("source", flat=True)
    return list(sources.distinct())
