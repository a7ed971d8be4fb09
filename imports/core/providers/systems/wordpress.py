"""WordPress: its tables wp_users and wp_usermeta, and the list of WP-CLI.

Columns as in https://developer.wordpress.org/plugins/users/working-with-users/ and
wp-admin/includes/schema.php; `wp user list` as in https://developer.wordpress.org/cli/commands/user/list/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    strong,
)
from imports.core.providers.values import drop_blanks, list_objects, read_text
from imports.core.providers.web_tables import (
    fold_all,
    fold_row,
    omit_folded,
    pick_date,
)
from imports.core.readers.related_tables import Link, Table

SIGNATURE = frozenset({"userlogin", "userpass", "useremail"})
LISTED = frozenset({"userlogin", "useremail", "userregistered"})
META = "usermeta"
TABLES = Table(
    "users",
    ("ID", "user_login", "user_pass", "user_email"),
    children=(Table(META, ("user_id", "meta_key", "meta_value"), (Link("user_id", "ID"),)),),
)
MD5 = re.compile(r"[0-9a-f]{32}")
# PHP's serialisation of an array of roles and whether the user has each.
ROLE = re.compile(r's:\d+:"([^"]+)";b:1;')
CONSUMED = frozenset(
    {"userpass", "userstatus", "spam", "deleted", "userregistered", "usermeta", "roles"}
)
NOTHING = "0"

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "userlogin": Preset("profile.username", "The name users sign in with."),
    "useremail": Preset("profile.email", "The e-mail address."),
    "displayname": Preset("profile.display_name", "The display name."),
    "firstname": Preset("profile.given_name", "The first name."),
    "lastname": Preset("profile.family_name", "The last name."),
    "(given name)": Preset("profile.given_name", "first_name in wp_usermeta."),
    "(family name)": Preset("profile.family_name", "last_name in wp_usermeta."),
    "(locale)": Preset("profile.locale", "locale in wp_usermeta."),
    "(active)": Preset(
        "profile.active",
        "False for spam and deleted users of a network. The dry run asks about a user_status.",
    ),
    "(created)": Preset("profile.created_at", "user_registered, in UTC."),
    "(password hash)": Preset("authenticators.password.hash", "user_pass."),
    "(hash format)": Preset("authenticators.password.format", "MD5, for WordPress before 2.5."),
    "(roles)": Preset("memberships.roles", "wp_capabilities, or roles from WP-CLI."),
}
NOT_CARRIED = {
    "userurl": "The user's website. Map the column to an attribute if you need it.",
    "usernicename": "The user name in URLs of the old site.",
    "useractivationkey": "A password reset token, which has no meaning here.",
}
LACKS = (
    "WordPress records neither the last sign-in nor whether an e-mail address was verified.",
    "Names and roles are in wp_usermeta. Other settings there are not imported.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the names of the columns, which begin with “user_”."""
    names = fold_all(columns)
    if names >= SIGNATURE:
        return certain("The columns match wp_users: user_login, user_pass, user_email.")
    if names >= LISTED:
        return strong("The columns match WP-CLI: user_login, user_email, user_registered.")
    return None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with state, date, names and roles."""
    row = fold_row(values)
    meta = read_meta(row)
    password = read_text(row.get("userpass"))
    derived = {
        "(active)": combine_states(
            read_account_state(row.get("spam"), "disabled"),
            read_account_state(row.get("deleted"), "disabled"),
            read_status(row.get("userstatus")),
        ),
        "(created)": pick_date(row.get("userregistered")),
        "(password hash)": password,
        "(hash format)": "unsalted_md5" if MD5.fullmatch(password) else "",
        "(given name)": meta.get("first_name"),
        "(family name)": meta.get("last_name"),
        "(locale)": meta.get("locale"),
        "(roles)": list(dict.fromkeys([*read_roles(meta), *read_listed(row.get("roles"))])),
        "(not carried)": [f"usermeta {name}" for name in meta if not is_read(name)],
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def read_meta(row: Values) -> dict[str, str]:
    """Return the values of wp_usermeta by their keys."""
    rows = map(fold_row, list_objects(row.get(META)))
    pairs = ((read_text(each.get("metakey")), read_text(each.get("metavalue"))) for each in rows)
    return {name: value for name, value in pairs if name and value}


def is_read(name: str) -> bool:
    return name in ("first_name", "last_name", "locale") or name.endswith("capabilities")


def read_status(value: object) -> str | None:
    """Return a status other than 0, which WordPress itself does not use, as what is not clear."""
    text = read_text(value)
    return f"user_status {text}" if text not in ("", NOTHING) else None


def read_roles(meta: dict[str, str]) -> Iterator[str]:
    for name, value in meta.items():
        if name.endswith("capabilities"):
            yield from ROLE.findall(value)


def read_listed(roles: object) -> list[str]:
    return [role.strip() for role in read_text(roles).split(",") if role.strip()]


PROVIDER = Provider(
    name="wordpress",
    label="WordPress",
    how_to_export=(
        "Export the tables wp_users and wp_usermeta as CSV with header lines, name each file "
        "after its table, and pack them into one zip archive. Or upload a database dump (wp "
        "db export). wp user list --format=csv has no password hashes."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"spam", "deleted", "userstatus"}),
    lacks=LACKS,
)
