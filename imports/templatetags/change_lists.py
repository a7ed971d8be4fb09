"""Lists of the admin whose rows become small cards on a telephone: `is-stacked` in pages.css."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

# How the stock admin begins a cell that is neither the row's check box nor its heading.
CELL = '<td class="field-'


@register.filter
def name_columns(cells: Sequence[SafeString], headers: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the cells of a row, each but the check box and the heading with its column's name."""
    for cell, header in zip(cells, headers, strict=True):
        if cell.startswith(CELL):
            name = format_html(' data-label="{}"', capfirst(header["text"]))
            cell = mark_safe(f"<td{name}{cell[3:]}")  # noqa: S308 - both parts are escaped
        yield cell
