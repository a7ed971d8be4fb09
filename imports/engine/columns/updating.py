"""Write what plans change of existing users: the one writer for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from imports.core.planning.plans import Plan
from imports.core.records.user_columns import JSON, KINDS, PROFILE_COLUMNS, TEXT

# By column, what a plan writes there; None leaves a user's value as it is.
Read = Callable[[Plan], Any]
READ: dict[str, Read] = {
    "password": lambda plan: plan.password,
    # As text: their numbers may be longer than those that orjson writes.
    "attributes": lambda plan: None if plan.attributes is None else json.dumps(plan.attributes),
    "password_expires_at": lambda plan: plan.password_expires_at,
}


def update_users(plans: Sequence[Plan], now: datetime) -> None:
    """Write the columns that any of the plans changes, in the transaction that is open."""
    columns = {name: list(map(read, plans)) for name, read in READ.items()}
    for each in PROFILE_COLUMNS:
        columns[each.column] = [plan.profile.get(each.field) for plan in plans]
    columns = {
        name: values for name, values in columns.items() if any(each is not None for each in values)
    }
    columns["updated_at"] = [plan.updated_at or now for plan in plans]
    assignments = ", ".join(
        f"{name} = COALESCE(v.{name}::{KINDS[name]}, u.{name})" for name in columns
    )
    kinds = ", ".join(f"{name} {TEXT if KINDS[name] == JSON else KINDS[name]}" for name in columns)
    statement = (
        f"UPDATE accounts_user u SET {assignments}"  # noqa: S608
        f" FROM json_to_recordset(%s::json) AS v(id bigint, {kinds}) WHERE u.id = v.id"
    )
    names = ("id", *columns)
    values = zip([plan.user_id for plan in plans], *columns.values(), strict=True)
    # One JSON text costs less to send than an array of PostgreSQL for each column.
    rows = orjson.dumps([dict(zip(names, row, strict=True)) for row in values]).decode()
    with connection.cursor() as cursor:
        cursor.execute(statement, [rows])
