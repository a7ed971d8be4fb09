"""The permissions that pages and endpoints of exports ask for, in plain words and by area."""

from __future__ import annotations

AREAS = {
    "Exports": {
        "exports.view_export": "See who exported which users, and when",
    },
}
