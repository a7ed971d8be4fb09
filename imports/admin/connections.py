"""The settings of connections: what a program's records become, by kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify

from accounts.admin.groups import KnowsActor
from accounts.models import User
from accounts.selectors.attributes import list_unique_attributes
from imports.admin.mapping_text import read_mapping, read_object, write_json, write_mapping
from imports.core.errors import ChangedMeanwhile, ImporterError
from imports.core.mapping import Mapping
from imports.core.planning.matching import SUBJECT_ID, label_matching_key, list_matching_keys
from imports.models import Connection
from imports.services.connections.connections import (
    check_connection_mapping,
    check_policies,
    delete_connection,
    save_connection,
)
from imports.services.connections.kinds import KINDS, ConnectionKind
from imports.services.connections.mappings import propose_mapping
from imports.services.connections.shown import refuse_changed_connection, write_connection

MAPPING_HELP = (
    "JSON in the format of a mapping file, as a job's page downloads it. Leave empty for the"
    " default of the kind."
)


class ConnectionForm(forms.ModelForm):
    """A connection of one kind, which cannot be changed later."""

    actor: User

    kind = forms.CharField(widget=forms.HiddenInput)
    mapping_text = forms.CharField(
        label="Mapping",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField uf-mono"}),
        help_text=MAPPING_HELP,
    )
    policies_text = forms.CharField(
        label="Policies",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField uf-mono"}),
        help_text=(
            "JSON with “conflicts” and “field_policies” beyond the mode. Leave empty for none."
        ),
    )
    as_shown = forms.CharField(required=False, widget=forms.HiddenInput)
    takes_over = forms.BooleanField(
        label="Take over",
        required=False,
        help_text=(
            "I have reviewed these settings. From now on, the connection acts for me and is limited"
            " by my permissions alone, not by those of earlier editors."
        ),
    )

    class Meta:
        model = Connection
        fields = ["name", "kind", "tenant", "source", "mode", "matching_key", "per_minute"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "matching_key" in self.fields:
            keys = list_matching_keys(list_unique_attributes())
            self.fields["matching_key"] = forms.ChoiceField(
                choices=[(key, label_matching_key(key)) for key in keys],
                initial=SUBJECT_ID,
                help_text="By which value existing users are found.",
            )
        if self.instance.pk is None:
            self._ask_for_tenant(KINDS.get(self["kind"].value()))
            return
        if "tenant" in self.fields:
            self.fields["tenant"].required = True
        del self.fields["kind"]
        policies = {
            name: value
            for name in ("conflicts", "field_policies")
            if (value := getattr(self.instance, name))
        }
        self.initial = {
            **self.initial,
            "mapping_text": write_mapping(Mapping.model_validate(self.instance.mapping)),
            "policies_text": write_json(policies) if policies else "",
            "as_shown": write_connection(self.instance),
        }

    def _ask_for_tenant(self, kind: ConnectionKind | None) -> None:
        if kind is None or not kind.has_tenant:
            return
        tenant = self.fields["tenant"]
        tenant.required = not kind.tenant_is_name
        if kind.tenant_is_name:
            tenant.help_text = f"{tenant.help_text} Leave empty to make it from the name."

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        if kind not in KINDS:
            raise ValidationError("There is no such kind of connection. Choose one from the list.")
        return kind

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name = self.instance.kind or cleaned.get("kind", "")
        if name not in KINDS:
            return cleaned
        if self.instance.pk is not None:
            self._refuse_changed(cleaned.get("as_shown", ""))
        if KINDS[name].tenant_is_name and cleaned.get("tenant") == "" and "name" in cleaned:
            cleaned["tenant"] = slugify(cleaned["name"])
            if not cleaned["tenant"]:
                self.add_error("tenant", "Enter a tenant. None can be made from this name.")
        if "policies_text" in cleaned:
            self._read_policies(cleaned["policies_text"])
        cleaned["mapping"] = self._read_mapping(cleaned.get("mapping_text", ""), name)
        if not KINDS[name].writes:
            self.instance.source = cleaned.get("name", "")
        return cleaned

    def _refuse_changed(self, shown: str) -> None:
        try:
            refuse_changed_connection(self.instance, shown, "connection")
        except ChangedMeanwhile as error:
            self.add_error(None, str(error))

    def _read_policies(self, text: str) -> None:
        try:
            given = read_object(text)
        except ValidationError as error:
            self.add_error("policies_text", error)
            return
        unknown = given.keys() - {"conflicts", "field_policies"}
        are_objects = all(isinstance(each, dict) for each in given.values())
        if unknown or not are_objects:
            self.add_error("policies_text", "Write “conflicts” and “field_policies” as objects.")
            return
        self.instance.conflicts = given.get("conflicts", {})
        self.instance.field_policies = given.get("field_policies", {})

    def _read_mapping(self, text: str, kind: str) -> Mapping:
        """Return the mapping as it is written; that of the kind when nothing is."""
        default = propose_mapping(KINDS[kind].provider)
        try:
            given = read_object(text)
            if given:
                given = {"provider": default.provider, **given}
                return read_mapping(given, check_connection_mapping)
        except ValidationError as error:
            self.add_error("mapping_text", error)
        return default

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            check_policies(self.instance)
        except ImporterError as error:
            self.add_error(None, str(error))


@admin.register(Connection)
class ConnectionAdmin(KnowsActor, admin.ModelAdmin):
    """Settings only: a connection is switched, and its secrets are made, on its own page."""

    form = ConnectionForm
    change_form_template = "admin/imports/connection/change_form.html"

    def get_fieldsets(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        kind = KINDS.get(obj.kind if obj else request.GET.get("kind", ""))
        tenant = ["tenant"] if kind and kind.has_tenant else []
        hidden = ["as_shown"] if obj else ["kind"]
        by_request = kind is not None and kind.modes_by_request
        policies = ["matching_key"] if by_request else ["mode", "matching_key", "policies_text"]
        takes_over = ["takes_over"] if obj else []
        if kind is not None and not kind.writes:
            return [
                (None, {"fields": ["name", *tenant, *hidden]}),
                ("Limits", {"fields": ["per_minute", *takes_over]}),
            ]
        return [
            (None, {"fields": ["name", *tenant, "source", *hidden]}),
            ("Existing users", {"fields": policies}),
            ("Limits", {"fields": ["per_minute"]}),
            ("Mapping", {"fields": ["mapping_text", *takes_over]}),
        ]

    list_page = "connections:list"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect(self.list_page)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.GET.get("kind") not in KINDS:
            return redirect("connections:choose_kind")
        return super().add_view(request, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        kind = KINDS[obj.kind if obj else request.GET["kind"]]
        return super().render_change_form(
            request, {**context, "kind": kind, "subtitle": kind.label}, *args, **kwargs
        )

    def has_delete_permission(self, request: HttpRequest, obj: Connection | None = None) -> bool:
        is_off = obj is None or not obj.is_on
        return super().has_delete_permission(request, obj) and is_off

    def delete_model(self, request: HttpRequest, obj: Connection) -> None:
        delete_connection(obj)

    def save_model(
        self, request: HttpRequest, obj: Connection, form: ConnectionForm, change: bool
    ) -> None:
        save_connection(
            obj,
            form.cleaned_data["mapping"],
            actor=request.user,  # type: ignore[arg-type]
            takes_over=form.cleaned_data.get("takes_over", False),
            shown=form.cleaned_data["as_shown"] if change else None,
        )

    def response_add(
        self, request: HttpRequest, obj: Connection, post_url_continue: str | None = None
    ) -> HttpResponse:
        self.message_user(
            request, f"“{obj}” was created and is off. Create a secret, then switch it on."
        )
        return redirect("connections:connection", obj.pk)

    def response_change(self, request: HttpRequest, obj: Connection) -> HttpResponse:
        self.message_user(request, f"Settings of “{obj}” saved.")
        return redirect("connections:connection", obj.pk)
