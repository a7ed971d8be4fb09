"""Devise: the table users of a Rails application that signs in with it.

Columns as in lib/generators/active_record/templates/migration.rb of
https://github.com/heartcombo/devise, and those of OmniAuth and devise-two-factor.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import complete_offset, drop_blanks, make_login, read_text
from imports.core.providers.web_tables import (
    fold_all,
    fold_row,
    is_date,
    omit_folded,
)

PASSWORD = "encryptedpassword"  # noqa: S105 - the name of a column
MODULES = frozenset(
    {
        *("resetpasswordtoken", "resetpasswordsentat", "remembercreatedat", "signincount"),
        *("currentsigninat", "lastsigninip", "confirmationtoken", "unlocktoken"),
    }
)
CONSUMED = frozenset(
    {
        *("confirmedat", "lockedat", "deletedat", "discardedat", "provider", "uid"),
        *("createdat", "updatedat", "currentsigninat", "lastsigninat"),
    }
)

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "email": Preset("profile.email", "The e-mail address."),
    "(email verified)": Preset("profile.email_verified", "True if confirmed_at has a date."),
    "(active)": Preset(
        "profile.active", "False if locked_at, deleted_at or discarded_at has a date."
    ),
    PASSWORD: Preset("authenticators.password.hash", "The bcrypt hash."),
    "(external logins)": Preset(
        "authenticators.external_logins", "provider and uid from OmniAuth."
    ),
    "(created)": Preset("profile.created_at", "created_at."),
    "(changed)": Preset("profile.updated_at", "updated_at."),
    "(last sign-in)": Preset("profile.last_login", "current_sign_in_at, or last_sign_in_at."),
}
NOT_CARRIED = {
    "resetpasswordtoken": "A password reset token, which has no meaning here.",
    "resetpasswordsentat": "A password reset token, which has no meaning here.",
    "remembercreatedat": "Kept browsers signed in. Users sign in again.",
    "signincount": "The number of sign-ins to the old application.",
    "currentsigninip": "The IP address of a sign-in.",
    "lastsigninip": "The IP address of a sign-in.",
    "confirmationtoken": "For the confirmation of an address. It has no meaning here.",
    "confirmationsentat": "For the confirmation of an address. It has no meaning here.",
    "unconfirmedemail": "A new address that is not confirmed yet.",
    "failedattempts": "Failed sign-ins to the old application. The count restarts at zero here.",
    "unlocktoken": "For unlocking an account. It has no meaning here.",
    "encryptedotpsecret": "Encrypted with a key of the application.",
    "otpsecret": "Encrypted with a key of the application.",
    "jti": "Token ids of the old application.",
}
LACKS = (
    "If config.pepper is set, choose the password format bcrypt with a pepper.",
    "Lockouts after failed sign-ins look like other locks. Every locked user arrives disabled.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise encrypted_password beside columns of Devise's modules."""
    names = fold_all(columns)
    found = names & MODULES
    if PASSWORD not in names or len(found) < 2:
        return None
    return strong(f"The columns match Devise: encrypted_password and {len(found)} of its modules.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with state, dates and the login of OmniAuth."""
    row = fold_row(values)
    since = (row.get(name) for name in ("lockedat", "deletedat", "discardedat"))
    provider = name_provider(read_text(row.get("provider")))
    derived = {
        "(email verified)": is_date(row["confirmedat"]) if "confirmedat" in row else None,
        "(active)": combine_states(*(read_account_state(each, "disabled_since") for each in since)),
        "(external logins)": list(make_login(provider, row.get("uid"))),
        "(created)": complete_offset(row.get("createdat")),
        "(changed)": complete_offset(row.get("updatedat")),
        "(last sign-in)": complete_offset(row.get("currentsigninat") or row.get("lastsigninat")),
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


PROVIDER = Provider(
    name="devise",
    label="Devise (Rails)",
    how_to_export=(
        "Export the table users as CSV with a header line, or upload a database dump (pg_dump "
        "--table=users, mysqldump DATABASE users)."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"lockedat", "deletedat", "discardedat", "confirmedat"}),
    lacks=LACKS,
)
