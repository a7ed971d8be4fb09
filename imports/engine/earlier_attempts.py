"""Find records of a retry whose subject id another row of the same job was imported under.

Within an attempt the rows of a file are compared with each other; those that were imported in an
earlier one are users by now. A row of the same file that shares the subject id of one of them is
no newer state of that user: it may be another person, who must not take the account over.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from imports.core.mapping import MappedRow
from imports.core.planning.plans import Duplicate
from imports.core.problems.of_updates import UNCHANGED
from imports.core.records.keys import Key, digest_key
from imports.models import ImportChunk, ImportRecord, Status

IMPORTED = Q(status__in=[Status.CREATED, Status.UPDATED]) | Q(reason=UNCHANGED.code)


def find_imported_before(
    chunk: ImportChunk, rows: Sequence[MappedRow], salt: bytes
) -> dict[int, Duplicate]:
    """Return the rows of a chunk whose subject id another row of the job was imported under.

    Not those that were edited to have it: they mean that user.
    """
    if chunk.attempt == 1:
        return {}
    records = ImportRecord.objects.filter(job_id=chunk.job_id)
    own = records.filter(row_number__in=[row.row_number for row in rows])
    had = dict(own.values_list("row_number", "subject_id"))
    wanted = {
        row.row_number: row.record.subject_id
        for row in rows
        if row.record is not None and had.get(row.row_number) == row.record.subject_id
    }
    others = records.filter(
        IMPORTED,
        Exists(User.objects.filter(subject_id=OuterRef("subject_id"))),
        subject_id__in=set(wanted.values()),
        undone_at=None,
    )
    imported = dict(others.order_by("-row_number").values_list("subject_id", "row_number"))
    return {
        row_number: Duplicate(imported[subject_id], digest_key(Key("subject_id", subject_id), salt))
        for row_number, subject_id in wanted.items()
        if imported.get(subject_id, row_number) != row_number
    }
