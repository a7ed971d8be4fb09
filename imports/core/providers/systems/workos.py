"""WorkOS: the users.csv of its migration package, or the package with all its tables.

Columns as the migration tool of WorkOS writes and takes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    omit,
    pick_first,
    read_json,
    read_text,
)
from imports.core.readers.related_tables import Link, Table
from imports.core.transforms.families.lists import Split
from imports.core.transforms.families.words import Boolean

# Texts of the other types name themselves.
HASH_FORMATS = {"bcrypt": "bcrypt", "argon2": "argon2", "ssha": "ldap", "ssha256": "ldap"}
SIGNATURE = frozenset({"email", "password_hash_type"})
MARKS = frozenset({"external_id", "role_slugs", "org_external_id"})

# Users go by their id in the old system, and by their address in tables that have only that.
OF_USER = (Link("external_id", "external_id"), Link("email", "email"))
MEMBERSHIPS, ROLES, SECRETS = "organization_memberships", "user_role_assignments", "totp_secrets"
TABLES = Table(
    "users",
    ("email", "password_hash_type"),
    children=(
        Table(MEMBERSHIPS, (), OF_USER),
        Table(ROLES, (), OF_USER),
        Table(SECRETS, ("email", "totp_secret"), (Link("email", "email"),)),
    ),
)
JOINED = frozenset(table.name for table in TABLES.children)

PRESETS = {
    "external_id": Preset("subject_id", "The user's id in the source system."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "email_verified": Preset(
        "profile.email_verified", "Whether the address was verified.", (Boolean(),)
    ),
    "first_name": Preset("profile.given_name", "The first name."),
    "last_name": Preset("profile.family_name", "The last name."),
    "password_hash": Preset("authenticators.password.hash", "The password hash."),
    "(hash format)": Preset("authenticators.password.format", "From password_hash_type."),
    "password": Preset("authenticators.password.plaintext", "The plain password."),
    "totp_secret": Preset("authenticators.totp.secret", "The secret of the authenticator app."),
    "(groups)": Preset(
        "memberships.groups", "The organization, by org_external_id or else org_id."
    ),
    "role_slugs": Preset(
        "memberships.roles", "The roles in the organization.", (Split(delimiter=","),)
    ),
}
NOT_CARRIED = {
    "passwordhashtype": "Determines the column “(hash format)”.",
    "orgid": "Already in the column “(groups)” if there is no org_external_id.",
    "orgexternalid": "Already in the column “(groups)”.",
    "orgname": "The name of the organization. Its key is in the column “(groups)”.",
}
LACKS = (
    "The package does not say whether users are disabled, when they were created or when they "
    "last signed in.",
    "The package has no external logins or passkeys.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the type of the hash beside ids and roles of WorkOS's package."""
    names = set(columns)
    marks = names & MARKS
    if not (names >= SIGNATURE and marks):
        return None
    shown = ", ".join(sorted(SIGNATURE | marks))
    return strong(
        f"The columns match users.csv of WorkOS's migration package: {shown}.",
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the row with metadata taken apart, the format of the hash and the organization."""
    kind = read_text(values.get("password_hash_type")).lower()
    memberships = [values, *list_objects(values.get(MEMBERSHIPS) or [])]
    derived = {
        "metadata": read_object(values.get("metadata")),
        "(hash format)": HASH_FORMATS.get(kind, ""),
        "(groups)": list(dict.fromkeys(filter(None, map(read_organization, memberships)))),
    }
    if not JOINED.isdisjoint(values):
        derived |= read_tables(values, memberships)
    return {**omit(values, {"metadata", *JOINED}), **drop_blanks(derived)}


def read_organization(row: Values) -> str:
    return read_text(pick_first(row.get("org_external_id"), row.get("org_id")))


def read_tables(values: Values, memberships: list[Values]) -> Values:
    """Return the columns of users.csv that the other tables of the package add to."""
    rows = [*memberships, *list_objects(values.get(ROLES) or [])]
    slugs = [read_text(pick_first(row.get("role_slugs"), row.get("role_slug"))) for row in rows]
    roles = [role.strip() for text in slugs for role in text.split(",") if role.strip()]
    secrets = [read_text(row.get("totp_secret")) for row in list_objects(values.get(SECRETS) or [])]
    return {
        "role_slugs": ",".join(dict.fromkeys(roles)),
        "totp_secret": pick_first(values.get("totp_secret"), *secrets),
    }


def read_object(value: Any) -> Any:
    """Return the object in a cell of JSON text; other text as it is."""
    found = read_json(value)
    return found if isinstance(found, dict) else value


PROVIDER = Provider(
    name="workos",
    label="WorkOS migration package",
    how_to_export=(
        "Run the export of WorkOS's migration tool for the source system, and pack the folder "
        "that it writes into a zip archive. Userferry joins users.csv with "
        "organization_memberships.csv, user_role_assignments.csv and totp_secrets.csv. "
        "users.csv alone is also supported."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    tables=TABLES,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
)
