"""Leads from the admin's list of models to the pages of invitations; edits their templates."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from imports.models import InvitationTemplate, InvitationWave


@admin.register(InvitationWave)
class InvitationWaveAdmin(admin.ModelAdmin):
    """Its pages are our own."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("invitations:list")

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        return redirect("invitations:new")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        if object_id.isdecimal():
            return redirect("invitations:wave", int(object_id))
        return redirect("invitations:list")

    def has_delete_permission(
        self, request: HttpRequest, obj: InvitationWave | None = None
    ) -> bool:
        # Who was invited, and whose address refused, has to stay known.
        return False


@admin.register(InvitationTemplate)
class InvitationTemplateAdmin(admin.ModelAdmin):
    """Texts to begin a wave with."""

    when_empty = "Keep a text here that invitations begin with."
    list_display = ["name", "subject"]
