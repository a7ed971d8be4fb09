"""Make invitation campaigns for users without a password, and start, pause and repeat them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from imports.core.errors import ImporterError
from imports.models import CampaignState, Invitation, InvitationCampaign, InvitationState
from imports.services.invitations.recipients import WITHOUT_PASSWORD
from imports.services.invitations.shown import lock_campaign_as_shown

PORTION = 5000
# For each action: the states it may be taken in, and the state it leads to.
TRANSITIONS = {
    "start": (frozenset({CampaignState.DRAFT, CampaignState.PAUSED}), CampaignState.RUNNING),
    "pause": (frozenset({CampaignState.RUNNING}), CampaignState.PAUSED),
    "finish": (frozenset({CampaignState.RUNNING}), CampaignState.FINISHED),
}


def list_invitable(source: str) -> QuerySet[User]:
    """Return the users of a source, or of all, who have no password and were not invited yet.

    Neither administrators nor whose address has refused a mail for good.
    """
    users = User.objects.filter(WITHOUT_PASSWORD, is_active=True, email__isnull=False)
    users = users.filter(source=source) if source else users.exclude(source="")
    # Somebody whose address was corrected may be invited once more.
    invited = Invitation.objects.filter(user_id=OuterRef("pk"), email=OuterRef("email"))
    refused = Invitation.objects.filter(email=OuterRef("email"), state=InvitationState.BOUNCED)
    users = users.filter(is_staff=False, is_superuser=False)
    return users.exclude(Exists(invited)).exclude(Exists(refused)).order_by("pk")


def list_unmoved(campaign: InvitationCampaign) -> QuerySet[User]:
    """Return whom the campaign reached and who have still no password."""
    reached = Invitation.objects.filter(
        campaign=campaign,
        state=InvitationState.SENT,
        user_id=OuterRef("pk"),
        email=OuterRef("email"),
    )
    users = User.objects.filter(WITHOUT_PASSWORD, is_active=True)
    return users.filter(Exists(reached)).order_by("pk")


@transaction.atomic
def create_campaign(campaign: InvitationCampaign, *, actor: User) -> InvitationCampaign:
    """Store a campaign as a draft, with its people. Raises ImporterError when there is nobody."""
    campaign.created_by = actor
    campaign.save()
    users = list_invitable(campaign.source)
    if _fill(campaign, users[: campaign.size]) == 0:
        raise ImporterError(
            "There is nobody to invite. Every user has a password, has no e-mail address, or "
            "was already invited. To contact people again, send a reminder from their "
            "campaign."
        )
    return campaign


@transaction.atomic
def remind(campaign: InvitationCampaign, *, actor: User) -> InvitationCampaign:
    """Return a new draft for those of a campaign who have still no password.

    Raises ImporterError when there is nobody left to remind.
    """
    reminder = InvitationCampaign(
        name=f"{campaign.name}, reminder"[:100],
        source=campaign.source,
        subject=campaign.subject,
        body=campaign.body,
        size=campaign.size,
        per_minute=campaign.per_minute,
        reminder_of=campaign,
        created_by=actor,
    )
    reminder.save()
    if _fill(reminder, list_unmoved(campaign)) == 0:
        raise ImporterError(
            "There is nobody to remind. Every recipient has a password or never received the "
            "e-mail."
        )
    return reminder


def _fill(campaign: InvitationCampaign, users: QuerySet[User]) -> int:
    now = timezone.now()
    invitations = [
        Invitation(campaign=campaign, user_id=pk, email=str(email), due_at=now)
        for pk, email in users.values_list("pk", "email")
    ]
    return len(Invitation.objects.bulk_create(invitations, batch_size=PORTION))


def take_action(campaign: InvitationCampaign, action: str, **changes: Any) -> None:
    """Start, pause or finish a campaign; raise ImporterError when it is in no state for that."""
    sources, target = TRANSITIONS[action]
    campaigns = InvitationCampaign.objects.filter(pk=campaign.pk, state__in=sources)
    if campaigns.update(state=target, **changes) != 1:
        campaign.refresh_from_db()
        raise ImporterError(
            f"The campaign is {campaign.get_state_display()}: it cannot {action} now."
        )
    campaign.refresh_from_db()


@transaction.atomic
def start(campaign: InvitationCampaign, *, actor: User, shown: str | None = None) -> None:
    """Begin to send, or go on; the scheduler sends at the campaign's rate limit.

    Raises ChangedMeanwhile when the campaign is not as it was `shown`.
    """
    lock_campaign_as_shown(campaign, shown, actor=actor)
    take_action(
        campaign, "start", automatic_pause="", started_at=campaign.started_at or timezone.now()
    )


def pause(campaign: InvitationCampaign, *, actor: User) -> None:
    """Stop after the mail that is being sent."""
    take_action(campaign, "pause")
