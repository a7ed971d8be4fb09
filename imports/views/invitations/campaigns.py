"""The pages of invitations: campaigns, a new one, and the results of each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports.core.errors import ImporterError
from imports.models import InvitationCampaign, InvitationTemplate
from imports.selectors.invitations import (
    count_invitable,
    get_report,
    list_bounces,
    list_reports,
)
from imports.services.invitations import campaigns
from imports.services.invitations.recipients import list_recipients
from imports.services.invitations.sending import fill_in
from imports.services.invitations.shown import write_campaign
from imports.views.invitations.forms import CampaignForm
from imports.views.runs.actions import make_action
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import render_page

VIEW, ADD = "imports.view_invitationcampaign", "imports.add_invitationcampaign"
CHANGE = "imports.change_invitationcampaign"
SAMPLE_LINK = "https://… (personal link)"


@require_safe
@requires(VIEW)
def list_campaigns(request: StaffRequest) -> HttpResponse:
    return render_page(
        request,
        "imports/invitations/list.html",
        title="Invitations",
        parents=[],
        reports=list_reports(),
        invitable=count_invitable(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(ADD)
def create_campaign(request: StaffRequest) -> HttpResponse:
    chosen = request.GET.get("template", "")
    template = InvitationTemplate.objects.filter(name=chosen).first()
    initial = {"source": request.GET.get("source", "")}
    posted = request.POST if request.method == "POST" else None
    form = CampaignForm(posted, template=template, initial=initial)
    if form.is_valid():
        try:
            campaign = campaigns.create_campaign(form.save(commit=False), actor=request.user)
        except ImporterError as error:
            form.add_error(None, str(error))
        else:
            return redirect("invitations:campaign", campaign.pk)
    return render_page(
        request,
        "imports/invitations/new.html",
        title="New invitation campaign",
        parents=_list_parents(),
        form=form,
        templates=InvitationTemplate.objects.all(),
        chosen=template,
        invitable=count_invitable(),
    )


@require_safe
@requires(VIEW)
def show_campaign(request: StaffRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(InvitationCampaign, pk=campaign_id)
    return render_page(
        request,
        "imports/invitations/show.html",
        title=campaign.name,
        parents=_list_parents(),
        campaign=campaign,
        report=get_report(campaign),
        recipients=list_recipients(campaign).count(),
        bounces=list_bounces(campaign),
        reminders=campaign.reminders.all(),
        sample_subject=fill_in(campaign.subject, request.user, link=""),
        sample_body=fill_in(campaign.body, request.user, link=SAMPLE_LINK),
        may_change=request.user.has_perm(CHANGE),
        may_add=request.user.has_perm(ADD),
        as_shown=write_campaign(campaign),
    )


start = make_action(CHANGE, campaigns.start, "invitations:campaign", InvitationCampaign)
pause = make_action(
    CHANGE, campaigns.pause, "invitations:campaign", InvitationCampaign, is_bound=False
)


@require_POST
@requires(ADD)
def remind(request: StaffRequest, campaign_id: int) -> HttpResponse:
    """Make a new campaign of those who have not chosen a password; it waits to be started."""
    campaign = get_object_or_404(InvitationCampaign, pk=campaign_id)
    try:
        reminder = campaigns.remind(campaign, actor=request.user)
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("invitations:campaign", campaign_id)
    return redirect("invitations:campaign", reminder.pk)


def _list_parents() -> list[tuple[str, str]]:
    return [("Invitations", reverse("invitations:list"))]
