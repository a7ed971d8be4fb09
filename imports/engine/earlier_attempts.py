"""Find records of a retry whose user, or subject id, another row of the job was imported under.

Within an attempt the rows of a file are compared with each other; those that were imported in an
earlier one are users by now. A row of the same file that shares the subject id of one of them is
no newer state of that user: it may be another person, who must not take the account over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import UniqueAttributeValue, User
from imports.core.mapping import MappedRow
from imports.core.planning.matching import SUBJECT_ID, find_match, list_match_keys
from imports.core.planning.plans import Duplicate, PlanOptions, Snapshot
from imports.core.planning.unlike_people import compare_people, tell_evidence
from imports.core.problems.of_updates import UNCHANGED
from imports.core.records.keys import (
    Key,
    KeyedRecord,
    digest_key,
    key_record,
    list_rivals,
    read_name,
)
from imports.engine.snapshot import read_owners
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
    unlike = _find_unlike(repeated)
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


def _find_unlike(records: Mapping[int, KeyedRecord]) -> dict[int, str]:
    """Return by row how records are unlike the users who have their subject ids."""
    if not records:
        return {}
    found = list(records.values())
    owners = dict(read_owners(found))
    users = {user.subject_id: user for user in _read_people(found)}
    return {
        number: _compare(keyed, users[keyed.record.subject_id], owners)
        for number, keyed in records.items()
        if keyed.record.subject_id in users
    }


def _read_people(records: Sequence[KeyedRecord]) -> QuerySet[Any]:
    own: dict[str, Any] = {"user": OuterRef("pk")}
    return User.objects.filter(
        subject_id__in={each.record.subject_id for each in records}
    ).annotate(
        has_more=Exists(SocialAccount.objects.filter(**own))
        | Exists(Authenticator.objects.filter(**own, type=Authenticator.Type.WEBAUTHN))
        | Exists(UniqueAttributeValue.objects.filter(**own))
    )


def _compare(keyed: KeyedRecord, user: Any, owners: Mapping[Key, str]) -> str:
    """Return how a record is unlike the user who has its subject id; nothing if it is not."""
    keys = [key for key in keyed.keys if key.kind != "subject_id"]
    if any(owners.get(rival) == user.subject_id for key in keys for rival in list_rivals(key)):
        return ""
    first, later = read_name(user), read_name(keyed.record.profile)
    if not keys and first == later:
        return ""
    has_values = user.username or user.email or user.phone or user.has_more
    return compare_people(
        tell_evidence(has_values=bool(has_values), name=first),
        tell_evidence(has_values=bool(keys), name=later),
    )
