"""Moodle: its table mdl_user.

Columns as in lib/db/install.xml of https://github.com/moodle/moodle; who may sign in as in
authenticate_user_login of its lib/moodlelib.php.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, certain
from imports.core.providers.values import drop_blanks, read_text
from imports.core.providers.web_tables import fold_all, fold_row, omit_folded, read_seconds

SIGNATURE = frozenset({"mnethostid", "username", "auth", "confirmed"})
MD5 = re.compile(r"[0-9a-f]{32}")
# What stands in place of a hash where Moodle has none.
NO_PASSWORDS = frozenset({"", "not cached", "to be generated", "restored"})
NO_ZONE = "99"
CONSUMED = frozenset(
    {
        *("password", "confirmed", "deleted", "suspended", "lastaccess", "timecreated"),
        *("timemodified", "timezone"),
    }
)

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "username": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The e-mail address."),
    "firstname": Preset("profile.given_name", "The first name."),
    "lastname": Preset("profile.family_name", "The last name."),
    "lang": Preset("profile.locale", "The chosen language."),
    "(time zone)": Preset("profile.zoneinfo", "timezone, unless it is 99, the site's own."),
    "(email verified)": Preset("profile.email_verified", "Whether the account was confirmed."),
    "(active)": Preset(
        "profile.active",
        "False for users who are suspended or not confirmed, and for auth nologin.",
    ),
    "(created)": Preset("profile.created_at", "timecreated."),
    "(updated)": Preset("profile.updated_at", "timemodified."),
    "(last sign-in)": Preset("profile.last_login", "lastaccess."),
    "(password hash)": Preset("authenticators.password.hash", "password, where it is a hash."),
    "(hash format)": Preset("authenticators.password.format", "MD5, for Moodle before 2.5."),
}
NOT_CARRIED = {
    "deleted": "Deleted users are excluded.",
    "auth": "How Moodle verified the user. Map it to an attribute if you need it.",
    "mnethostid": "The server of the user. Two servers can have the same user names.",
    "idnumber": "The number in another system. Map it to an attribute if you need it.",
    "secret": "A code that works only in Moodle.",
    "phone1": "Often not a personal number. Map it to “Phone” if it is.",
    "phone2": "Often not a personal number. Map it to “Phone” if it is.",
    "lastlogin": "The sign-in before the last one.",
    "currentlogin": "The latest timestamp is in the column “(last sign-in)”.",
    "firstaccess": "When the user first came.",
}
LACKS = (
    "Users of LDAP, OAuth 2 and other plugins have no password in Moodle.",
    "Roles, courses and cohorts are in other tables. Site administrators are in mdl_config.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the server that Moodle names for every user."""
    if not fold_all(columns) >= SIGNATURE:
        return None
    return certain("The columns match mdl_user: mnethostid, auth, confirmed.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with state, dates and password."""
    row = fold_row(values)
    password = read_text(row.get("password"))
    has_password = password.lower() not in NO_PASSWORDS
    zone, auth = read_text(row.get("timezone")), read_text(row.get("auth"))
    is_confirmed = read_account_state(row.get("confirmed"), "enabled")
    derived = {
        "(active)": combine_states(
            is_confirmed,
            read_account_state(row.get("suspended"), "disabled"),
            read_account_state(row.get("deleted"), "disabled"),
            False if auth == "nologin" else None,
        ),
        "(email verified)": is_confirmed if isinstance(is_confirmed, bool) else None,
        "(time zone)": "" if zone == NO_ZONE else zone,
        "(created)": read_seconds(row.get("timecreated")),
        "(updated)": read_seconds(row.get("timemodified")),
        "(last sign-in)": read_seconds(row.get("lastaccess")),
        "(password hash)": password if has_password else None,
        "(hash format)": "unsalted_md5" if MD5.fullmatch(password) else "",
        "(deleted)": read_account_state(row.get("deleted"), "disabled") is False or None,
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def excludes(values: Values) -> str:
    """Say that a row is what Moodle has left of a user, or its visitor."""
    if values.get("(deleted)"):
        return "The user was deleted in Moodle, which keeps a name and address without meaning."
    if read_text(fold_row(values).get("username")) == "guest":
        return "Moodle's own account for visitors, not a person."
    return ""


PROVIDER = Provider(
    name="moodle",
    label="Moodle",
    how_to_export=(
        "Export the table mdl_user as CSV, or with mysql --batch -e 'SELECT * FROM mdl_user' > "
        "users.tsv. Or upload a database dump."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"confirmed", "deleted", "suspended", "auth"}),
)
