"""List, find and show users, and change them one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet

from accounts.identifiers import normalise_email
from accounts.models import User
from interfaces.auth0.endpoints import Asked
from interfaces.auth0.errors import refuse_query
from interfaces.auth0.resources import ATTRIBUTE, names_of, pick_fields
from interfaces.auth0.schemas import FLAG, TEXT, Schema
from interfaces.auth0.search import compile_search
from interfaces.auth0.users import Users

MOST_PER_PAGE, PER_PAGE = 100, 50
# Beyond it the database cannot skip.
LAST_ROW = 2**62
PAGES: Mapping[str, Schema] = {
    "page": {"type": "integer", "minimum": 0},
    "per_page": {"type": "integer", "minimum": 0, "maximum": MOST_PER_PAGE},
    "include_totals": FLAG,
}
PICKING: Mapping[str, Schema] = {"fields": TEXT, "include_fields": FLAG}
CHECKPOINTS: Mapping[str, Schema] = {
    "from": TEXT,
    "take": {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE},
}
SEARCH: Mapping[str, Schema] = {
    **PAGES,
    **PICKING,
    "q": TEXT,
    "sort": TEXT,
    "connection": TEXT,
    "search_engine": TEXT,
    "primary_order": FLAG,
}
SORTED_BY: Mapping[str, Any] = {
    "user_id": F("subject_id"),
    "email": F("email"),
    "username": F("username"),
    "name": F("display_name"),
    "given_name": F("given_name"),
    "family_name": F("family_name"),
    "nickname": F(f"attributes__{ATTRIBUTE}__nickname"),
    "phone_number": F("phone"),
    "created_at": F("created_at"),
    "updated_at": F("updated_at"),
    "last_login": F("signed_in_at"),
}


def list_users(asked: Asked) -> Any:
    users = Users(asked.connection)
    query = asked.query
    found = users.select()
    if query.get("connection", asked.connection.source) not in names_of(asked.connection):
        found = found.none()
    if query.get("q", "").strip():
        found = found.filter(compile_search(query["q"], users.composer))
    found = _sort(found, query.get("sort", ""))
    return list_page("users", found, query, lambda rows: _pick(users.show(rows), query))


def list_users_by_email(asked: Asked) -> Any:
    if "email" not in asked.query:
        raise refuse_query("Missing required property: email")
    users = Users(asked.connection)
    found = users.select().filter(email=normalise_email(asked.query["email"]))
    return _pick(users.show(found), asked.query)


def get_user(asked: Asked, user_id: str) -> Any:
    users = Users(asked.connection)
    return _pick(users.show([users.get(user_id)]), asked.query)[0]


def create_user(asked: Asked) -> Any:
    return Users(asked.connection).create(asked.body)


def update_user(asked: Asked, user_id: str) -> Any:
    return Users(asked.connection).update(user_id, asked.body)


def delete_user(asked: Asked, user_id: str) -> None:
    Users(asked.connection).delete(user_id)


def list_page(name: str, rows: QuerySet[Any], query: Mapping[str, Any], show: Any) -> Any:
    """Return a page as it is asked for: with totals, or the bare list."""
    per_page = query.get("per_page", PER_PAGE)
    start = min(query.get("page", 0) * per_page, LAST_ROW)
    shown = show(rows[start : start + per_page])
    if not query.get("include_totals"):
        return shown
    return {
        name: shown,
        "start": start,
        "limit": per_page,
        "length": len(shown),
        "total": rows.count(),
    }


def list_from_checkpoint(
    name: str, rows: QuerySet[Any], query: Mapping[str, Any], show: Any
) -> dict[str, Any]:
    """Return the rows behind a checkpoint, in the order of their making, and the next one."""
    take = query.get("take", PER_PAGE)
    after = query.get("from", "0")
    if not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise refuse_query("Expected a checkpoint of an earlier answer on property from")
    # One more than is answered tells whether there are more.
    found = list(rows.filter(pk__gt=int(after)).order_by("pk")[: take + 1])
    page = found[:take]
    return {name: show(page), **({"next": str(page[-1].pk)} if len(found) > take else {})}


def _sort(users: QuerySet[User], sort: str) -> QuerySet[User]:
    if not sort:
        return users.order_by("pk")
    name, _, direction = sort.partition(":")
    if name not in SORTED_BY or direction not in ("1", "-1"):
        raise refuse_query(
            f"Expected field:1 or field:-1, with one of {', '.join(SORTED_BY)}, on property sort"
        )
    column = SORTED_BY[name]
    is_down = direction == "-1"
    by = column.desc(nulls_last=True) if is_down else column.asc(nulls_last=True)
    return users.order_by(by, "pk")


def _pick(users: list[dict[str, Any]], query: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = [name.strip() for name in query.get("fields", "").split(",") if name.strip()]
    is_kept = query.get("include_fields", True)
    return [pick_fields(user, names, is_kept=is_kept) for user in users]
