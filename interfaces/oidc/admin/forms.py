"""The forms of an application and of the claims that it is told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from imports.core.providers import label_source
from imports.selectors.sources import list_sources
from interfaces.oidc.claims import CLAIMS, OPENID, PROTOCOL_CLAIMS, SCOPES
from interfaces.oidc.models import Application, ApplicationUser, ClaimMapping
from interfaces.oidc.redirects import find_fault, list_lines

OWN_SUBJECT = "the user's own, from whatever system"
CLAIM = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")
LINES = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField uf-mono"})
KINDS = {
    "confidential": "Web application with a server, which keeps a client secret",
    "public": "Script in a browser, or application on a device: has no secret, requires PKCE",
}
FIXED_SUBJECT = (
    "Users have signed in: their ids no longer change. Add another application for other ids."
)


class ApplicationForm(forms.ModelForm):
    """An application. Whether it can keep a secret cannot be changed later."""

    type = forms.ChoiceField(label="Kind", choices=list(KINDS.items()), widget=forms.RadioSelect)
    scopes = forms.MultipleChoiceField(
        choices=[(name, f"{name}: {words}") for name, words in SCOPES.items() if name != OPENID],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What the application may ask for, besides “openid”.",
    )
    sources = forms.MultipleChoiceField(
        label="Allowed sources",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Users of these source systems may use it.",
    )
    subject_source = forms.ChoiceField(label="Subject ids of", required=False)

    class Meta:
        model = Application
        fields = [
            *("name", "type", "is_on", "redirect_uris", "post_logout_uris", "requires_pkce"),
            *("skip_consent", "scopes", "memberships", "subject_source"),
            *("groups", "roles", "sources"),
        ]
        labels = {"redirect_uris": "Redirect URLs", "skip_consent": "Trusted"}
        help_texts = {
            "redirect_uris": "Where users are sent after signing in, one whole URL a line. The"
            " application has to ask for one of these, character by character.",
            "skip_consent": "Users are not asked whether the application may see their data, nor"
            " whether they want to sign out when it signs them out.",
            "groups": "Members may use it. When no group, role and source is allowed, everybody is;"
            " otherwise, whoever has one of them.",
            "roles": "Users who have one of these roles, directly or through a group, may use it.",
        }
        widgets = {"redirect_uris": LINES, "post_logout_uris": LINES}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application = self.instance
        is_new = application._state.adding
        if "redirect_uris" not in self.fields:
            return  # of somebody who may only look at it
        self.fields["redirect_uris"].required = True
        for name in ("groups", "roles"):
            # Without what the stock admin says of a plain list: two lists need no key held down.
            self.fields[name].help_text = self.Meta.help_texts[name]
        self.initial["scopes"] = ["profile", "email"] if is_new else application.get_scopes()
        self.fields["sources"].choices = _list_choices(application.sources)  # type: ignore[attr-defined]
        if not self.fields["sources"].choices:  # type: ignore[attr-defined]
            del self.fields["sources"]
        subject = self.fields["subject_source"]
        subject.choices = [  # type: ignore[attr-defined]
            ("", OWN_SUBJECT),
            *_list_choices([application.subject_source] if application.subject_source else []),
        ]
        subject.help_text = Application._meta.get_field("subject_source").help_text
        if not is_new:
            del self.fields["type"]
            if ApplicationUser.objects.filter(application=application).exists():
                subject.disabled = True
                subject.help_text = FIXED_SUBJECT

    def clean_scopes(self) -> str:
        return "\n".join([OPENID, *self.cleaned_data["scopes"]])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("type") or self.instance.type
        for name in ("redirect_uris", "post_logout_uris"):
            uris = list_lines(cleaned.get(name, ""))
            cleaned[name] = "\n".join(dict.fromkeys(uris))
            for uri in uris:
                if fault := find_fault(uri, is_public=kind == "public"):
                    self.add_error(name, f"{uri}: {fault}")
        return cleaned


class ClaimMappingForm(forms.ModelForm):
    """An attribute and the claim that it is told as."""

    class Meta:
        model = ClaimMapping
        fields = ["claim", "attribute"]

    def clean_claim(self) -> str:
        claim: str = self.cleaned_data["claim"]
        if not CLAIM.fullmatch(claim):
            raise ValidationError("Use letters, digits and “_.:/-”.")
        if claim in PROTOCOL_CLAIMS or claim in CLAIMS:
            raise ValidationError(f"“{claim}” has a meaning of its own. Choose another name.")
        return claim


def _list_choices(chosen: Iterable[str]) -> list[tuple[str, str]]:
    names = dict.fromkeys([*(day.source for day in list_sources() if day.source), *chosen])
    return [(name, label_source(name)) for name in names]
