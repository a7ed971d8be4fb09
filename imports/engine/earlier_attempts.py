"""Find records of a retry whose subject id another row of the same job was imported under.

Within an attempt the rows of a file are compared with each other; those that were imported in an
earlier one are users by now. A row of the same file that shares the subject id of one of them is
no newer state of that user: it may be another person, who must not take the account over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import UniqueAttributeValue, User
from imports.core.mapping import MappedRow
from imports.core.planning.plans import Duplicate, PlanOptions
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
