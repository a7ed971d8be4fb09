"""Read from a URL which records are meant, and write it there."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from imports.core.planning.stages import READING
from imports.core.problems import CODES
from imports.models import Status
from imports.record_filters import RecordFilter
from imports.views.shared.stage_words import STAGE_LABELS

ALL = "all"
STAGES = {
    READING: "Reading the row",
    **{stage.value: label for stage, label in STAGE_LABELS.items()},
}
DIGEST = re.compile(r"[0-9a-f]{32}")
CHUNK = re.compile(r"(\d{1,9}\.)?\d{1,9}")
# Rows that were ticked; more come by a filter.
MAX_TICKED = 10_000


def read_filter(given: QueryDict, *, default: str = "") -> RecordFilter:
    """Return the filter of a URL or form; what makes no sense counts as not given.

    `default` is the status where none is named.
    """
    status = given.get("status", default)
    reason, stage = given.get("reason", ""), given.get("stage", "")
    error_group, chunk = given.get("error_group", ""), given.get("chunk", "").strip()
    return RecordFilter(
        status=status if status in Status.values else "",
        # A NUL cannot be in the database, and PostgreSQL refuses to look for one.
        search=given.get("q", "").strip(),
        reason=reason if reason in CODES else "",
        error_group=error_group if DIGEST.fullmatch(error_group) else "",
        stage=stage if stage in STAGES else "",
        chunk=chunk if CHUNK.fullmatch(chunk) else "",
        first_row=_read_row(given.get("from", "")),
        last_row=_read_row(given.get("to", "")),
    )


def read_ticked(given: QueryDict) -> RecordFilter | None:
    """Return the filter for the rows that are ticked; None when none is."""
    rows = sorted({int(row) for row in given.getlist("row") if _read_row(row) is not None})
    return RecordFilter(rows=tuple(rows[:MAX_TICKED])) if rows else None


def list_fields(chosen: RecordFilter) -> dict[str, Any]:
    """Return the filter as the fields of a form or URL."""
    fields = {
        "status": chosen.status or ALL,
        "q": chosen.search,
        "reason": chosen.reason,
        "error_group": chosen.error_group,
        "stage": chosen.stage,
        "chunk": chosen.chunk,
        "from": chosen.first_row,
        "to": chosen.last_row,
    }
    return {name: value for name, value in fields.items() if value not in ("", None)}


def write_query(chosen: RecordFilter, **more: Any) -> str:
    """Return the filter as a query string, with more in it."""
    return "?" + urlencode({**list_fields(chosen), **more})


def is_narrowed(chosen: RecordFilter) -> bool:
    """Return whether the filter asks for more than a status."""
    return list_fields(chosen).keys() != {"status"}


def _read_row(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
