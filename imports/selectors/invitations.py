"""What a wave of invitations has come to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import User
from imports.models import Invitation, InvitationState, InvitationWave
from imports.services.invitations import list_invitable, list_unmoved


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


def list_invitable_sources() -> list[str]:
    """Return the sources that have users without a password."""
    sources = User.objects.exclude(source="").order_by("source").values_list("source", flat=True)
    return list(sources.distinct())
