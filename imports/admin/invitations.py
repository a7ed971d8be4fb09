"""Lead from the admin's list of models to the pages of invitations; edit their templates."""

from __future__ import annotations

from django.contrib import admin

from imports.admin.own_pages import OwnPages
from imports.models import InvitationCampaign, InvitationTemplate


@admin.register(InvitationCampaign)
class InvitationCampaignAdmin(OwnPages):
    """Campaigns are made, looked at and sent by our own pages alone."""

    list_page = "invitations:list"
    add_page = "invitations:new"
    object_page = "invitations:campaign"


@admin.register(InvitationTemplate)
class InvitationTemplateAdmin(admin.ModelAdmin):
    """Texts to begin a campaign with."""

    when_empty = "Save texts here to reuse them in invitation campaigns."
    list_display = ["name", "subject"]
