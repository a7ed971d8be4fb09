"""The auth_user table of a Django site as CSV or JSON, and `manage.py dumpdata`.

Columns as in django.contrib.auth.models.User; a user model of the site's own may have others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    fold_name,
    strong,
)
from imports.core.providers.values import complete_offset, drop_blanks, omit, pick_first, read_text
from imports.core.transforms.families.words import Boolean

# The algorithm before the first $, as in django.contrib.auth.hashers.
HASH_FORMATS = {
    "pbkdf2_sha256": "django_pbkdf2_sha256",
    "pbkdf2_sha1": "django_pbkdf2_sha1",
    "argon2": "django_argon2",
    "bcrypt_sha256": "django_bcrypt_sha256",
    "bcrypt": "django_bcrypt",
    "scrypt": "django_scrypt",
    "md5": "django_salted_md5",
    "sha1": "django_salted_sha1",
}
UNUSABLE = "!"
NULL_WORDS = frozenset({"NULL", "null", r"\N"})
SIGNATURE = frozenset({"password", "last_login", "is_active", "date_joined"})
CONSUMED = frozenset({"pk", "id", "password", "date_joined", "last_login", "groups"})
FLAGS = frozenset({"is_staff", "is_superuser"})
TRUE = (Boolean(),)

PRESETS = {
    "(subject id)": Preset("subject_id", "The primary key."),
    "username": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "first_name": Preset("profile.given_name", "The first name."),
    "last_name": Preset("profile.family_name", "The last name."),
    "is_active": Preset("profile.active", "False for a disabled account.", TRUE),
    "(created)": Preset("profile.created_at", "date_joined, when the account was created."),
    "(last sign-in)": Preset("profile.last_login", "last_login."),
    "(password hash)": Preset(
        "authenticators.password.hash", "The password hash, unless it is marked as unusable."
    ),
    "(hash format)": Preset(
        "authenticators.password.format", "The name at the beginning of the hash."
    ),
    "(groups)": Preset("memberships.groups", "Group names, from natural keys."),
}
NOT_CARRIED = {
    "isstaff": "An import never creates administrators, so staff become ordinary users. Grant "
    "access to "
    "the admin manually.",
    "issuperuser": "An import never creates administrators, so superusers become ordinary "
    "users. Grant "
    "access to the admin manually.",
    "userpermissions": "Permissions of individual users. Assign roles instead.",
    "groupnumbers": "Group ids in the old database. Dump with --natural-foreign to get their "
    "names.",
    "permissions": "Of a group in the dump. Create groups here.",
    "contenttype": "Of a permission in the dump.",
    "codename": "Of a permission in the dump.",
    "model": "The Django model.",
}
LACKS = (
    "auth_user does not say whether an address was verified. django-allauth stores it in the "
    "table account_emailaddress.",
    "External logins and multi-factor authentication are in the tables of the packages that "
    "provide them.",
    "The table auth_user does not list groups. A dump with --natural-foreign does.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns that every user model of Django has, in a table or a dump."""
    dumped = [each for row in rows if (each := read_fields(row)) is not None]
    found = [names for each in dumped if (names := find_columns(each))]
    if found:
        fields = ", ".join(sorted(set().union(*found)))
        return certain(
            f"{len(found)} of {len(rows)} objects in the sample are users from a Django dump, "
            f"with the fields {fields}.",
        )
    if not dumped and (names := find_columns(dict.fromkeys(columns))):
        return strong(
            f"The columns match Django's table auth_user: {', '.join(sorted(names))}.",
        )
    return None


def find_columns(fields: Values) -> set[str]:
    """Return the columns of Django's user model, if enough of them are there to be sure."""
    names = set(fields)
    is_user = names >= SIGNATURE or (names >= SIGNATURE - {"date_joined"} and names & FLAGS)
    return names & (SIGNATURE | FLAGS) if is_user else set()


def read_fields(row: Values) -> Values | None:
    """Return the fields of an object in a dump; None for a row of a table."""
    fields = row.get("fields")
    return fields if isinstance(fields, dict) and "model" in row else None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the columns of the user, with the password sorted out and NULL words as blanks."""
    fields = read_fields(values)
    flat = values if fields is None else {**omit(values, {"fields"}), **fields}
    flat = {
        name: None if isinstance(value, str) and value in NULL_WORDS else value
        for name, value in flat.items()
    }
    password = read_text(flat.get("password"))
    names, numbers = read_groups(flat.get("groups"))
    derived = {
        "(subject id)": pick_first(flat.get("pk"), flat.get("id")),
        "(password hash)": "" if password.startswith(UNUSABLE) else password,
        "(hash format)": name_format(password),
        "(created)": complete_offset(flat.get("date_joined")),
        "(last sign-in)": complete_offset(flat.get("last_login")),
        "(groups)": names,
        "(group numbers)": numbers,
    }
    return {**omit(flat, CONSUMED), **drop_blanks(derived)}


def name_format(password: str) -> str:
    """Return the hash format; without a salt, Django left nothing between two dollars."""
    algorithm, _, rest = password.partition("$")
    if rest.startswith("$") and algorithm in {"md5", "sha1"}:
        return f"unsalted_{algorithm}"
    return HASH_FORMATS.get(algorithm, "")


def read_groups(groups: Any) -> tuple[list[str], list[str]]:
    """Return the names of groups, which a dump writes as lists, and the numbers of others."""
    names, numbers = [], []
    for each in groups if isinstance(groups, list) else []:
        if isinstance(each, list):
            names.append(".".join(map(read_text, each)))
        else:
            numbers.append(read_text(each))
    return names, numbers


def excludes(values: Values) -> str:
    """Say that an object of a dump is no user when it has neither password nor user name."""
    model = read_text(values.get("model"))
    folded = {fold_name(name) for name in values}
    if not model or folded & {"passwordhash", "username", "isactive"}:
        return ""
    return f"This is an object of the model {model[:80]}, not a user."


PROVIDER = Provider(
    name="django_auth",
    label="Django (auth_user)",
    how_to_export=(
        "Run manage.py dumpdata auth.user --natural-foreign > users.json (with your own user "
        "model in place of auth.user), which includes the groups. Or export the table "
        "auth_user as CSV with a header line: \\copy auth_user to 'users.csv' csv header."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
)
