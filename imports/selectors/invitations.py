"""Whom there is to invite, and the results of an invitation campaign."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import User
from imports.core.corrections import read_corrections
from imports.core.corrections.kinds import drop_field
from imports.core.records.password_summary import PasswordSummary
from imports.models import ImportJob, Invitation, InvitationCampaign, InvitationState
from imports.services.invitations.campaigns import list_invitable, list_unmoved
from imports.states import JobState

PASSWORD = "authenticators.password"  # noqa: S105 - the name of a part of records


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """Counts of one campaign: what was sent, and what the people who got it have done since."""

    campaign: InvitationCampaign
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


@dataclass(frozen=True, slots=True)
class Passwordless:
    """How many records the check found without a password, and whether corrections dropped some."""

    counted: int
    are_excluded: bool


def list_reports() -> list[CampaignReport]:
    return [
        get_report(campaign) for campaign in InvitationCampaign.objects.select_related("created_by")
    ]


def get_report(campaign: InvitationCampaign) -> CampaignReport:
    grouped = campaign.invitations.order_by().values_list("state").annotate(count=Count("id"))
    counts = dict(grouped)
    return CampaignReport(
        campaign=campaign,
        total=sum(counts.values()),
        waiting=counts.get(InvitationState.WAITING, 0),
        sent=counts.get(InvitationState.SENT, 0),
        bounced=counts.get(InvitationState.BOUNCED, 0),
        needless=counts.get(InvitationState.NEEDLESS, 0),
        unmoved=list_unmoved(campaign).count(),
    )


def list_bounces(campaign: InvitationCampaign, limit: int = 100) -> QuerySet[Invitation]:
    """Return the mails that bounced, or are not accepted yet, with what the server said."""
    return campaign.invitations.exclude(error="").order_by("-id")[:limit]


def count_invitable(source: str = "") -> int:
    return list_invitable(source).count()


def find_passwordless(job: ImportJob) -> Passwordless | None:
    """Return what is known of a completed import's records without a password; None of nobody.

    From its dry run and its corrections: to look at its users would read as many as there are.
    None, too, once an invitation campaign was made since.
    """
    if job.state != JobState.COMPLETED or job.dry_run is None:
        return None
    campaigns = InvitationCampaign.objects.filter(source__in=("", job.source))
    if campaigns.filter(created_at__gt=job.started_at).exists():
        return None
    are_excluded = any(
        each.kind == drop_field.KIND.name and each.target == PASSWORD
        for each in read_corrections(job.corrections)
    )
    counted = PasswordSummary.from_json(job.dry_run["passwords"]).absent
    return Passwordless(counted, are_excluded) if counted or are_excluded else None


def list_invitable_sources() -> list[str]:
    """Return the sources that have users without a password."""
    sources = User.objects.exclude(source="").order_by("source").values_list("source", flat=True)
    return list(sources.distinct())
