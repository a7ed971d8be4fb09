"""Tell by the names of columns whether they are those of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from imports.core.values.names import fold_name

# Columns that tables of people have, by folded name.
NAMES_OF_PEOPLE = (
    "email emailaddress mail username login loginname userprincipalname firstname givenname "
    "lastname surname familyname fullname displayname phone phonenumber mobile mobilephone "
    "password passwordhash emailverified lastlogin"
)
OF_PEOPLE = frozenset(NAMES_OF_PEOPLE.split())
# An object with one of these is a user, whatever lists it has.
KEYS_OF_A_USER = frozenset(
    {
        *("email", "emails", "login", "loginmethods", "profile", "subject_id", "traits"),
        *("user_id", "username", "mail", "userprincipalname", "localid", "phonenumber"),
    }
)
# The same among the entries of a directory, and where a record has parts of its own.
OTHER_NAMES = frozenset({"emails", "loginmethods", "traits", "samaccountname", "userpassword"})
DEEPEST = 3
# What the text of records of people has in it, be it in names or in values.
PARTS_OF_NAMES = (
    *(b"mail", b"login", b"user_name", b"username", b"phone", b"mobile", b"password", b"surname"),
    *(b"first_name", b"firstname", b"given_name", b"givenname", b"last_name", b"lastname"),
    *(b"display_name", b"displayname", b"full_name", b"fullname", b"family", b"principalname"),
    *(b"traits", b"samaccountname"),
)


def count_names_of_people(names: Iterable[str]) -> int:
    """Return how many of the names are columns of people."""
    return len(OF_PEOPLE.intersection(map(fold_name, names)))


def has_names_of_people(names: Iterable[str]) -> bool:
    """Return whether one of the names is a column of people."""
    return not (OF_PEOPLE | OTHER_NAMES).isdisjoint(map(fold_name, names))


def is_named_like_a_user(names: Iterable[str]) -> bool:
    """Return whether one of the names is that of a member which only a user has."""
    return not KEYS_OF_A_USER.isdisjoint(map(str.lower, names))


def may_hold_people(text: bytes) -> bool:
    """Return whether a part of a file may have columns of people; quicker than reading it."""
    lower = text.lower()
    return any(part in lower for part in PARTS_OF_NAMES)


def is_person(values: Mapping[str, Any] | None) -> bool:
    """Return whether the values of a row may be those of a person.

    An object in a dump of Django may be anything that has an address: a user has a password.
    """
    if values is None:
        return False
    fields = values.get("fields")
    if isinstance(fields, dict) and "model" in values:
        return "password" in fields
    return _has_person(values, DEEPEST)


def _has_person(values: Mapping[str, Any], depth: int) -> bool:
    return has_names_of_people(values) or (
        depth > 1
        and any(_has_person(item, depth - 1) for item in values.values() if isinstance(item, dict))
    )
