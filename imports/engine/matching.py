"""Look up by each matching key whom records mean, in one query for each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from accounts.identifiers import fold_username
from imports.core.columns import Table
from imports.core.columns.table import LOGINS
from imports.core.planning.matching import (
    ATTRIBUTE,
    EMAIL,
    LOGIN,
    PHONE,
    SUBJECT_ID,
    USERNAME,
    list_match_keys,
    list_matching_keys,
)
from imports.core.planning.plans import ExistingUser
from imports.core.records.keys import Key, KeyedRecord, login_key
from imports.engine.queries import TEXTS, fetch_rows, look_up, look_up_owners, write_texts
from imports.models import OtherSubjectId

# Of a user, the external login that they had first.
FIRST_LOGIN = (
    "s.provider = given.provider AND s.uid = given.uid AND NOT EXISTS (SELECT 1 FROM"
    " (SELECT id FROM socialaccount_socialaccount WHERE user_id = s.user_id OFFSET 0) AS o"
    " WHERE o.id < s.id)"
)
ATTRIBUTE_VALUE = (
    "v.value = given.value AND v.definition_id ="
    " (SELECT id FROM accounts_attributedefinition WHERE name = %s)"
)
# PostgreSQL folds both sides itself: which letters it folds depends on its locale.
CONDITIONS = {
    EMAIL: "email = given.value",
    PHONE: "phone = given.value",
    USERNAME: "UPPER(username) = UPPER(given.value)",
}


def read_presence(subject_ids: list[str]) -> dict[str, ExistingUser]:
    """Return the users of these subject ids, their own or remembered, as far as they exist."""
    columns = "id, subject_id, source"
    statement = look_up(TEXTS, columns, "accounts_user", "subject_id = given.value")
    found = {
        subject_id: ExistingUser(id=user_id, subject_id=subject_id, source=source)
        for user_id, subject_id, source in fetch_rows(statement, [write_texts(subject_ids)])
    }
    return found | _read_remembered(subject_ids)


def _read_remembered(subject_ids: list[str]) -> dict[str, ExistingUser]:
    """Return the users who have others of these subject ids besides their own."""
    if not OtherSubjectId.objects.exists():
        return {}
    table, condition = "imports_othersubjectid o", "o.subject_id = given.value"
    statement = look_up_owners(TEXTS, "o.subject_id AS other_id", table, condition)
    return {
        other_id: ExistingUser(id=user_id, subject_id=subject_id)
        for other_id, user_id, subject_id in fetch_rows(statement, [write_texts(subject_ids)])
    }


def read_matches(records: Sequence[KeyedRecord], matching_key: str) -> dict[Key, str]:
    """Return by each of the records' values of a matching key the subject id of its user."""
    keys = [key for each in records for key in list_match_keys(each.record, matching_key)]
    return dict(_read_matches([key.value for key in keys], matching_key)) if keys else {}


def _read_matches(values: list[str], matching_key: str) -> Iterator[tuple[Key, str]]:
    if matching_key == SUBJECT_ID:
        for subject_id, user in read_presence(values).items():
            yield Key(matching_key, subject_id), user.subject_id
    elif matching_key == LOGIN:
        given = "unnest(%s::text[], %s::text[]) AS given(provider, uid)"
        table = "socialaccount_socialaccount s"
        statement = look_up_owners(given, "s.provider, s.uid", table, FIRST_LOGIN)
        pairs = [value.split("\x00", 1) for value in values]
        providers, uids = [provider for provider, _ in pairs], [uid for _, uid in pairs]
        for provider, uid, _, owner in fetch_rows(statement, [providers, uids]):
            yield login_key(provider, uid), owner
    elif matching_key.startswith(ATTRIBUTE):
        table = "accounts_uniqueattributevalue v"
        statement = look_up_owners(TEXTS, "v.value", table, ATTRIBUTE_VALUE)
        name = matching_key.removeprefix(ATTRIBUTE)
        for value, _, owner in fetch_rows(statement, [write_texts(values), name]):
            yield Key(matching_key, value), owner
    else:
        columns = f"{matching_key}, subject_id"
        statement = look_up(TEXTS, columns, "accounts_user", CONDITIONS[matching_key])
        for value, owner in fetch_rows(statement, [write_texts(values)]):
            folded = fold_username(value) if matching_key == USERNAME else value
            yield Key(matching_key, folded), owner


def count_matches(
    records: Sequence[KeyedRecord], unique_attributes: Collection[str]
) -> dict[str, list[int]]:
    """Return by matching key how many of the records have a value, and how many of these a user."""
    found = {}
    for matching_key in list_matching_keys(unique_attributes):
        known = read_matches(records, matching_key)
        keys = [list_match_keys(each.record, matching_key) for each in records]
        owners = [{known[key] for key in each if key in known} for each in keys]
        found[matching_key] = [sum(map(bool, keys)), sum(len(each) == 1 for each in owners)]
    return found


Counts = dict[str, list[int]]


def count_new(table: Table, unique_attributes: Collection[str]) -> Counts:
    """Return the same of accepted rows of whose values nobody has any."""
    return {
        key: [sum(map(bool, _list_keys(table, key))), 0]
        for key in list_matching_keys(unique_attributes)
    }


def count_known(table: Table, unique_attributes: Collection[str]) -> Counts:
    """Return the same of accepted rows of existing users."""
    found = {}
    for matching_key in list_matching_keys(unique_attributes):
        keys = _list_keys(table, matching_key)
        values = [key.value for each in keys for key in each]
        known = dict(_read_matches(values, matching_key)) if values else {}
        owners = [{known[key] for key in each if key in known} for each in keys]
        found[matching_key] = [sum(map(bool, keys)), sum(len(each) == 1 for each in owners)]
    return found


def add_matches(*counts: Counts) -> Counts:
    """Return the sums of what was counted by matching key."""
    found: Counts = {}
    for each in counts:
        for matching_key, (values, users) in each.items():
            known_values, known_users = found.get(matching_key, [0, 0])
            found[matching_key] = [known_values + values, known_users + users]
    return found


def _list_keys(table: Table, matching_key: str) -> list[list[Key]]:
    """Return for each accepted row what `list_match_keys` does; none of them has attributes."""
    if matching_key.startswith(ATTRIBUTE):
        return [[] for _ in table.places]
    if matching_key == LOGIN:
        return [
            [login_key(provider, subject) for provider, subject, _ in logins or ()]
            for logins in table.get(LOGINS)
        ]
    target = matching_key if matching_key == SUBJECT_ID else f"profile.{matching_key}"
    fold = fold_username if matching_key == USERNAME else str
    return [[Key(matching_key, fold(value))] if value else [] for value in table.get(target)]
