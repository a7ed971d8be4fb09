"""Read the users of an export in one snapshot, in memory that does not grow with their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from accounts.models import Group, Role, User
from exports.engine.portions import Login, Portion

# Users read at once. More are no cheaper; what belongs to them is looked up by as many ids.
PORTION = 2000

EMAILS = (
    "SELECT user_id, email, verified FROM account_emailaddress WHERE user_id = ANY(%s::bigint[])"
)
LOGINS = (
    "SELECT user_id, provider, uid, COALESCE(extra_data ->> 'name', '')"
    " FROM socialaccount_socialaccount WHERE user_id = ANY(%s::bigint[])"
)
GROUPS = "SELECT user_id, group_id FROM accounts_groupmembership WHERE user_id = ANY(%s::bigint[])"
ROLES = "SELECT user_id, role_id FROM accounts_roleassignment WHERE user_id = ANY(%s::bigint[])"
AUTHENTICATORS = (
    "SELECT user_id, type, data::text FROM mfa_authenticator WHERE user_id = ANY(%s::bigint[])"
)


@contextmanager
def taking_snapshot() -> Iterator[None]:
    """Have all that is read in the block be of one snapshot; in a transaction, of that one.

    What others write meanwhile is not seen. Nothing is locked, so that nobody waits.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            # Statistics that are out of date would have tables read whole for each portion, and
            # plans that are made for so many ids look costly enough to be compiled.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        yield


def read_portions(
    users: QuerySet[User],
    columns: Sequence[str | Combinable],
    *,
    parts: Collection[str],
    limit: int | None = None,
) -> Iterator[Portion]:
    """Yield users in the order of their subject ids, with those parts of what belongs to them.

    In a transaction: the rows come from a cursor of the database server.
    """
    rows = users.order_by("subject_id").values_list("id", *columns)[:limit].iterator(PORTION)
    while found := list(islice(rows, PORTION)):
        # Written once for all queries: psycopg would do so for each, number by number.
        ids = f"{{{','.join([str(row[0]) for row in found])}}}"
        yield Portion(found, **{part: READERS[part](ids) for part in parts})


def read_group_keys() -> dict[int, str]:
    return dict(Group.objects.values_list("pk", "key"))


def read_role_keys() -> dict[int, str]:
    return dict(Role.objects.values_list("pk", "key"))


def _fetch(statement: str, ids: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _read_emails(ids: str) -> dict[int, tuple[tuple[str, bool], ...]]:
    found: dict[int, tuple[tuple[str, bool], ...]] = {}
    for user_id, email, is_verified in _fetch(EMAILS, ids):
        found[user_id] = (*found.get(user_id, ()), (email, is_verified))
    return found


def _read_ids(statement: str, ids: str) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for user_id, other in _fetch(statement, ids):
        found[user_id] = (*found.get(user_id, ()), other)
    return found


def _read_logins(ids: str) -> dict[int, list[Login]]:
    found: defaultdict[int, list[Login]] = defaultdict(list)
    for user_id, *login in _fetch(LOGINS, ids):
        found[user_id].append(Login(*login))
    return found


def _read_authenticators(ids: str) -> dict[int, list[tuple[str, dict[str, Any]]]]:
    found: defaultdict[int, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for user_id, kind, data in _fetch(AUTHENTICATORS, ids):
        found[user_id].append((kind, orjson.loads(data)))
    return found


READERS: Mapping[str, Callable[[str], Any]] = {
    "emails": _read_emails,
    "logins": _read_logins,
    "groups": partial(_read_ids, GROUPS),
    "roles": partial(_read_ids, ROLES),
    "authenticators": _read_authenticators,
}
