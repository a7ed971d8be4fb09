"""The settings of legacy directories, and the users whom none of them brings back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin import UserPanel, register_user_panel
from accounts.admin.groups import KnowsActor
from accounts.models import User
from imports.admin.mapping_text import read_mapping, read_object, write_mapping
from imports.core.errors import ChangedMeanwhile
from imports.core.mapping import Mapping
from imports.directory_client.registry import KINDS
from imports.models import DirectoryMode, LegacyDirectory, Tombstone
from imports.services.directories.directories import (
    check_profile_mapping,
    encrypt_directory_secret,
    find_faults,
    find_missing_right,
    save_directory,
)
from imports.services.directories.shown import refuse_changed_directory, write_directory
from imports.services.directories.sign_in import list_directories
from imports.services.directories.whose_password import choose_directories, is_waiting

MAPPING_HELP = (
    "JSON in the format of a mapping file. Leave empty for the default of the kind. The test "
    "console shows the available source fields."
)


class DirectoryForm(forms.ModelForm):
    """A legacy directory. The secret can be replaced, not read."""

    actor: User

    kind = forms.ChoiceField(choices=[(kind.name, kind.label) for kind in KINDS.values()])
    email_domains = SimpleArrayField(
        forms.CharField(max_length=253),
        required=False,
        label="E-mail domains",
        help_text="Comma-separated. Leave empty to query the directory for all addresses.",
    )
    new_secret = forms.CharField(
        label="Secret",
        required=False,
        strip=False,
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text=(
            "Bearer or API token, client secret, or password of the service account. Stored "
            "encrypted. Leave empty to keep the current one."
        ),
    )
    mapping_text = forms.CharField(
        label="Mapping",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField uf-mono"}),
        help_text=MAPPING_HELP,
    )

    as_shown = forms.CharField(required=False, widget=forms.HiddenInput)
    takes_over = forms.BooleanField(
        label="Take over",
        required=False,
        help_text=(
            "I have reviewed these settings. From now on, grants of groups and roles are limited "
            "by my permissions alone, not by those of earlier editors."
        ),
    )

    class Meta:
        model = LegacyDirectory
        fields = [
            "name",
            "source",
            "kind",
            "position",
            "email_domains",
            "url",
            "client_id",
            "token_url",
            "scope",
            "bind_dn",
            "base_dn",
            "user_filter",
            "start_tls",
            "timeout",
            "per_minute",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.job_id is not None:
            stored = Mapping.model_validate(self.instance.job.mapping)
            self.initial["mapping_text"] = write_mapping(stored)
            self.initial["as_shown"] = write_directory(self.instance)

    def clean_email_domains(self) -> list[str]:
        given: list[str] = self.cleaned_data["email_domains"]
        return [domain.strip().lower().removeprefix("@") for domain in given if domain.strip()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is not None:
            self._refuse_changed(cleaned.get("as_shown", ""))
        if missing := find_missing_right(DirectoryMode(self.instance.mode), self.actor):
            self.add_error(None, missing)
        if "kind" in cleaned:
            cleaned["mapping"] = self._read_mapping(cleaned)
        return cleaned

    def _refuse_changed(self, shown: str) -> None:
        """Refuse settings that were typed over others; these stay as they are until the save."""
        try:
            refuse_changed_directory(self.instance, shown, "directory", None)
        except ChangedMeanwhile as error:
            self.add_error(None, str(error))

    def _read_mapping(self, cleaned: dict[str, Any]) -> Mapping:
        """Return the mapping as it is written; that of the kind when nothing else is."""
        text = cleaned.get("mapping_text", "")
        before = KINDS.get(self.initial.get("kind", ""))
        if not text or (before and text == write_mapping(before.mapping)):
            return KINDS[cleaned["kind"]].mapping
        try:
            return read_mapping(read_object(text), check_profile_mapping)
        except ValidationError as error:
            self.add_error("mapping_text", error)
        return KINDS[cleaned["kind"]].mapping

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        has_secret = bool(self.cleaned_data["new_secret"] or self.instance.secret)
        for name, fault in find_faults(self.instance, has_secret=has_secret).items():
            self.add_error("new_secret" if name == "secret" else name, fault)


@register_user_panel
def build_waiting_panel(user: User) -> UserPanel | None:
    """Say of a user who waits for it which directories are asked at the first sign-in."""
    if not is_waiting(user):
        return None
    identifier = user.email or user.username or user.phone or ""
    directories = choose_directories(
        list_directories(identifier, [DirectoryMode.ON, DirectoryMode.DRAINING]), user
    )
    if not directories:
        return None
    return UserPanel(
        title="Not migrated yet",
        template="imports/sources/user_waiting.html",
        context={"directories": directories},
    )


@admin.register(LegacyDirectory)
class LegacyDirectoryAdmin(KnowsActor, admin.ModelAdmin):
    """Settings only; what a directory is asked for is chosen on its own page."""

    form = DirectoryForm
    fieldsets = [
        (None, {"fields": ["name", "source", "kind", "position", "email_domains"]}),
        ("Address", {"fields": ["url", "client_id", "new_secret", "token_url", "scope"]}),
        ("LDAP only", {"fields": ["bind_dn", "base_dn", "user_filter", "start_tls"]}),
        ("Limits", {"fields": ["timeout", "per_minute"]}),
        ("Column mapping", {"fields": ["mapping_text", "takes_over", "as_shown"]}),
    ]
    change_form_template = "admin/imports/legacydirectory/change_form.html"

    list_page = "directories:list"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect(self.list_page)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return super().render_change_form(
            request, {**context, "kinds": KINDS.values()}, *args, **kwargs
        )

    def has_delete_permission(
        self, request: HttpRequest, obj: LegacyDirectory | None = None
    ) -> bool:
        # Its continuous job would stay open for ever.
        is_closed = obj is not None and obj.mode == DirectoryMode.CLOSED
        return super().has_delete_permission(request, obj) and is_closed

    def save_model(
        self, request: HttpRequest, obj: LegacyDirectory, form: DirectoryForm, change: bool
    ) -> None:
        if secret := form.cleaned_data["new_secret"]:
            obj.secret = encrypt_directory_secret(secret)
        save_directory(
            obj,
            form.cleaned_data["mapping"],
            actor=request.user,  # type: ignore[arg-type]
            takes_over=form.cleaned_data["takes_over"],
            shown=form.cleaned_data["as_shown"] if change else None,
        )

    def response_add(
        self, request: HttpRequest, obj: LegacyDirectory, post_url_continue: str | None = None
    ) -> HttpResponse:
        self.message_user(
            request,
            f"“{obj}” was created in mode “off”. Test it before you switch it on.",
        )
        return redirect("directories:directory", obj.pk)

    def response_change(self, request: HttpRequest, obj: LegacyDirectory) -> HttpResponse:
        self.message_user(request, f"Settings of “{obj}” saved.")
        return redirect("directories:directory", obj.pk)


@admin.register(Tombstone)
class TombstoneAdmin(admin.ModelAdmin):
    """Who was deleted here. Removing the note lets a directory bring the user back."""

    when_empty = "Deleted users are listed here, so that no legacy directory migrates them again."
    list_display = ["subject_id", "deleted_at"]
    search_fields = ["subject_id"]
    search_help_text = "Subject id"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Tombstone | None = None) -> bool:
        return False
