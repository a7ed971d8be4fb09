"""The pages of invitations: waves, a new one, and what became of each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports.core.errors import ImporterError
from imports.models import InvitationTemplate, InvitationWave
from imports.selectors.invitations import (
    count_invitable,
    get_report,
    list_bounces,
    list_reports,
)
from imports.services.invitations import campaigns
from imports.services.invitations.recipients import list_recipients
from imports.services.invitations.sending import fill_in
from imports.services.jobs.shown import write_wave
from imports.views.invitations.forms import WaveForm
from imports.views.runs.actions import make_action
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import render_page

VIEW, ADD = "imports.view_invitationwave", "imports.add_invitationwave"
CHANGE = "imports.change_invitationwave"
SAMPLE_LINK = "https://… (a link of their own)"


@require_safe
@requires(VIEW)
def list_waves(request: StaffRequest) -> HttpResponse:
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
def create_wave(request: StaffRequest) -> HttpResponse:
    chosen = request.GET.get("template", "")
    template = InvitationTemplate.objects.filter(name=chosen).first()
    initial = {"source": request.GET.get("source", "")}
    posted = request.POST if request.method == "POST" else None
    form = WaveForm(posted, template=template, initial=initial)
    if form.is_valid():
        try:
            wave = campaigns.create_wave(form.save(commit=False), actor=request.user)
        except ImporterError as error:
            form.add_error(None, str(error))
        else:
            return redirect("invitations:wave", wave.pk)
    return render_page(
        request,
        "imports/invitations/new.html",
        title="New wave of invitations",
        parents=_list_parents(),
        form=form,
        templates=InvitationTemplate.objects.all(),
        chosen=template,
        invitable=count_invitable(),
    )


@require_safe
@requires(VIEW)
def show_wave(request: StaffRequest, wave_id: int) -> HttpResponse:
    wave = get_object_or_404(InvitationWave, pk=wave_id)
    return render_page(
        request,
        "imports/invitations/show.html",
        title=wave.name,
        parents=_list_parents(),
        wave=wave,
        report=get_report(wave),
        recipients=list_recipients(wave).count(),
        bounces=list_bounces(wave),
        reminders=wave.reminders.all(),
        sample_subject=fill_in(wave.subject, request.user, link=""),
        sample_body=fill_in(wave.body, request.user, link=SAMPLE_LINK),
        may_change=request.user.has_perm(CHANGE),
        may_add=request.user.has_perm(ADD),
        as_shown=write_wave(wave),
    )


start = make_action(CHANGE, campaigns.start, "invitations:wave", InvitationWave)
pause = make_action(CHANGE, campaigns.pause, "invitations:wave", InvitationWave, is_bound=False)


@require_POST
@requires(ADD)
def remind(request: StaffRequest, wave_id: int) -> HttpResponse:
    """Make a new wave of those who have not chosen a password; it waits to be started."""
    wave = get_object_or_404(InvitationWave, pk=wave_id)
    try:
        reminder = campaigns.remind(wave, actor=request.user)
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("invitations:wave", wave_id)
    return redirect("invitations:wave", reminder.pk)


def _list_parents() -> list[tuple[str, str]]:
    return [("Invitations", reverse("invitations:list"))]
