"""The HTML of mails, made from their text: one frame, one wording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.template.loader import render_to_string

TEMPLATE = "account/email/message.html"
CHOOSE_PASSWORD = "Choose a new password"  # noqa: S105
# Of what allauth passes to a mail: its one link, and what the link does.
ACTIONS = {"password_reset_url": CHOOSE_PASSWORD, "activate_url": "Confirm the address"}


def build_html(subject: str, text: str, context: Mapping[str, Any]) -> str:
    """Return allauth's mail as HTML; the last paragraph, who sent it, goes below the frame."""
    name = next((name for name in ACTIONS if context.get(name)), "")
    body = "\n\n".join(re.split(r"\n\s*\n", text.strip())[:-1])
    return frame_text(
        subject,
        body,
        site=context["current_site"].domain,
        link=context.get(name, ""),
        action=ACTIONS.get(name, ""),
        code=context.get("code", ""),
    )


def frame_text(
    subject: str, text: str, *, site: str, link: str = "", action: str = "", code: str = ""
) -> str:
    """Return a text in the frame of all mails: its link as a button, its code in large type.

    `site` is the name below the frame, `action` what the button says.
    """
    return render_to_string(
        TEMPLATE,
        {
            "subject": subject,
            "paragraphs": list(_split_paragraphs(text, link)),
            "link": link,
            "action": action,
            "code": code,
            "site": site,
        },
    )


def _split_paragraphs(text: str, link: str) -> Iterator[str]:
    """Yield the paragraphs of a text; the link is one of its own, wherever it stands."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        pieces = re.split(f"({re.escape(link)})", paragraph) if link else [paragraph]
        # What is left of “Go to LINK.” behind the link is no paragraph.
        yield from (piece.strip() for piece in pieces if re.search(r"\w", piece))
