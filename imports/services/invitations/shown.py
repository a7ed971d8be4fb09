"""Refuse to start a campaign whose page showed something else than there is now."""

from __future__ import annotations

from accounts.models import User
from imports.core.shown import digest_part, write_shown
from imports.models import CampaignState, InvitationCampaign, JobEvent
from imports.services.invitations.recipients import summarise_recipients
from imports.services.jobs.shown import refuse_changed


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


def write_campaign(campaign: InvitationCampaign) -> str:
    """Return what a page about an invitation campaign shows, for its forms to carry."""
    return write_shown(describe_campaign(campaign))


def lock_campaign_as_shown(campaign: InvitationCampaign, shown: str | None, *, actor: User) -> None:
    """Lock and reload the campaign; raise ChangedMeanwhile if its page showed something else.

    None says that the caller has seen nothing of it. To be called in a transaction.
    """
    campaign.refresh_from_db(
        from_queryset=InvitationCampaign.objects.select_for_update(no_key=True)
    )
    if shown is not None:
        refuse_changed(shown, describe_campaign(campaign), "invite", JobEvent.objects.none(), actor)
