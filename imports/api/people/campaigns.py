"""Invitation campaigns by API: listed, read with their recipients, started, paused, repeated."""

from __future__ import annotations

from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from imports.api.requests.access import VIEW_USER, AccessToken, ApiRequest, read_shown
from imports.api.requests.paging import AfterId, Limit, Search, cut_page
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.migration import (
    CampaignDetails,
    CampaignInfo,
    CampaignPage,
    RecipientInfo,
    RecipientPage,
)
from imports.models import CampaignState, InvitationCampaign, InvitationState
from imports.selectors.invitations import get_report
from imports.services.invitations import campaigns
from imports.services.invitations.shown import write_campaign

router = Router(tags=["campaigns"])
VIEW, ADD = "imports.view_invitationcampaign", "imports.add_invitationcampaign"
CHANGE = "imports.change_invitationcampaign"
CampaignId = Annotated[int, Path(description="Id of the campaign.", le=2**63 - 1)]


@router.get("", auth=AccessToken(VIEW), response=CampaignPage)
def list_campaigns(
    request: ApiRequest,
    state: Annotated[
        CampaignState | None, Query(description="Only campaigns in this state.")
    ] = None,
    search: Search = "",
    after: AfterId = None,
    limit: Limit = 100,
) -> CampaignPage:
    """Return campaigns, newest first."""
    found = InvitationCampaign.objects.select_related("created_by").order_by("-pk")
    found = found.filter(name__icontains=search)
    found = found.filter(state=state) if state else found
    found = found if after is None else found.filter(pk__lt=after)
    shown, last = cut_page(found, limit, lambda campaign: campaign.pk)
    return CampaignPage(
        campaigns=[CampaignInfo(**_list_members(each)) for each in shown], next=last
    )


@router.get("/{int:campaign_id}", auth=AccessToken(VIEW), response=CampaignDetails)
def get_campaign(request: ApiRequest, campaign_id: CampaignId) -> CampaignDetails:
    """Return a campaign with its numbers."""
    return _describe(_find(campaign_id))


@router.get(
    "/{int:campaign_id}/recipients", auth=AccessToken(VIEW, VIEW_USER), response=RecipientPage
)
def list_recipients(
    request: ApiRequest,
    campaign_id: CampaignId,
    state: Annotated[
        InvitationState | None, Query(description="Only recipients in this state.")
    ] = None,
    after: AfterId = None,
    limit: Limit = 100,
) -> RecipientPage:
    """Return the recipients of a campaign, by id."""
    found = _find(campaign_id).invitations.filter(pk__gt=after or 0).order_by("pk")
    found = found.filter(state=state) if state else found
    shown, last = cut_page(found, limit, lambda invitation: invitation.pk)
    return RecipientPage(
        recipients=[RecipientInfo.model_validate(each, from_attributes=True) for each in shown],
        next=last,
    )


@router.post(
    "/{int:campaign_id}/start",
    auth=AccessToken(CHANGE),
    response={202: CampaignDetails},
    openapi_extra=list_refusals("refused", "changed_meanwhile"),
)
def start_campaign(request: ApiRequest, campaign_id: CampaignId) -> CampaignDetails:
    """Begin to send the e-mails, or go on, in the background."""
    campaign = _find(campaign_id)
    campaigns.start(campaign, actor=request.user, shown=read_shown(request))
    return _describe(campaign)


@router.post(
    "/{int:campaign_id}/pause",
    auth=AccessToken(CHANGE),
    response=CampaignDetails,
    openapi_extra=list_refusals("refused"),
)
def pause_campaign(request: ApiRequest, campaign_id: CampaignId) -> CampaignDetails:
    """Stop after the e-mail that is being sent."""
    campaign = _find(campaign_id)
    campaigns.pause(campaign, actor=request.user)
    return _describe(campaign)


@router.post(
    "/{int:campaign_id}/reminders",
    auth=AccessToken(ADD),
    response={201: CampaignDetails},
    openapi_extra=list_refusals("refused"),
)
def create_reminder(request: ApiRequest, campaign_id: CampaignId) -> CampaignDetails:
    """Create a campaign for those who have not chosen a password; it waits to be started."""
    return _describe(campaigns.remind(_find(campaign_id), actor=request.user))


def _find(campaign_id: int) -> InvitationCampaign:
    found = InvitationCampaign.objects.select_related("created_by")
    campaign: InvitationCampaign = get_object_or_404(found, pk=campaign_id)
    return campaign


def _describe(campaign: InvitationCampaign) -> CampaignDetails:
    report = get_report(campaign)
    return CampaignDetails(
        **_list_members(campaign),
        digest=write_campaign(campaign),
        total=report.total,
        waiting=report.waiting,
        sent=report.sent,
        bounced=report.bounced,
        needless=report.needless,
        chosen=report.chosen,
    )


def _list_members(campaign: InvitationCampaign) -> dict[str, Any]:
    return {
        "id": campaign.pk,
        "name": campaign.name,
        "source": campaign.source,
        "state": CampaignState(campaign.state),
        "automatic_pause": campaign.automatic_pause,
        "subject": campaign.subject,
        "per_minute": campaign.per_minute,
        "reminder_of": campaign.reminder_of_id,
        "created_by": str(campaign.created_by),
        "created_at": campaign.created_at,
        "started_at": campaign.started_at,
        "finished_at": campaign.finished_at,
    }
