"""Set a migration report as a PDF, which Typst tags for screen readers."""

from __future__ import annotations

from datetime import datetime

import orjson
import typst
from django.conf import settings

from imports.views.report.sections import Report

# Typst is not for Django to render: it reads the file, and nothing outside its folder.
TEMPLATE = settings.BASE_DIR / "templates" / "imports" / "report" / "report.typ"


def write_pdf(report: Report, now: datetime) -> bytes:
    """Return the report as a PDF. What it says is data to the template, never markup."""
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        format="pdf",
        sys_inputs={"report": orjson.dumps(report.to_json()).decode()},
        timestamp=now.replace(microsecond=0),
    )
