"""Synapse, the server of Matrix: what its admin API answers, and its table users.

Shapes as in docs/admin_api/user_admin_api.md of https://github.com/element-hq/synapse; columns as
in its synapse/storage/schema/main.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import (
    NOT_CARRIED as LOST,
)
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Question,
    Values,
    certain,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    list_objects,
    make_login,
    read_json,
    read_milliseconds,
    read_text,
)
from imports.core.providers.web_tables import fold_all, fold_row, omit_folded, read_seconds

SIGNATURE = frozenset({"name", "usertype", "deactivated", "shadowbanned", "creationts"})
TRUE = frozenset({"true", "t", "1"})
# A longer number counts milliseconds: the list has those, one user's answer and the table have not.
DIGITS_OF_SECONDS = 11
PEPPER = "pepper"
CONSUMED = frozenset(
    {
        *("deactivated", "locked", "usertype", "isguest", "appserviceid", "creationts"),
        *("lastseents", "threepids", "externalids", "approved"),
    }
)

PRESETS = {
    "name": Preset("subject_id", "The Matrix id, such as @ada:example.com."),
    "(user name)": Preset("profile.username", "The local part of the Matrix id."),
    "displayname": Preset("profile.display_name", "The name shown to others."),
    "(email)": Preset("profile.email", "The first address in threepids."),
    "(email verified)": Preset("profile.email_verified", "True where it has a validated_at."),
    "(further emails)": Preset("profile.emails", "The other addresses in threepids."),
    "(phone)": Preset("profile.phone", "The first phone number in threepids."),
    "(phone verified)": Preset("profile.phone_verified", "True where it has a validated_at."),
    "(active)": Preset("profile.active", "False if deactivated, locked or not approved."),
    "(created)": Preset("profile.created_at", "creation_ts."),
    "(last sign-in)": Preset("profile.last_login", "last_seen_ts."),
    "passwordhash": Preset("authenticators.password.hash", "The hash, only in the table users."),
    "(hash format)": Preset("authenticators.password.format", "bcrypt as Synapse uses it."),
    "(hash parameters)": Preset("authenticators.password.params", "The pepper, if there is one."),
    "(external logins)": Preset("authenticators.external_logins", "external_ids."),
}
NOT_CARRIED = {
    "admin": "An import never creates administrators.",
    "avatarurl": "An mxc:// address, which only Matrix clients can open.",
    "shadowbanned": "Shadow-banned users can sign in, but others do not see what they write.",
    "suspended": "Suspended users can sign in and read, but not write.",
    "erased": "Whether the user asked to be erased. Such users are deactivated.",
    "consentversion": "The version of the terms that the user accepted.",
    "consentservernoticesent": "A mark of Synapse's own.",
    "consentts": "When the user accepted the terms.",
    "upgradets": "When a guest became a user.",
}
LACKS = (
    "The list of users has neither addresses nor external logins. GET "
    "/_synapse/admin/v2/users/<user_id> has both.",
    "Without deactivated=true and locked=true, the list has no deactivated and no locked users.",
    "The API has no password hashes. They are in the table users.",
)
QUESTIONS = (
    Question(
        PEPPER,
        "Pepper",
        "password_config.pepper in homeserver.yaml. Leave it blank if it is not set there. With "
        "another pepper nobody can sign in with a password.",
        is_secret=True,
        needs=lambda values: bool(values.get("(hash format)")),
    ),
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise shadow bans beside the creation time."""
    if not fold_all(columns) >= SIGNATURE:
        return None
    return certain("The users have shadow_banned and creation_ts, as those of Synapse alone.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with name, addresses, state, times and external logins."""
    row = fold_row(values)
    ids = list_objects(read_json(row.get("threepids")))
    emails = [each for each in ids if each.get("medium") == "email"]
    phones = [each for each in ids if each.get("medium") == "msisdn"]
    derived = {
        "(user name)": read_local_part(row.get("name")),
        "(email)": read_text(emails[0].get("address")) if emails else None,
        "(email verified)": bool(emails[0].get("validated_at")) if emails else None,
        "(further emails)": [
            {"email": each.get("address"), "verified": bool(each.get("validated_at"))}
            for each in emails[1:]
        ],
        "(phone)": write_phone(phones[0].get("address")) if phones else None,
        "(phone verified)": bool(phones[0].get("validated_at")) if phones else None,
        LOST: ["further phone number"] if len(phones) > 1 else None,
        "(active)": combine_states(
            read_account_state(row.get("deactivated"), "disabled"),
            read_account_state(row.get("locked"), "disabled"),
            read_account_state(row.get("approved"), "enabled"),
        ),
        "(created)": read_time(row.get("creationts")),
        "(last sign-in)": read_time(row.get("lastseents")),
        "(external logins)": drop_repeated(
            login
            for each in list_objects(read_json(row.get("externalids")))
            for login in make_login(name_login(each.get("auth_provider")), each.get("external_id"))
        ),
        "(not a person)": tell_kind(row),
        **describe_hash(row, answers),
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def describe_hash(row: Values, answers: Answers) -> Values:
    """Return the format and parameters of a hash, if there is one."""
    if not read_text(row.get("passwordhash")):
        return {}
    return {
        "(hash format)": "synapse_bcrypt",
        "(hash parameters)": {"pepper": answers.get(PEPPER, "")},
    }


def read_local_part(name: object) -> str:
    """Return `ada` of `@ada:example.com`."""
    return read_text(name).removeprefix("@").partition(":")[0]


def name_login(name: object) -> str:
    """Return the provider of an external login, which Synapse writes as `oidc-google`."""
    return name_provider(read_text(name).removeprefix("oidc-"))


def read_time(value: object) -> object:
    """Return seconds or milliseconds since 1970 as ISO 8601."""
    is_seconds = len(read_text(value)) < DIGITS_OF_SECONDS
    return read_seconds(value) if is_seconds else read_milliseconds(value)


def write_phone(number: object) -> str:
    """Return a number, which Matrix writes without its plus sign, as E.164 has it."""
    text = read_text(number)
    return f"+{text}" if text.isdecimal() else text


def tell_kind(row: Values) -> str:
    """Say why a row is no person; empty for one that is."""
    if read_text(row.get("usertype")):
        return "A bot or support account, not a person."
    if str(row.get("isguest", "")).lower() in TRUE:
        return "A guest, who has no account."
    return "An account of a bridge or bot, not a person." if row.get("appserviceid") else ""


def excludes(values: Values) -> str:
    """Say why a row is no person."""
    return read_text(values.get("(not a person)"))


PROVIDER = Provider(
    name="synapse",
    label="Synapse (Matrix)",
    how_to_export=(
        "Get all pages of GET /_synapse/admin/v2/users?deactivated=true&locked=true as an "
        "administrator, then each user with GET /_synapse/admin/v2/users/<user_id>, and put the "
        "answers into one JSON array. For the password hashes, export the table users instead: "
        "\\copy users to 'users.csv' csv header."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    reads_states=frozenset(
        {"deactivated", "locked", "approved", "erased", "suspended", "shadowbanned"}
    ),
    questions=QUESTIONS,
    lacks=LACKS,
)
