"""Show what an import would change, without the inline styles that the policy forbids."""

from __future__ import annotations

from django.utils.encoding import force_str
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.resources import Diff


class MarkedDiff(Diff):
    """Old and new value of each field, marked as deletion and insertion."""

    def as_html(self) -> list[SafeString | str]:
        if self.new:
            return [force_str(value) for value in self.right]
        return [
            mark_change(force_str(old), force_str(new))
            for old, new in zip(self.left, self.right, strict=True)
        ]


def mark_change(old: str, new: str) -> SafeString | str:
    if old == new:
        return new
    removed = format_html("<del>{}</del> ", old) if old else ""
    added = format_html("<ins>{}</ins>", new) if new else ""
    return format_html("{}{}", removed, added)
