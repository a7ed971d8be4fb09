"""The admin of external providers: their client secrets are stored encrypted and never shown."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers import registry
from django import forms
from django.contrib import admin

from accounts.authenticators.external_logins import encrypt_client_secret

SETTINGS_HELP = (
    'For OpenID Connect, {"server_url": "https://login.example.com"}: the address below which'
    " /.well-known/openid-configuration is found. Others need none."
)


class ProviderForm(forms.ModelForm):
    """An identity provider. The secret can be replaced, not read."""

    provider = forms.ChoiceField(label="Kind")
    provider_id = forms.SlugField(
        label="Provider id",
        required=False,
        max_length=200,
        help_text=(
            "For OpenID Connect: part of the callback URL, and the provider name that external "
            "logins in an import must have."
        ),
    )
    secret = forms.CharField(
        label="Client secret",
        required=False,
        max_length=100,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text="Stored encrypted. Leave empty to keep the current one.",
    )

    class Meta:
        model = SocialApp
        fields = ["provider", "provider_id", "name", "client_id", "secret", "settings"]
        help_texts = {"name": "Shown on the button of the sign-in page.", "settings": SETTINGS_HELP}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = registry.as_choices()  # type: ignore[attr-defined]

    def clean_secret(self) -> str:
        secret: str = self.cleaned_data["secret"]
        if not secret:
            return str(self.initial.get("secret", ""))
        return encrypt_client_secret(secret)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("provider") == "openid_connect":
            if not cleaned.get("provider_id"):
                self.add_error("provider_id", "OpenID Connect needs a provider id. Enter one.")
            if not (cleaned.get("settings") or {}).get("server_url"):
                self.add_error(
                    "settings",
                    "OpenID Connect needs a server_url. Add it to the settings.",
                )
        return cleaned


@admin.register(SocialApp)
class ProviderAdmin(admin.ModelAdmin):
    """The providers that people can sign in with."""

    form = ProviderForm
    when_empty = (
        "Identity providers, such as Google, that users can sign in with. Add each one whose "
        "external logins you import."
    )
    list_display = ["name", "provider", "provider_id"]
