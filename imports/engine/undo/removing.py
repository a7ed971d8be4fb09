"""Remove users with all that is theirs alone, a table at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from django.db import connection, models

from accounts.models import User


def remove_users(user_ids: Sequence[int]) -> None:
    """Delete users, in the transaction that is open, with whatever Django would delete with them.

    What is left that refers to one of them raises IntegrityError, at the latest when the
    constraints are checked.
    """
    if not user_ids:
        return
    with connection.cursor() as cursor:
        for statement in _list_statements():
            cursor.execute(statement, [list(user_ids)])


@cache
def _list_statements() -> tuple[str, ...]:
    own = f'DELETE FROM "{User._meta.db_table}" WHERE "id" = ANY(%s)'  # noqa: S608
    return (*_list_dependants(User, "= ANY(%s)"), own)


def _list_dependants(model: type[models.Model], condition: str) -> Iterator[str]:
    """Yield what to do, from the leaves up, about rows that refer to rows of the model.

    `condition` is what holds of the ids of the latter.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        field, referring = relation.field, relation.related_model
        if not isinstance(referring, type) or referring._meta.proxy:
            continue
        table, where = f'"{referring._meta.db_table}"', f'"{field.column}" {condition}'
        if relation.on_delete is models.CASCADE:
            pk = referring._meta.pk.column
            nested = f'IN (SELECT "{pk}" FROM {table} WHERE {where})'  # noqa: S608
            yield from _list_dependants(referring, nested)
            yield f"DELETE FROM {table} WHERE {where}"  # noqa: S608
        elif relation.on_delete is models.SET_NULL:
            yield f'UPDATE {table} SET "{field.column}" = NULL WHERE {where}'  # noqa: S608
