"""Lead from where the admin lists a model to pages of our own; for models that have such."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class OwnPages(admin.ModelAdmin):
    """`list_page` is the name of the address of the list; the others lead there unless named."""

    list_page = ""
    add_page = ""
    object_page = ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect(self.list_page)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return redirect(self.add_page or self.list_page)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if self.object_page and object_id.isdecimal():
            return redirect(self.object_page, int(object_id))
        return redirect(self.list_page)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # What was done has to stay known.
        return False
