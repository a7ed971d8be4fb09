"""Keep what users typed from running as a formula in whoever opens an export."""

from __future__ import annotations

import re
from typing import Any

# OWASP, CSV injection: what spreadsheet programs take for the start of a formula.
FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
# A number, or a phone number, is only ever itself.
HARMLESS = re.compile(r"[+-]?\d+(?:\.\d+)?")


def neutralise_formula(value: Any) -> Any:
    """Return the value of a cell, with a quote before a text that a spreadsheet would run."""
    if isinstance(value, str) and value.startswith(FORMULA_START) and not HARMLESS.fullmatch(value):
        return f"'{value}"
    return value
