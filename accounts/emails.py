"""The HTML of the mails about an account, made from their text: one frame, one wording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

TEMPLATE = "account/email/message.html"
# Of what allauth passes to a mail: its one link, and what the link does.
ACTIONS = {"password_reset_url": "Choose a new password", "activate_url": "Confirm the address"}


def build_html(subject: str, text: str, context: Mapping[str, Any]) -> str:
    """Return the mail as HTML; the last paragraph of `text`, who sent it, goes below the frame."""
    name = next((name for name in ACTIONS if context.get(name)), "")
    return render_to_string(
        TEMPLATE,
        {
            "subject": subject,
            "paragraphs": re.split(r"\n\s*\n", text.strip())[:-1],
            "link": context.get(name),
            "action": ACTIONS.get(name),
            "code": context.get("code"),
            "site": context["current_site"].domain,
        },
    )
