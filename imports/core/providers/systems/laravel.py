"""Laravel: the table users of a new application, with what Fortify, Jetstream and Spark add.

Columns as in the migration create_users_table of https://github.com/laravel/laravel and
https://laravel.com/docs/eloquent#soft-deleting.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.values import drop_blanks
from imports.core.providers.web_tables import fold_all, fold_row, is_date, omit_folded

SIGNATURE = frozenset({"email", "password", "remembertoken"})
VERIFIED, DELETED = "emailverifiedat", "deletedat"
CONSUMED = frozenset({VERIFIED, DELETED})

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "name": Preset("profile.display_name", "The name."),
    "email": Preset("profile.email", "The e-mail address."),
    "(email verified)": Preset("profile.email_verified", "True if email_verified_at has a date."),
    "password": Preset("authenticators.password.hash", "The hash, usually bcrypt."),
    "(not deleted)": Preset("profile.active", "False if deleted_at has a date."),
    "createdat": Preset("profile.created_at", "When the account was created."),
    "updatedat": Preset("profile.updated_at", "When the row was last changed."),
}
NOT_CARRIED = {
    "remembertoken": "Kept browsers signed in. Users sign in again.",
    "twofactorsecret": "Encrypted with the key of the application.",
    "twofactorrecoverycodes": "Encrypted with the key of the application.",
    "twofactorconfirmedat": "Authenticator apps are encrypted with the key of the application.",
    "currentteamid": "The last selected team.",
    "profilephotopath": "A file path of the application.",
}
LACKS = (
    "Laravel has no account state of its own. The dry run asks about columns of your application.",
    "Fortify encrypts authenticator secrets with APP_KEY.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the token by which Laravel remembers a browser."""
    if not fold_all(columns) >= SIGNATURE:
        return None
    return strong("The columns match a Laravel users table, including remember_token.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with whether the address was verified, and the account deleted."""
    row = fold_row(values)
    derived: Values = {}
    if VERIFIED in row:
        derived["(email verified)"] = is_date(row[VERIFIED])
    if read_account_state(row.get(DELETED), "disabled_since") is not None:
        derived["(not deleted)"] = False
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


PROVIDER = Provider(
    name="laravel",
    label="Laravel",
    how_to_export=(
        "Export the table users as CSV with a header line, or upload a database dump "
        "(mysqldump DATABASE users, pg_dump --table=users)."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({DELETED}),
    lacks=LACKS,
)
