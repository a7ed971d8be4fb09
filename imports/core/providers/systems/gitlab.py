"""GitLab: the answer of its users API to an administrator, and its table users.

Shapes as in https://docs.gitlab.com/api/users/ (for administrators) and db/structure.sql; states as
in https://docs.gitlab.com/administration/moderate_users/.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, certain
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    complete_offset,
    drop_blanks,
    drop_repeated,
    list_objects,
    make_login,
    read_json,
    read_text,
)
from imports.core.providers.web_tables import (
    fold_all,
    fold_row,
    is_date,
    omit_folded,
)

# No other system has a limit of projects for each user.
SIGNATURE = frozenset({"username", "state", "projectslimit"})
DISABLED = frozenset(
    {"blocked", "ldap_blocked", "deactivated", "banned", "blocked_pending_approval"}
)
# user_type of the table: of people it is 0 or blank; others are bots and service accounts.
PEOPLE = frozenset({"", "0", "human", "4"})
TRUE = frozenset({"true", "t", "1"})
CONSUMED = frozenset(
    {
        *("state", "locked", "lockedat", "confirmedat", "identities", "createdat"),
        *("lastsigninat", "currentsigninat"),
    }
)

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "username": Preset("profile.username", "The name users sign in with."),
    "name": Preset("profile.display_name", "The name."),
    "email": Preset("profile.email", "The primary e-mail address."),
    "(email verified)": Preset("profile.email_verified", "True if confirmed_at has a date."),
    "(active)": Preset(
        "profile.active", "False for any state other than active, and while the user is locked."
    ),
    "(created)": Preset("profile.created_at", "created_at."),
    "(last sign-in)": Preset("profile.last_login", "current_sign_in_at, or last_sign_in_at."),
    "avatarurl": Preset("profile.picture", "The picture."),
    "encryptedpassword": Preset(
        "authenticators.password.hash", "The hash, only in the table users."
    ),
    "(external logins)": Preset("authenticators.external_logins", "identities."),
}
NOT_CARRIED = {
    "isadmin": "An import never creates administrators.",
    "admin": "An import never creates administrators.",
    "isauditor": "An import never creates administrators.",
    "projectslimit": "A GitLab limit.",
    "twofactorenabled": "The API does not return authenticator secrets.",
    "otprequiredforlogin": "Authenticator secrets are encrypted with GitLab's key.",
    "encryptedotpsecret": "Encrypted with a key of GitLab's.",
    "webip": "The IP address of a sign-in.",
}
LACKS = (
    "The API never returns password hashes. They are in the table users (encrypted_password).",
    "Group and project members are not in the user list.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the limit of projects beside state and user name."""
    if not fold_all(columns) >= SIGNATURE:
        return None
    return certain("The users have a projects_limit, which is unique to GitLab.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with its state, dates and external logins."""
    row = fold_row(values)
    derived = {
        "(email verified)": is_date(row.get("confirmedat")) if "confirmedat" in row else None,
        "(active)": combine_states(
            read_account_state(row.get("state"), disabled=DISABLED),
            read_account_state(row.get("locked"), "disabled"),
            read_account_state(row.get("lockedat"), "disabled_since"),
        ),
        "(created)": complete_offset(row.get("createdat")),
        "(last sign-in)": complete_offset(row.get("currentsigninat") or row.get("lastsigninat")),
        "(external logins)": drop_repeated(
            login
            for each in list_objects(read_json(row.get("identities")))
            for login in make_login(
                name_provider(read_text(each.get("provider"))), each.get("extern_uid")
            )
        ),
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def excludes(values: Values) -> str:
    """Say that a bot is no user."""
    row = fold_row(values)
    is_bot = str(row.get("bot", "")).lower() in TRUE
    if is_bot or read_text(row.get("usertype")) not in PEOPLE:
        return "This is a GitLab bot, not a person."
    return ""


PROVIDER = Provider(
    name="gitlab",
    label="GitLab",
    how_to_export=(
        "As an administrator, call GET /api/v4/users?per_page=100 for all pages and put them "
        "into one JSON array. For the password hashes, export the table users instead: \\copy "
        "users to 'users.csv' csv header."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"state", "locked", "lockedat", "confirmedat"}),
    lacks=LACKS,
)
