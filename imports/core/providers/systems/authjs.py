"""Auth.js, NextAuth.js before: its tables User and Account, as its adapters make them.

Columns as in https://authjs.dev/getting-started/database and
https://authjs.dev/concepts/database-models.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    strong,
    weak,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    list_objects,
    make_login,
    read_text,
)
from imports.core.providers.web_tables import fold_all, fold_row, is_date, omit_folded
from imports.core.readers.related_tables import Link, Table

SIGNATURE = frozenset({"id", "name", "email", "emailverified", "image"})
# Others have dates in their table of users as well.
OTHERS = frozenset({"createdat", "updatedat"})
BOOLEANS = frozenset({"true", "false", "t", "f", "0", "1"})
# Tables of other names have these columns too, so the columns decide.
ACCOUNTS = "logins of Auth.js"
TABLES = Table(
    "users of Auth.js",
    ("id", "name", "email", "emailVerified", "image"),
    children=(
        Table(ACCOUNTS, ("userId", "provider", "providerAccountId"), (Link("userId", "id"),)),
    ),
)
CONSUMED = frozenset({"emailverified", "loginsofauthjs"})

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "name": Preset("profile.display_name", "The name."),
    "email": Preset("profile.email", "The e-mail address."),
    "image": Preset("profile.picture", "The picture."),
    "(email verified)": Preset("profile.email_verified", "True if emailVerified has a date."),
    "(external logins)": Preset(
        "authenticators.external_logins", "provider and providerAccountId from Account."
    ),
}
NOT_CARRIED = {"refreshtoken": "Tokens of identity providers. Users get new ones."}
LACKS = (
    "Auth.js stores neither passwords nor account states. Columns for them belong to your "
    "application.",
    "Sign-ins with identity providers are in the table Account. Export it together with User.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the five columns of User, and the dates in emailVerified."""
    names = fold_all(columns)
    if "loginsofauthjs" in names:
        return certain("The accounts have provider and providerAccountId, like those of Auth.js.")
    if not names >= SIGNATURE:
        return None
    verified = [read_text(fold_row(row).get("emailverified")).lower() for row in rows]
    flags = any(text in BOOLEANS for text in verified) or any(
        fold_row(row).get("emailverified") in (True, False) for row in rows
    )
    if flags:
        return None
    reason = "The columns match the Auth.js table User, including emailVerified and image."
    return weak(reason) if names & OTHERS and not any(verified) else strong(reason)


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with whether the address was verified, and with the external logins."""
    row = fold_row(values)
    accounts = map(fold_row, list_objects(row.get("loginsofauthjs")))
    derived = {
        "(email verified)": is_date(row.get("emailverified")),
        "(external logins)": drop_repeated(
            login
            for each in accounts
            for login in make_login(
                name_provider(read_text(each.get("provider"))), each.get("provideraccountid")
            )
        ),
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


PROVIDER = Provider(
    name="authjs",
    label="Auth.js (NextAuth.js)",
    how_to_export=(
        "Export the tables User and Account as CSV with header lines in one zip archive, or "
        "as one JSON object with both as lists. Or upload a database dump."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
)
