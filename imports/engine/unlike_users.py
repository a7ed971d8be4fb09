"""Find records that look like different people from the users who have their subject ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import UniqueAttributeValue, User
from imports.core.decisions import Decided
from imports.core.mapping import MappedRow
from imports.core.planning.matching import SUBJECT_ID
from imports.core.planning.plans import Snapshot
from imports.core.planning.unlike_people import (
    compare_people,
    decide_stranger,
    is_quiet_about_users,
    tell_evidence,
)
from imports.core.records.keys import Key, KeyedRecord, list_rivals, read_name
from imports.engine.context import JobContext
from imports.engine.snapshot import read_owners_of


def find_strangers(
    firsts: Iterable[tuple[MappedRow, KeyedRecord]], snapshot: Snapshot, context: JobContext
) -> dict[int, Decided]:
    """Return by row what is decided about records whose user is another source's and unlike them.

    A user of the same source is whom the id means, however much of the profile has changed.
    """
    options = context.options
    if options.matching_key != SUBJECT_ID or not is_quiet_about_users(options):
        return {}
    foreign = {
        row.row_number: (row, keyed)
        for row, keyed in firsts
        if (user := snapshot.users.get(keyed.record.subject_id))
        and user.is_from_elsewhere(context.source)
    }
    unlike = find_unlike({number: keyed for number, (_, keyed) in foreign.items()})
    return {
        number: decide_stranger(how, foreign[number][0].answers)
        for number, how in unlike.items()
        if how
    }


def find_unlike(records: Mapping[int, KeyedRecord]) -> dict[int, str]:
    """Return by row how records are unlike the users who have their subject ids."""
    if not records:
        return {}
    found = list(records.values())
    owners = {each.key: each.subject_id for each in read_owners_of(found)}
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
