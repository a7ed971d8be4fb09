"""Nextcloud and ownCloud: their tables oc_users and oc_accounts, and `occ user:list --info`.

Tables as in core/Migrations/Version13000Date20170718121200.php of
https://github.com/nextcloud/server, the command as in its core/Command/User/ListCommand.php.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import (
    NOT_CARRIED as LOST,
)
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    strong,
)
from imports.core.providers.values import drop_blanks, list_objects, read_object, read_text, walk
from imports.core.providers.web_tables import fold_all, fold_row, omit_folded, read_seconds
from imports.core.readers.related_tables import Link, Table

USERS, ACCOUNTS, GROUPS, PREFERENCES = "users", "accounts", "group_user", "preferences"
TABLES = Table(
    USERS,
    ("uid", "displayname", "password"),
    children=(
        Table(ACCOUNTS, ("uid", "data"), (Link("uid", "uid"),)),
        Table(GROUPS, ("gid", "uid"), (Link("uid", "uid"),)),
        Table(PREFERENCES, ("userid", "appid", "configkey"), (Link("userid", "uid"),)),
    ),
)
TABLE = frozenset({"uid", "displayname", "password", "uidlower"})
LISTED = frozenset({"userid", "displayname", "email", "enabled", "backend"})
PROFILES = frozenset({"uid", "data"})
CONSUMED = frozenset(
    {
        *("uid", "userid", "displayname", "email", "enabled", "data", "lastseen", "firstseen"),
        *("accounts", "groupuser", "preferences"),
    }
)
# What a person whom nobody has seen has for a date.
NEVER = "1970-01-01"
# How oc_accounts says that an address was verified.
VERIFIED = "2"
# Properties of oc_accounts that go to a field.
CARRIED = frozenset({"displayname", "email", "phone"})

PRESETS = {
    "(uid)": Preset("subject_id", "uid, which never changes."),
    "(user name)": Preset("profile.username", "uid, with which users sign in."),
    "(email)": Preset("profile.email", "email, of oc_accounts or oc_preferences."),
    "(email verified)": Preset("profile.email_verified", "Whether oc_accounts says so."),
    "(display name)": Preset("profile.display_name", "displayname, or else that of oc_accounts."),
    "(phone)": Preset("profile.phone", "The phone number in oc_accounts."),
    "(active)": Preset("profile.active", "enabled, of occ or oc_preferences."),
    "(created)": Preset("profile.created_at", "first_seen."),
    "(last sign-in)": Preset("profile.last_login", "last_seen, or lastLogin of oc_preferences."),
    "password": Preset("authenticators.password.hash", "The hash with its version."),
    "groups": Preset("memberships.groups", "Groups in the list of occ."),
    "(groups)": Preset("memberships.groups", "Groups in oc_group_user."),
}
NOT_CARRIED = {
    "uidlower": "The user name in lower case.",
    "cloudid": "The name for federated sharing.",
    "quota": "The storage of the old server.",
    "storage": "The storage of the old server.",
    "userdirectory": "The storage of the old server.",
    "backend": "Whose users these are. Users of LDAP or SAML have no password here.",
    "lastlogin": "Times of sign-in are in last_seen.",
}
LACKS = (
    "occ lists no passwords. They are in the table oc_users, which has no e-mail addresses: these "
    "are in oc_accounts and oc_preferences.",
    "Authenticator apps are encrypted with a secret of the server.",
    "Users of LDAP, SAML and other apps are not in oc_users.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the table, the list of occ, or the properties of oc_accounts."""
    names = fold_all(columns)
    if names >= TABLE:
        return certain("The columns match oc_users: uid, displayname, password, uid_lower.")
    if names >= LISTED and names & {"cloudid", "userdirectory", "quota"}:
        return certain("The fields match occ user:list --info: user_id, backend, quota.")
    if names == PROFILES and any(read_property(fold_row(row), "email", "scope") for row in rows):
        return strong("The rows match oc_accounts: a property with value, scope and verified.")
    return None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with what the tables beside and the list of occ say."""
    row = fold_row(values)
    preferences = dict(list_preferences(row))
    account = fold_row(row)
    for each in map(fold_row, list_objects(row.get("accounts"))):
        account = each
    uid = row.get("uid") or row.get("userid")
    email = read_property(account, "email", "value")
    groups = [
        read_text(each.get("gid")) for each in map(fold_row, list_objects(row.get("groupuser")))
    ]
    derived = {
        "(uid)": uid,
        "(user name)": uid,
        "(email)": row.get("email") or email or preferences.get(("settings", "email")),
        "(email verified)": email and read_property(account, "email", "verified") == VERIFIED,
        "(display name)": row.get("displayname") or read_property(account, "displayname", "value"),
        "(phone)": read_property(account, "phone", "value"),
        "(active)": combine_states(
            read_account_state(row.get("enabled"), "enabled"),
            read_account_state(preferences.get(("core", "enabled")), "enabled"),
        ),
        "(created)": read_seen(row.get("firstseen")),
        "(last sign-in)": read_seen(row.get("lastseen"))
        or read_seconds(preferences.get(("login", "lastLogin"))),
        "(groups)": [each for each in groups if each],
        LOST: list(list_lost(account)),
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def list_preferences(row: Values) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield app, key and value of what the server keeps about the user."""
    for each in map(fold_row, list_objects(row.get("preferences"))):
        key = read_text(each.get("appid")), read_text(each.get("configkey"))
        yield key, read_text(each.get("configvalue"))


def read_property(account: Values, name: str, part: str) -> str:
    """Return a part of one of the properties in oc_accounts; empty where there is none."""
    return read_text(walk(read_object(account.get("data")), name, part))


def list_lost(account: Values) -> Iterator[str]:
    """Yield the properties of oc_accounts that have a value and go nowhere."""
    for name, value in read_object(account.get("data")).items():
        if name not in CARRIED and isinstance(value, dict) and read_text(value.get("value")):
            yield f"{name} in oc_accounts"


def read_seen(value: object) -> object:
    """Return a date; blank for the first day of 1970, which stands for never."""
    return None if read_text(value).startswith(NEVER) else value


PROVIDER = Provider(
    name="nextcloud",
    label="Nextcloud",
    how_to_export=(
        "Upload a database dump with oc_users, oc_accounts, oc_group_user and oc_preferences. "
        "Without passwords: occ user:list --info --limit 1000000 --output=json > users.json"
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"enabled"}),
    lacks=LACKS,
)
