"""Send lists of users as CSV, read and written a portion at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.http import StreamingHttpResponse

from accounts.models import User
from accounts.spreadsheets import neutralise_formula

COLUMNS = (
    "subject_id",
    "username",
    "email",
    "phone",
    "is_active",
    "created_at",
    "last_login_at_source",
    "last_login",
)


def send_users(
    users: Iterable[tuple[User, tuple[str, ...]]], file_name: str, more: tuple[str, ...] = ()
) -> StreamingHttpResponse:
    """Send users as a CSV file; each comes with the values of `more` columns of its own."""
    return StreamingHttpResponse(
        _write_csv(users, more),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


class _Echo:
    """A file for the CSV writer that hands each line on at once."""

    def write(self, line: str) -> str:
        return line


def _write_csv(
    users: Iterable[tuple[User, tuple[str, ...]]], more: tuple[str, ...]
) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow([*COLUMNS, *more])
    for user, values in users:
        cells = [*(_write_cell(getattr(user, name)) for name in COLUMNS), *values]
        yield writer.writerow([neutralise_formula(cell) for cell in cells])


def _write_cell(value: Any) -> Any:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else value
