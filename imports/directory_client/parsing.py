"""Read the JSON of answers, which others have written."""

from __future__ import annotations

import json
from typing import Any

from imports.core.values.nesting import DEPTH_LIMIT, measure_depth


def parse_json(raw: bytes) -> Any:
    """Return what the JSON text says; raise ValueError for any other, or one nested too deeply."""
    if measure_depth(raw) > DEPTH_LIMIT:
        raise ValueError("The JSON is nested too deeply.")
    return json.loads(raw)
