"""Drupal: its table users_field_data (from version 8) or users (7 and before).

Columns as in core/modules/user/src/Entity/User.php of https://git.drupalcode.org/project/drupal and
modules/user/user.install of Drupal 7.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, certain
from imports.core.providers.values import drop_blanks, list_objects, read_text
from imports.core.providers.web_tables import fold_all, fold_row, omit_folded, read_seconds
from imports.core.readers.related_tables import Link, Table

SIGNATURE = frozenset({"uid", "name", "pass", "mail", "status", "access", "login"})
ROLES = "user__roles"
TABLES = Table(
    "users_field_data",
    ("uid", "name", "pass", "mail", "status", "access", "login"),
    children=(Table(ROLES, ("entity_id", "roles_target_id"), (Link("entity_id", "uid"),)),),
)
# Visitors who have not signed in are a row, too.
ANONYMOUS = "0"
MD5 = re.compile(r"[0-9a-f]{32}")
CONSUMED = frozenset({"pass", "status", "created", "login", "changed", "userroles", "roles"})

PRESETS = {
    "uid": Preset("subject_id", "The id of the user."),
    "name": Preset("profile.username", "The name users sign in with."),
    "mail": Preset("profile.email", "The e-mail address."),
    "timezone": Preset("profile.zoneinfo", "The time zone."),
    "preferredlangcode": Preset("profile.locale", "The preferred language for e-mails."),
    "(active)": Preset("profile.active", "False if status is 0 (blocked)."),
    "(created)": Preset("profile.created_at", "created, in seconds since 1970."),
    "(changed)": Preset("profile.updated_at", "changed, in seconds since 1970."),
    "(last sign-in)": Preset("profile.last_login", "login, in seconds since 1970."),
    "(password hash)": Preset("authenticators.password.hash", "pass."),
    "(hash format)": Preset("authenticators.password.format", "MD5, for Drupal 6 and earlier."),
    "(roles)": Preset("memberships.roles", "Role machine names, from user__roles."),
}
NOT_CARRIED = {
    "access": "The last visit. Userferry uses the last sign-in.",
    "init": "The initial e-mail address of the account.",
    "langcode": "The language of the row.",
    "preferredadminlangcode": "The language of the administration.",
    "defaultlangcode": "Distinguishes rows from their translations.",
    "signature": "The user's signature.",
    "signatureformat": "The user's signature.",
    "theme": "A theme of the old site.",
    "picture": "A file id on the old site.",
    "data": "Settings of modules.",
}
LACKS = ("Drupal does not record whether an e-mail address was verified.",)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns that the table has had since Drupal 4."""
    if not fold_all(columns) >= SIGNATURE:
        return None
    return certain(
        "The columns match Drupal's users: uid, name, pass, mail, status, access and login."
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with dates, state, roles and the format of an old hash."""
    row = fold_row(values)
    password = read_text(row.get("pass"))
    derived = {
        "(active)": read_account_state(row.get("status"), "enabled"),
        "(created)": read_seconds(row.get("created")),
        "(changed)": read_seconds(row.get("changed")),
        "(last sign-in)": read_seconds(row.get("login")),
        "(password hash)": password,
        "(hash format)": "unsalted_md5" if MD5.fullmatch(password) else "",
        "(roles)": [
            role
            for each in map(fold_row, list_objects(row.get("userroles")))
            if (role := read_text(each.get("rolestargetid")))
        ],
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def excludes(values: Values) -> str:
    """Say that the row of visitors, or a translation, is no user."""
    row = fold_row(values)
    if read_text(row.get("uid")) == ANONYMOUS:
        return "This row stands for anonymous visitors."
    if read_text(row.get("defaultlangcode")) == "0":
        return "This is a translation of another user row."
    return ""


PROVIDER = Provider(
    name="drupal",
    label="Drupal",
    how_to_export=(
        "Export users_field_data and user__roles as CSV with header lines, name each file "
        "after its table, and pack them into one zip archive. Or upload a database dump "
        "(drush sql:dump)."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"status"}),
    lacks=LACKS,
)
