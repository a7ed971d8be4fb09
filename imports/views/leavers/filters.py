"""Read from a URL which of the missing users are meant, and write it there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from imports.leaver_filters import LeaverFilter
from imports.models import LeaverKind

# Users who were ticked; more come by a search.
MAX_TICKED = 1_000


def read_filter(given: QueryDict) -> LeaverFilter:
    """Return the part of the list that is meant; what makes no sense counts as not given."""
    kind, search = given.get("kind", ""), given.get("q", "").replace("\0", "").strip()
    known = {each.value: each for each in LeaverKind}
    return LeaverFilter(kind=known.get(kind, LeaverKind.ACTIVE), search=search)


def read_chosen(given: QueryDict) -> LeaverFilter:
    """Return whom a decision is about: those ticked, those who match, or everybody."""
    if "matching" in given:
        return read_filter(given)
    ticked = sorted({int(each) for each in given.getlist("user") if is_number(each)})
    return LeaverFilter(users=tuple(ticked[:MAX_TICKED])) if ticked else LeaverFilter()


def list_chosen(given: QueryDict) -> list[tuple[str, Any]]:
    """Return what was chosen as the fields of a form."""
    if "matching" in given:
        return [("matching", 1), *list_fields(read_filter(given)).items()]
    return [("user", user) for user in read_chosen(given).users or ()]


def list_fields(chosen: LeaverFilter) -> dict[str, str]:
    """Return a part of the list as the fields of a form or URL."""
    fields = {"kind": chosen.kind.value if chosen.kind else "", "q": chosen.search}
    return {name: value for name, value in fields.items() if value}


def write_query(chosen: LeaverFilter, **more: Any) -> str:
    """Return a part of the list as a query string, with more in it."""
    return "?" + urlencode({**list_fields(chosen), **more})


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
