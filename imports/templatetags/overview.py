"""The front page of the admin: what runs, what waits, who came back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import template

from accounts.hashing import PREFIXES
from imports.models import SourceDay
from imports.selectors.attention import get_overview
from imports.selectors.sources import list_sources

register = template.Library()

SOURCES_SHOWN = 5
FORMATS_SHOWN = 6


@register.inclusion_tag("imports/jobs/overview.html", takes_context=True)
def import_overview(context: dict[str, Any]) -> dict[str, Any]:
    """Show the overview to those who may see imports; nothing to anybody else."""
    if not context["request"].user.has_perm("imports.view_importjob"):
        return {"overview": None}
    sources = list_sources()
    return {
        "perms": context["perms"],
        "overview": get_overview(),
        "sources": sources[:SOURCES_SHOWN],
        "formats": _count_formats(sources),
    }


def _count_formats(sources: list[SourceDay]) -> list[tuple[str, int]]:
    """Return how many users of all sources are on each foreign format, the most first."""
    totals: Counter[str] = Counter()
    for source in sources:
        totals.update(source.formats)
    return [
        (PREFIXES[prefix].label if prefix in PREFIXES else prefix, count)
        for prefix, count in totals.most_common(FORMATS_SHOWN)
    ]
