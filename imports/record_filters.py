"""Which of a job's records are meant: those of a results page, a retry, a download or an undo."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import Q, QuerySet

from accounts.identifiers import normalise_phone
from accounts.selectors.users import find_users_by_contact
from imports.core.problems import COLLISIONS
from imports.models import ImportChunk, ImportRecord, Status


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What records have in common; all that is set has to hold.

    `search` is a row number, the beginning of an identifier, of a phone number only if nobody was
    imported, or the whole phone number or further e-mail address of whoever the record made or met;
    `reason` a problem code, `error_group`
    the digest of one, `stage` where a record failed, `chunk` a number such as 3, or 2.3 for the
    third chunk of the second attempt. `rows` are single row numbers, unless it is None.
    """

    status: str = ""
    search: str = ""
    reason: str = ""
    error_group: str = ""
    stage: str = ""
    chunk: str = ""
    first_row: int | None = None
    last_row: int | None = None
    rows: tuple[int, ...] | None = None

    @property
    def keeps_rows(self) -> bool:
        """Whether the source rows of all these records are kept, until they are purged."""
        if self.status == Status.SKIPPED:
            return self.reason in COLLISIONS
        return self.status == Status.FAILED

    def select(self, job_id: int) -> QuerySet[ImportRecord]:
        """Return the records in file order, without their source rows.

        Each part has an index, so that a page costs the same for any number of records.
        """
        records = ImportRecord.objects.filter(job_id=job_id).defer("source", "before")
        wanted = {"status": self.status, "reason": self.reason, "stage": self.stage}
        records = records.filter(**{name: value for name, value in wanted.items() if value})
        if self.error_group:
            records = records.filter(error_group=uuid.UUID(self.error_group))
        if self.search:
            records = records.filter(_search(self.search))
        if self.rows is not None:
            records = records.filter(row_number__in=self.rows)
        if self.chunk:
            records = records.filter(_in_chunk(job_id, self.chunk))
        return records.filter(_bound(self)).order_by("row_number")

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with a job."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RecordFilter:
        """Return the filter that `to_json` wrote."""
        given = {item.name: stored[item.name] for item in fields(cls) if item.name in stored}
        if "rows" in given:
            given["rows"] = tuple(given["rows"])
        return cls(**given)


def _search(text: str) -> Q:
    wanted = (
        Q(subject_id__startswith=text) | Q(email__istartswith=text) | Q(username__istartswith=text)
    )
    if text.isdecimal() and len(text) < 19:
        wanted |= Q(row_number=int(text))
    if (phone := normalise_phone(text)).strip("+").isdecimal():
        # The second condition is the index's own.
        wanted |= Q(phone__startswith=phone) & ~Q(phone="")
    # Asked apart: a sub-query among the conditions would keep the indexes from being used.
    if users := find_users_by_contact(text):
        wanted |= Q(user_id__in=users)
    return wanted


def _bound(chosen: RecordFilter) -> Q:
    """Return the condition that a row is not before the first nor after the last."""
    bounds = {"row_number__gte": chosen.first_row, "row_number__lte": chosen.last_row}
    return Q(**{name: row for name, row in bounds.items() if row is not None})


def _in_chunk(job_id: int, chunk: str) -> Q:
    """Return the condition that a row was written with a chunk; no row was with one unknown."""
    attempt, _, number = chunk.rpartition(".")
    found = ImportChunk.objects.filter(job_id=job_id, attempt=attempt or 1, number=number)
    rows = found.values_list("first_row", "last_row").first()
    if rows is None:
        return Q(row_number__in=[])
    own = {"attempt": attempt} if attempt else {}
    return Q(row_number__range=rows, **own)
