"""Grafana: its table user, and what its API answers about users.

Columns as in pkg/services/user/model.go of https://github.com/grafana/grafana, hashes as in its
pkg/util/encoding.go, the API as in https://grafana.com/docs/grafana/latest/developers/http_api/user/.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.account_states import read_account_state
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
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    list_objects,
    make_login,
    read_text,
)
from imports.core.providers.web_tables import fold_all, fold_row, omit_folded, write_pbkdf2
from imports.core.readers.related_tables import Link, Table

USERS, LOGINS = "user", "user_auth"
TABLES = Table(
    USERS,
    ("login", "email", "salt", "rands", "help_flags1"),
    children=(Table(LOGINS, ("user_id", "auth_module", "auth_id"), (Link("user_id", "id"),)),),
)
TABLE = frozenset({"login", "salt", "rands", "helpflags1"})
API = frozenset({"login", "lastseenat", "lastseenatage"})
TRUE = frozenset({"true", "t", "1"})
ITERATIONS = 10_000
# A user who has never signed in was last seen ten years before the account was made.
NEVER = "10 years"
# Logins at outside providers have this mark; the others are ldap, saml and the like.
OAUTH = "oauth_"
CONSUMED = frozenset(
    {
        *("id", "userid", "password", "salt", "isdisabled", "isserviceaccount", "lastseenat"),
        *("lastseenatage", "userauth"),
    }
)

PRESETS = {
    "(id)": Preset("subject_id", "id, or userId in the list of an organisation."),
    "login": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The e-mail address, with which users can sign in as well."),
    "emailverified": Preset("profile.email_verified", "Whether the address was verified."),
    "name": Preset("profile.display_name", "The name."),
    "(active)": Preset("profile.active", "False where is_disabled is set."),
    "created": Preset("profile.created_at", "When the account was made."),
    "updated": Preset("profile.updated_at", "When the account was changed."),
    "(last sign-in)": Preset(
        "profile.last_login", "last_seen_at, where it is later than ten years before the account."
    ),
    "(password hash)": Preset("authenticators.password.hash", "password with salt."),
    "(external logins)": Preset("authenticators.external_logins", "The OAuth rows of user_auth."),
}
NOT_CARRIED = {
    "isserviceaccount": "Service accounts are excluded.",
    "isadmin": "An import never creates administrators.",
    "isgrafanaadmin": "An import never creates administrators.",
    "rands": "A secret of Grafana's own.",
    "orgid": "The organisation that the user last looked at.",
    "role": "The role in one organisation. Map it to roles if you need it.",
    "version": "A counter of Grafana's own.",
    "theme": "How Grafana looks.",
    "helpflags1": "Which hints the user has seen.",
    "uid": "A second id, used in URLs.",
    "authlabels": "How the user signs in.",
    "avatarurl": "A picture on the old server.",
}
LACKS = (
    "The API has no password hashes. They are in the table user.",
    "Organisations and teams are in the tables org_user and team_member.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns of the table, or the fields of the API."""
    names = fold_all(columns)
    if names >= TABLE:
        return certain("The columns match Grafana's table user: login, salt, rands, help_flags1.")
    if names >= API:
        return certain("The users have lastSeenAtAge, which is unique to Grafana's API.")
    return None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with id, state, last sign-in, password hash and external logins."""
    row = fold_row(values)
    password = read_text(row.get("password"))
    derived = {
        "(id)": read_text(row.get("userid")) or read_text(row.get("id")),
        "(active)": read_account_state(row.get("isdisabled"), "disabled"),
        "(last sign-in)": read_last_seen(row),
        "(password hash)": write_pbkdf2(password, read_text(row.get("salt")).encode(), ITERATIONS),
        "(external logins)": drop_repeated(
            login
            for each in map(fold_row, list_objects(row.get("userauth")))
            if read_text(each.get("authmodule")).startswith(OAUTH)
            for login in make_login(
                name_provider(read_text(each.get("authmodule"))), each.get("authid")
            )
        ),
        LOST: list_other_logins(row),
        "(service account)": str(row.get("isserviceaccount", "")).lower() in TRUE or None,
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def list_other_logins(row: Values) -> list[str]:
    """Return in words how the user signs in beside OAuth, such as by LDAP."""
    modules = (
        read_text(fold_row(each).get("authmodule")) for each in list_objects(row.get("userauth"))
    )
    return [f"login by {name}" for name in modules if name and not name.startswith(OAUTH)]


def read_last_seen(row: Values) -> object:
    """Return when a user was last seen; None for one who never was."""
    seen, created = read_text(row.get("lastseenat")), read_text(row.get("created"))
    if read_text(row.get("lastseenatage")) == NEVER or seen < created:
        return None
    return seen


def excludes(values: Values) -> str:
    """Say that a service account is no user."""
    return "A service account, not a person." if values.get("(service account)") else ""


PROVIDER = Provider(
    name="grafana",
    label="Grafana",
    how_to_export=(
        "Upload a copy of the database grafana.db, or a dump of it: Userferry reads its tables "
        "user and user_auth. GET /api/users has no passwords: get all its pages."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"isdisabled"}),
    lacks=LACKS,
)
