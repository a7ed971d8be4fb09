"""The form of a new campaign of invitations."""

from __future__ import annotations

from typing import Any

from django import forms

from imports.core.providers import label_source
from imports.models import InvitationCampaign, InvitationTemplate
from imports.models.invitations import BODY, SUBJECT
from imports.selectors.invitations import list_invitable_sources


class CampaignForm(forms.ModelForm):
    """Whom to invite, how fast, and with which words."""

    source = forms.ChoiceField(
        label="Source", required=False, help_text="The source system of the recipients."
    )

    class Meta:
        model = InvitationCampaign
        fields = ["name", "source", "size", "per_minute", "subject", "body"]
        help_texts = {
            "body": (
                "Placeholders: {name} for the user, {site} for this site, {link} for the link to "
                "choose a password."
            )
        }
        widgets = {"body": forms.Textarea(attrs={"rows": 12})}

    def __init__(self, *args: Any, template: InvitationTemplate | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        sources = [(name, label_source(name)) for name in list_invitable_sources()]
        self.fields["source"].choices = [("", "All sources"), *sources]  # type: ignore[attr-defined]
        self.initial.setdefault("subject", template.subject if template else SUBJECT)
        self.initial.setdefault("body", template.body if template else BODY)

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if "{link}" not in body:
            raise forms.ValidationError("The text needs {link}. Add it.")
        return body
