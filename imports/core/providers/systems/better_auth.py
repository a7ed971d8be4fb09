"""better-auth: its tables user and account, with what its plugins add.

Columns as in https://www.better-auth.com/docs/concepts/database and the plugins admin, username and
phone-number; hashes as in https://www.better-auth.com/docs/reference/security.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    list_objects,
    make_login,
    read_milliseconds,
    read_text,
)
from imports.core.providers.web_tables import fold_all, fold_row, omit_folded
from imports.core.readers.related_tables import Link, Table

SIGNATURE = frozenset({"id", "name", "email", "emailverified", "image", "createdat", "updatedat"})
OF_PLUGINS = frozenset({"banned", "banreason", "banexpires"})
BOOLEANS = frozenset({"true", "false", "t", "f", "0", "1"})
# Tables of other names have these columns too, so the columns decide.
ACCOUNTS = "accounts of better-auth"
TABLES = Table(
    "users of better-auth",
    ("id", "name", "email", "emailVerified", "createdAt", "updatedAt"),
    children=(Table(ACCOUNTS, ("userId", "accountId", "providerId"), (Link("userId", "id"),)),),
)
CREDENTIAL = "credential"
CONSUMED = frozenset(
    {"banned", "banexpires", "role", "accountsofbetterauth", "createdat", "updatedat"}
)

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "name": Preset("profile.display_name", "The name."),
    "email": Preset("profile.email", "The e-mail address."),
    "emailverified": Preset("profile.email_verified", "Whether the address was verified."),
    "image": Preset("profile.picture", "The picture."),
    "username": Preset(
        "profile.username", "The name users sign in with, from the plugin username."
    ),
    "phonenumber": Preset("profile.phone", "The phone number, from the plugin phone-number."),
    "phonenumberverified": Preset("profile.phone_verified", "Whether the number was verified."),
    "(roles)": Preset("memberships.roles", "The roles in role, from the plugin admin."),
    "(active)": Preset(
        "profile.active", "False while the user is banned, permanently or until banExpires."
    ),
    "(created)": Preset("profile.created_at", "createdAt."),
    "(changed)": Preset("profile.updated_at", "updatedAt."),
    "(password hash)": Preset(
        "authenticators.password.hash", "password of the account with the provider credential."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins", "providerId and accountId of the other accounts."
    ),
}
NOT_CARRIED = {
    "displayusername": "The user name as typed.",
    "banreason": "The reason for the ban.",
    "twofactorenabled": "Authenticator secrets are encrypted with the key of the old application.",
    "isanonymous": "Marks visitors without an account.",
}
LACKS = (
    "Passwords and sign-ins with identity providers are in the table account. Export it "
    "together with user.",
    "Authenticator apps from the plugin two-factor are encrypted with the secret of the "
    "application.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns of user, with yes or no in emailVerified."""
    names = fold_all(columns)
    if "accountsofbetterauth" in names:
        return certain("The accounts have accountId and providerId, like those of better-auth.")
    if not names >= SIGNATURE:
        return None
    if len(names & OF_PLUGINS) > 1:
        return certain("The columns match better-auth with its plugin admin, including banExpires.")
    verified = [fold_row(row).get("emailverified") for row in rows]
    if not verified or not all(is_flag(value) for value in verified):
        return None
    return strong("The columns match the better-auth table user, with a boolean in emailVerified.")


def is_flag(value: Any) -> bool:
    return isinstance(value, bool) or read_text(value).lower() in BOOLEANS


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with state, password and external logins."""
    row = fold_row(values)
    accounts = list(map(fold_row, list_objects(row.get("accountsofbetterauth"))))
    own = [each for each in accounts if read_text(each.get("providerid")) == CREDENTIAL]
    others = [each for each in accounts if each not in own]
    derived = {
        "(active)": read_ban(row),
        "(roles)": [role.strip() for role in read_text(row.get("role")).split(",") if role.strip()],
        "(created)": read_milliseconds(row.get("createdat")),
        "(changed)": read_milliseconds(row.get("updatedat")),
        "(password hash)": next(
            filter(None, (read_text(each.get("password")) for each in own)), ""
        ),
        "(external logins)": drop_repeated(
            login
            for each in others
            for login in make_login(
                name_provider(read_text(each.get("providerid"))), each.get("accountid")
            )
        ),
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def read_ban(row: Values) -> bool | str | None:
    """Return whether a user can sign in: a ban counts until it expires, if it ever does."""
    ban = read_account_state(row.get("banned"), "disabled")
    end = read_milliseconds(row.get("banexpires"))
    if ban is not False or not read_text(end):
        return ban
    still = read_account_state(end, "disabled_until")
    return combine_states(still) if still is not None else True


PROVIDER = Provider(
    name="better_auth",
    label="better-auth",
    how_to_export=(
        "Export the tables user and account as CSV with header lines in one zip archive, or "
        "as one JSON object with both as lists. Or upload the SQLite database or a database "
        "dump."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"banned", "banexpires", "banreason"}),
    lacks=LACKS,
)
