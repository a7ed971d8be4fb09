"""Supabase Auth: the table auth.users, and users as the admin API lists them.

Columns as in Supabase's migrations of the schema auth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    complete_offset,
    drop_blanks,
    drop_repeated,
    list_objects,
    list_texts,
    make_login,
    omit,
    pick_first,
    read_json,
    read_object,
    read_text,
    walk,
)

NULL_WORDS = frozenset({"null", "NULL", r"\N"})
METADATA = {"raw_app_meta_data": "app_metadata", "raw_user_meta_data": "user_metadata"}
HASH_FORMATS = {"$2": "bcrypt", "$argon2": "argon2", "$fbscrypt$": "supabase_fbscrypt"}
OWN_PROVIDERS = frozenset({"email", "phone", ""})
TABLE_MARKS = frozenset(
    {"instance_id", "encrypted_password", "raw_app_meta_data", "raw_user_meta_data", "is_sso_user"}
)
API_MARKS = frozenset({"aud", "app_metadata", "user_metadata", "is_anonymous", "identities"})

PRESETS = {
    "id": Preset("subject_id", "The user's id, which is the “sub” claim of Supabase's tokens."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "(email verified)": Preset(
        "profile.email_verified", "True if email_confirmed_at has a timestamp."
    ),
    "(phone)": Preset("profile.phone", "The phone number, with the plus sign that Supabase omits."),
    "(phone verified)": Preset(
        "profile.phone_verified", "True if phone_confirmed_at has a timestamp."
    ),
    "(name)": Preset(
        "profile.display_name", "The full_name, name or display_name in the metadata."
    ),
    "(picture)": Preset("profile.picture", "The avatar_url or picture in the metadata."),
    "(active)": Preset("profile.active", "False while banned_until is in the future."),
    "created_at": Preset("profile.created_at", "When the user was created."),
    "last_sign_in_at": Preset("profile.last_login", "When the user last signed in."),
    "updated_at": Preset("profile.updated_at", "When the user was last changed."),
    "encrypted_password": Preset(
        "authenticators.password.hash",
        "The hash, which is bcrypt unless it was imported into Supabase.",
    ),
    "(hash format)": Preset(
        "authenticators.password.format", "Detected from the beginning of the hash."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "The identities, or the single external login in the user metadata.",
    ),
    "(authenticator app)": Preset(
        "authenticators.totp.secret", "The first verified TOTP factor in mfa_factors."
    ),
    "(authenticator app name)": Preset("authenticators.totp.name", "The name of that factor."),
    "(addresses for codes)": Preset(
        "authenticators.verified_addresses", "The confirmed phone number, which gets sign-in codes."
    ),
}
NOT_CARRIED = {
    "instanceid": "The instance of Supabase Auth.",
    "aud": "The audience of Supabase's tokens.",
    "role": "The database role in tokens. Application roles are usually in the metadata.",
    "issuperadmin": "An unused field of Supabase. An import never creates administrators.",
    "issouser": "Whether the user is from single sign-on. See “(external logins)”.",
    "isanonymous": "Anonymous users are excluded.",
    "emailconfirmedat": "Determines the column “(email verified)”.",
    "phoneconfirmedat": "Determines the column “(phone verified)”.",
    "confirmedat": "The earlier of email_confirmed_at and phone_confirmed_at.",
    "banneduntil": "Determines the column “(active)”.",
    "deletedat": "Deleted users are excluded.",
    "invitedat": "When the user was invited.",
    "confirmationtoken": "An e-mailed link that works only in Supabase.",
    "confirmationsentat": "When a link was e-mailed.",
    "recoverytoken": "An e-mailed link that works only in Supabase.",
    "recoverysentat": "When a link was e-mailed.",
    "emailchangetokennew": "An e-mailed link that works only in Supabase.",
    "emailchangetokencurrent": "An e-mailed link that works only in Supabase.",
    "emailchange": "An address that was never confirmed.",
    "emailchangesentat": "When a link was e-mailed.",
    "emailchangeconfirmstatus": "The state of an address change.",
    "phonechange": "A number that was never confirmed.",
    "phonechangetoken": "A code that works only in Supabase.",
    "phonechangesentat": "When a code was sent.",
    "reauthenticationtoken": "A code that works only in Supabase.",
    "reauthenticationsentat": "When a code was sent.",
    "factors": "MFA factors without their secrets, from the API.",
    "appmetadataprovider": "The type of the first identity.",
    "appmetadataproviders": "The identity types. See “(external logins)”.",
    "usermetadatasub": "Already in the column “(external logins)”.",
    "usermetadataproviderid": "Already in the column “(external logins)”.",
    "usermetadataiss": "The issuer of the metadata.",
    "usermetadataemail": "A copy of the e-mail address.",
    "usermetadataemailverified": "A copy of whether the address was verified.",
    "usermetadataphoneverified": "A copy of whether the number was verified.",
    "usermetadatafullname": "Already in the column “(name)”.",
    "usermetadataname": "Already in the column “(name)”.",
    "usermetadataavatarurl": "Already in the column “(picture)”.",
    "usermetadatapicture": "Already in the column “(picture)”.",
    "notcarried": "External logins without an id in this file. Export the identities together "
    "with the "
    "users.",
}
LACKS = (
    "The table auth.users alone has at most one external login id, and no MFA factors. Export "
    "the columns identities and mfa_factors with it.",
    "The admin API does not return password hashes.",
    "User records do not include passkeys or single sign-on domains.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise columns that only auth.users has together, or users as the admin API lists them."""
    names = {name for row in rows for name in row}
    if len(names & TABLE_MARKS) >= 3 and "id" in names:
        found = [column for column in columns if column in TABLE_MARKS]
        return strong(
            f"The columns match Supabase's table auth.users: {', '.join(found)}.",
        )
    users = [row for row in rows if row.get("aud") == "authenticated"]
    if len(names & API_MARKS) < 4 or len(users) * 2 < len(rows):
        return None
    return strong(
        f"{len(users)} of {len(rows)} users have the audience “authenticated”, app_metadata and "
        "user_metadata, as Supabase's admin API lists them.",
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with metadata as objects, timestamps in ISO 8601, and derived columns."""
    user = {METADATA.get(column, column): clean(value) for column, value in values.items()}
    for name in METADATA.values():
        if isinstance(user.get(name), str):
            user[name] = read_object(user[name]) or user[name]
    metadata = user.get("user_metadata")
    phone = read_text(user.get("phone"))
    phone = f"+{phone}" if phone.isdecimal() else phone
    is_phone_confirmed = bool(user.get("phone_confirmed_at"))
    logins, unknown = sort_logins(user)
    derived = {
        "(email verified)": bool(user.get("email_confirmed_at")) if user.get("email") else None,
        "(phone)": phone,
        "(phone verified)": is_phone_confirmed if phone else None,
        "(name)": find_first(metadata, "full_name", "name", "display_name"),
        "(picture)": find_first(metadata, "avatar_url", "picture"),
        "(active)": not is_to_come(user["banned_until"]) if "banned_until" in user else None,
        "(hash format)": identify_hash(user.get("encrypted_password")),
        "(external logins)": logins,
        **read_totp(user.get("mfa_factors")),
        "(addresses for codes)": (
            [{"type": "phone", "value": phone}] if phone and is_phone_confirmed else []
        ),
        "(not carried)": ", ".join(unknown),
    }
    return omit(user, {"phone", "identities", "mfa_factors"}) | drop_blanks(derived)


def clean(value: Any) -> Any:
    """Return words for NULL as blanks, and timestamps with their whole offset."""
    if not isinstance(value, str):
        return value
    if value in NULL_WORDS:
        return None
    return complete_offset(value)


def find_first(metadata: Any, *names: str) -> str:
    return read_text(pick_first(*(walk(metadata, name) for name in names)))


def is_to_come(banned_until: Any) -> bool:
    """Return whether a ban still holds; Supabase writes a timestamp, PostgreSQL also infinity."""
    text = read_text(banned_until)
    if not text or text == "-infinity":
        return False
    try:
        timestamp = datetime.fromisoformat(text)
    except ValueError:
        return True
    return timestamp.replace(tzinfo=timestamp.tzinfo or UTC) > datetime.now(UTC)


def identify_hash(value: Any) -> str:
    text = read_text(value)
    return next((name for start, name in HASH_FORMATS.items() if text.startswith(start)), "")


def sort_logins(user: Values) -> tuple[list[Values], list[str]]:
    """Return the external logins, and the providers of those whose ids are not in the file."""
    identities = list_objects(read_json(user.get("identities")))
    logins = drop_repeated(login for each in identities for login in read_identity(each))
    if not identities:
        logins = list(read_metadata_login(user))
    known = {login["provider"] for login in logins}
    kinds = list_texts(walk(user, "app_metadata", "providers"))
    unknown = [kind for kind in kinds if kind not in OWN_PROVIDERS]
    return logins, [kind for kind in unknown if name_login(kind) not in known]


def read_identity(identity: Values) -> Iterator[Values]:
    """Yield the login of an identity; its id is provider_id, before 2023 the id of the row."""
    kind = read_text(identity.get("provider"))
    data = read_object(identity.get("identity_data"))
    if kind not in OWN_PROVIDERS:
        subject = pick_first(
            identity.get("provider_id"),
            data.get("provider_id"),
            data.get("sub"),
            identity.get("id"),
        )
        yield from make_login(name_login(kind), subject, data.get("email"))


def read_metadata_login(user: Values) -> Iterator[Values]:
    """Yield the login whose id Supabase copied into the metadata, if there is only one."""
    kinds = {
        kind
        for kind in list_texts(walk(user, "app_metadata", "providers"))
        if kind not in OWN_PROVIDERS
    }
    metadata = user.get("user_metadata")
    subject = pick_first(walk(metadata, "provider_id"), walk(metadata, "sub"))
    if len(kinds) == 1 and read_text(subject) != read_text(user.get("id")):
        yield from make_login(name_login(kinds.pop()), subject, walk(metadata, "email"))


def name_login(kind: str) -> str:
    """Return the id of the provider; single sign-on has the id of its connection after a colon."""
    return name_provider(kind.removeprefix("sso:"))


def read_totp(factors: Any) -> Values:
    for each in list_objects(read_json(factors)):
        if each.get("factor_type") == "totp" and each.get("status") == "verified":
            return {
                "(authenticator app)": read_text(each.get("secret")),
                "(authenticator app name)": read_text(each.get("friendly_name")),
            }
    return {}


def excludes(values: Values) -> str:
    if values.get("deleted_at"):
        return "The user was deleted in Supabase."
    if read_text(values.get("is_anonymous")) in ("true", "t") or values.get("is_anonymous") is True:
        return "An anonymous user, who has no way to sign in."
    return ""


PROVIDER = Provider(
    name="supabase",
    label="Supabase Auth",
    how_to_export=(
        "Connect to the database and save as JSON or CSV: SELECT u.*, (SELECT json_agg(i) FROM "
        "auth.identities i WHERE i.user_id = u.id) AS identities, (SELECT json_agg(f) FROM "
        "auth.mfa_factors f WHERE f.user_id = u.id) AS mfa_factors FROM auth.users u. With psql: "
        r"\copy (the query) TO 'users.csv' CSV HEADER."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"banneduntil", "deletedat"}),
    lacks=LACKS,
    is_sparse=True,
)
