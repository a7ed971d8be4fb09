"""The columns of a user that imports read, write and restore: each is listed here once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TEXT, FLAG, TIMESTAMP, JSON = "text", "boolean", "timestamptz", "jsonb"


@dataclass(frozen=True, slots=True)
class ProfileColumn:
    """A field of a record's profile, and the column of the user that it goes to.

    `kind` is PostgreSQL's name of the column's type. `blank` is what a new user gets where the
    record has no value, and `is_now` that it is the present instead. One that `goes_with` another
    field is written as that is, and has no field policy of its own.
    """

    field: str
    column: str
    kind: str = TEXT
    blank: Any = None
    is_now: bool = False
    goes_with: str = ""


PROFILE_COLUMNS = (
    ProfileColumn("username", "username"),
    ProfileColumn("email", "email"),
    ProfileColumn("phone", "phone"),
    ProfileColumn("phone_verified", "phone_verified", FLAG, blank=False, goes_with="phone"),
    ProfileColumn("given_name", "given_name", blank=""),
    ProfileColumn("family_name", "family_name", blank=""),
    ProfileColumn("display_name", "display_name", blank=""),
    ProfileColumn("locale", "locale", blank=""),
    ProfileColumn("zoneinfo", "zoneinfo", blank=""),
    ProfileColumn("picture", "picture", blank=""),
    ProfileColumn("active", "is_active", FLAG, blank=True),
    ProfileColumn("created_at", "created_at", TIMESTAMP, is_now=True),
    ProfileColumn("last_login", "last_login_at_source", TIMESTAMP),
)
# The fields that a record has a value for, each with a field policy of its own.
VALUE_FIELDS = tuple(each.field for each in PROFILE_COLUMNS if not each.goes_with)
# Those of them that a user can be without.
CLEARABLE: Mapping[str, Any] = {
    each.field: each.blank
    for each in PROFILE_COLUMNS
    if each.kind == TEXT and each.field in VALUE_FIELDS
}
COLUMN_OF_FIELD: Mapping[str, str] = {each.field: each.column for each in PROFILE_COLUMNS}
# By column, the type of each that an update may change.
KINDS: Mapping[str, str] = {
    "password": TEXT,
    **{each.column: each.kind for each in PROFILE_COLUMNS},
    "attributes": JSON,
    "password_expires_at": TIMESTAMP,
    "updated_at": TIMESTAMP,
}
