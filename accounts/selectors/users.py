"""Users in lists: found by the beginning of an identifier, counted without reading them all."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import F, Func, JSONField, Q, QuerySet

from accounts.identifiers import normalise_email, normalise_phone, read_as_contact
from accounts.models import SignInName, User

# Counting further than anybody turns pages would read the whole table.
COUNT_LIMIT = 10_000
# What programs are told of a user: columns, and what is made of columns. The resource that SCIM
# keeps among the attributes says the same once more.
PLAIN = [
    *("id", "subject_id", "username", "email", "phone", "phone_verified"),
    *("given_name", "family_name", "display_name", "locale", "zoneinfo", "picture", "source"),
    *("created_at", "updated_at", "last_login", "last_login_at_source", "password_expires_at"),
]
MADE = {
    "active": F("is_active"),
    "attributes": Func(
        F("attributes"), template="%(expressions)s - 'scim'", output_field=JSONField()
    ),
}


def find_users_by_contact(term: str) -> set[int]:
    """Return the ids of the users who have this phone number or further e-mail address, whole."""
    found = set(_find_by_other_address(term))
    if phone := normalise_phone(term):
        found.update(User.objects.filter(phone=phone).values_list("pk", flat=True))
    return found


def find_holder(name: str) -> User | None:
    """Return whom a name leads to that reads as an e-mail address or a phone number."""
    holders = SignInName.objects.filter(key=read_as_contact(name)).values("user_id")
    return User.objects.filter(pk__in=holders).first()


def search_users(users: QuerySet[User], term: str) -> QuerySet[User]:
    """Narrow to users one of whose identifiers starts with the term; each look-up has an index."""
    return users.filter(match_users(term)) if term.strip() else users


def match_users(term: str, prefix: str = "") -> Q:
    """Return the condition that an identifier of a user starts with the term.

    `prefix` leads to the user from whatever is searched, such as “user__”.
    """
    term = term.strip()
    # Asked apart: a sub-query among the conditions would keep the indexes from being used.
    conditions = {
        "subject_id__startswith": term,
        "email__startswith": normalise_email(term),
        "username__istartswith": term,
        "pk__in": list(_find_by_other_address(term)),
    }
    if phone := normalise_phone(term):
        conditions["phone__startswith"] = phone
    parts = [(f"{prefix}{name}", value) for name, value in conditions.items()]
    return Q(*parts, _connector=Q.OR)


def _find_by_other_address(term: str) -> QuerySet[EmailAddress, int]:
    found = EmailAddress.objects.filter(email=normalise_email(term))
    return found.values_list("user_id", flat=True)


def estimate_row_count(table: str) -> int:
    """Return how many rows PostgreSQL believes a table has; -1 when it has never looked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        return int(cursor.fetchone()[0])


def write_users(users: QuerySet[User], limit: int) -> list[tuple[int, str]]:
    """Return the ids of the first users, by id, and what is told of each as JSON.

    PostgreSQL writes it: to make objects of the rows first would take twice as long.
    """
    made = {f"told_{name}": value for name, value in MADE.items()}
    sql, params = users.order_by("pk").values(*PLAIN, **made)[:limit].query.sql_with_params()
    names = ", ".join([*PLAIN, *(f"told_{name} AS {name}" for name in MADE)])
    with connection.cursor() as cursor:
        cursor.execute(
            # Nothing but names of ours, and what Django writes.
            f"SELECT id, row_to_json(told)::text FROM (SELECT {names} FROM ({sql}) found) told",  # noqa: S608
            params,
        )
        return cursor.fetchall()
