"""Find records of a retry whose user, or subject id, another row of the job was imported under.

Within an attempt the rows of a file are compared with each other; those that were imported in an
earlier one are users by now. A row of the same file that shares the subject id of one of them is
no newer state of that user: it may be another person, who must not take the account over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from imports.core.mapping import MappedRow
from imports.core.planning.matching import SUBJECT_ID, find_match, list_match_keys
from imports.core.planning.plans import Duplicate, PlanOptions, Snapshot
from imports.core.problems.of_updates import UNCHANGED
from imports.core.records.keys import Key, KeyedRecord, digest_key, key_record
from imports.engine.unlike_users import find_unlike
from imports.models import ImportChunk, ImportRecord, Status

IMPORTED = Q(status__in=[Status.CREATED, Status.UPDATED]) | Q(reason=UNCHANGED.code)


def find_imported_before(
    chunk: ImportChunk, rows: Sequence[MappedRow], options: PlanOptions
) -> dict[int, Duplicate]:
    """Return the rows of a chunk whose subject id another row of the job was imported under.

    Not those that were edited to have it: they mean that user. Each is compared with the user, as
    the rows of one attempt are with each other.
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
    repeated = {
        row.row_number: key_record(row.record, options.unique_attributes)
        for row in rows
        if row.record is not None
        and row.row_number in wanted
        and imported.get(row.record.subject_id, row.row_number) != row.row_number
    }
    unlike = find_unlike(repeated)
    return {
        number: Duplicate(
            imported[wanted[number]],
            digest_key(Key("subject_id", wanted[number]), options.salt),
            unlike.get(number, ""),
        )
        for number in repeated
    }


def find_matched_before(
    chunk: ImportChunk,
    firsts: Iterable[tuple[MappedRow, KeyedRecord]],
    snapshot: Snapshot,
    options: PlanOptions,
) -> dict[int, Duplicate]:
    """Return the rows of a retry whose user another row of the job was imported into.

    Within an attempt, the search for duplicates finds that two rows share what they are matched by.
    """
    if chunk.attempt == 1 or options.matching_key == SUBJECT_ID:
        return {}
    meant = {
        row.row_number: (user.id, list_match_keys(keyed.record, options.matching_key)[0])
        for row, keyed in firsts
        if (user := find_match(keyed.record, snapshot, options.matching_key))
    }
    imported = ImportRecord.objects.filter(
        IMPORTED,
        job_id=chunk.job_id,
        user_id__in={user_id for user_id, _ in meant.values()},
        undone_at=None,
    )
    rows = dict(imported.order_by("-row_number").values_list("user_id", "row_number"))
    return {
        row_number: Duplicate(rows[user_id], digest_key(key, options.salt))
        for row_number, (user_id, key) in meant.items()
        if rows.get(user_id, row_number) != row_number
    }
