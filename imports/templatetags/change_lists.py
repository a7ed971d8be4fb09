"""Lists of the admin whose rows become small cards on a phone: `is-stacked` in pages.css."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from imports.templatetags.breaking import breakable

register = template.Library()

# A cell of the stock admin that is neither the row's check box nor its heading: its attributes, the
# text that it begins with, and the rest.
CELL = re.compile(r'<td( class="field-[^>]*>)([^<]*)(.*)', re.DOTALL)


@register.filter
def name_columns(cells: Sequence[SafeString], headers: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the cells of a row, each but the check box and the heading with its column's name.

    Addresses in them may break at the end of a line.
    """
    for cell, header in zip(cells, headers, strict=True):
        if found := CELL.match(cell):
            name = format_html(' data-label="{}"', capfirst(header["text"]))
            text = breakable(mark_safe(found[2]))  # noqa: S308 - the admin has escaped it
            cell = mark_safe(f"<td{name}{found[1]}{text}{found[3]}")  # noqa: S308 - as are the others
        yield cell
