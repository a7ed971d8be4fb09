"""Auth0: users exported or made for its bulk import, and the file of password hashes.

Shapes as in Auth0's bulk import schema, its users-exports job (NDJSON, and CSV whose texts begin
with an apostrophe) and the NDJSON of hashes that its support hands out.
A program that speaks to Userferry as to Auth0 sends the same users, one by one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import orjson

from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    fold_name,
    strong,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    list_objects,
    make_login,
    omit,
    pick_first,
    read_json,
    read_object,
    read_text,
    walk,
)
from imports.core.readers.related_tables import Link, Table
from imports.core.transforms.families.words import Boolean

DATABASE = "auth0"
PASSWORDLESS = {"sms": ("phone", "phone_number"), "email": ("email", "email")}
# Kinds of connections of which a tenant can have several: logins go by the connection's name.
COMPANY_KINDS = (
    "ad adfs auth0-adldap google-apps ip oauth2 office365 oidc okta pingfederate samlp waad"
)
BY_CONNECTION = frozenset(COMPANY_KINDS.split())
SOCIAL_KINDS = (
    "amazon apple bitbucket dropbox facebook github google-oauth2 instagram line linkedin paypal "
    "salesforce shopify soundcloud spotify twitter vkontakte windowslive yahoo"
)
STRATEGIES = (DATABASE, *PASSWORDLESS, *BY_CONNECTION, *SOCIAL_KINDS.split())
USER_ID = re.compile(rf"'?(?:{'|'.join(map(re.escape, STRATEGIES))})\|\S.*")
IDENTITY_COLUMN = re.compile(r"identities\[(\d+)\]\.(\w+)")
# Of a tenant's configuration, by folded name.
TENANT = frozenset(
    {
        *("tenant", "clients", "connections", "databases", "resourceservers", "clientgrants"),
        *("rules", "rulesconfigs", "actions", "triggers", "emailprovider", "emailtemplates"),
        *("guardianfactors", "branding", "attackprotection", "prompts", "logstreams"),
    }
)
ENOUGH_OF_TENANT = 5
ID_COLUMNS = ("user_id", "id", "Id")
HASH_COLUMNS = ("password_hash", "passwordHash", "custom_password_hash", "password_hashes")
# The export and the file of hashes, together in one archive.
TABLES = Table(
    "users",
    columns=("user_id", "identities"),
    children=(
        Table(
            "password_hashes",
            columns=("_id", "passwordHash"),
            links=(Link("_id", "user_id", prefix=f"{DATABASE}|"), Link("email", "email")),
        ),
    ),
)
# What only a program sends, with what the user was before; a file has no such columns.
BEFORE = "(before)"
SUBJECT, KEPT, PASSWORD, ROLES = "(user id)", "(kept)", "(password)", "(roles)"
SENT = (BEFORE, SUBJECT, KEPT, PASSWORD, ROLES)
CONSUMED = frozenset({*ID_COLUMNS, *HASH_COLUMNS, *SENT, "_id", "_ID", "identities", "mfa_factors"})
EXPORT_FIELDS = (
    "email emailverified nickname identities usermetadata appmetadata lastlogin lastip loginscount "
    "createdat updatedat connection blocked multifactor lastpasswordreset picture name username"
)
MARKS = frozenset(EXPORT_FIELDS.split())
IMPORT_FIELDS = (
    "email email_verified phone_number phone_verified user_id username given_name family_name name "
    "nickname picture blocked password_hash custom_password_hash app_metadata user_metadata "
    "mfa_factors"
)
SCHEMA = frozenset(IMPORT_FIELDS.split())
OWN_OBJECTS = ("custom_password_hash", "app_metadata", "user_metadata", "mfa_factors")

PRESETS = {
    "(user id)": Preset(
        "subject_id",
        "The user id, which is the “sub” claim of Auth0's tokens. Import and hash files omit "
        "the prefix “auth0|”, so Userferry adds it.",
    ),
    "username": Preset("profile.username", "The user name of a database connection."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "email_verified": Preset("profile.email_verified", "Whether the address was verified."),
    "phone_number": Preset("profile.phone", "The user's phone number."),
    "phone_verified": Preset("profile.phone_verified", "Whether the number was verified."),
    "given_name": Preset("profile.given_name", "The user's first name."),
    "family_name": Preset("profile.family_name", "The user's last name."),
    "name": Preset("profile.display_name", "The user's full name."),
    "picture": Preset("profile.picture", "The URL of a picture."),
    "locale": Preset("profile.locale", "The language from a social connection."),
    "blocked": Preset(
        "profile.active", "Inverted: a blocked user cannot sign in.", (Boolean(inverted=True),)
    ),
    "created_at": Preset("profile.created_at", "When the user was created."),
    "last_login": Preset("profile.last_login", "When the user last signed in."),
    "updated_at": Preset("profile.updated_at", "When the user was last changed."),
    "(password hash)": Preset(
        "authenticators.password.hash",
        "password_hash or custom_password_hash from an import file, or passwordHash from the "
        "hash file.",
    ),
    "(hash format)": Preset(
        "authenticators.password.format",
        "bcrypt, which Auth0 uses itself, or the format in custom_password_hash.",
    ),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "Identities outside Auth0's own database: social identities by provider, enterprise "
        "identities by connection name.",
    ),
    "(authenticator app)": Preset("authenticators.totp.secret", "mfa_factors from an import file."),
    "(addresses for codes)": Preset(
        "authenticators.verified_addresses",
        "From passwordless connections (sms, email), and mfa_factors from an import file.",
    ),
    "app_metadata.authorization.roles": Preset(
        "memberships.roles", "Roles from Auth0's Authorization Extension."
    ),
    "app_metadata.authorization.groups": Preset(
        "memberships.groups", "Groups from Auth0's Authorization Extension."
    ),
}
FOLDED = {fold_name(column): preset for column, preset in PRESETS.items()}
NOT_CARRIED = {
    "nickname": "Auth0 derives it from the e-mail address by default, and nobody signs in with "
    "it. Map it "
    "if you use it.",
    "connection": "The connection of the user's first identity.",
    "lastip": "The IP address of the last sign-in.",
    "loginscount": "The number of sign-ins to Auth0.",
    "lastpasswordreset": "When the password was last changed in Auth0.",
    "passwordsetdate": "When the password was last changed in Auth0.",
    "multifactor": (
        "Lists the user's MFA factors without their secrets. These users must set them up again."
    ),
    "appmetadataauthorizationpermissions": "In Userferry, permissions come from roles.",
    "tenant": "The Auth0 tenant.",
    "tmpisunique": "An internal field of Auth0's database.",
    "version": "An internal field of Auth0's database.",
}
LACKS = (
    "Password hashes are not in the export. Request them from Auth0 support. You can also "
    "import that file afterwards, as an update.",
    "Authenticator apps, recovery codes and passkeys cannot be exported from Auth0.",
    "Roles, permissions and organizations assigned in the dashboard are not in the user profile.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise user ids that begin with a connection, hash files, or the import schema."""
    return recognise_ids(columns, rows) or recognise_hashes(rows) or recognise_import(rows)


def names_export(names: Collection[str]) -> str:
    """Say that an object is the configuration of a tenant, as the Deploy CLI exports it."""
    is_tenant = len(TENANT.intersection(names)) >= ENOUGH_OF_TENANT
    return "the configuration of an Auth0 tenant (Deploy CLI)" if is_tenant else ""


def recognise_ids(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    ids = [text for row in rows if (text := read_id(row))]
    found = [text for text in ids if USER_ID.fullmatch(text)]
    known = [column for column in columns if fold_name(column) in MARKS]
    if not found or len(found) * 2 < len(rows) or len(known) < 2:
        return None
    return certain(
        f"{len(found)} of {len(rows)} user ids begin with an Auth0 connection type, such as "
        f"“{found[0].lstrip(chr(39)).partition('|')[0]}|”.",
        f"These columns are fields of the Auth0 user profile: {', '.join(known[:8])}.",
    )


def recognise_hashes(rows: Sequence[Values]) -> Evidence | None:
    names = {"passwordHash", "tenant", "connection", "email"}
    if not rows or not all(read_object_id(row) and row.keys() >= names for row in rows):
        return None
    return certain(
        "Every record has _id, passwordHash, tenant and connection, like Auth0's hash file.",
    )


def recognise_import(rows: Sequence[Values]) -> Evidence | None:
    names = {name for row in rows for name in row}
    own = [
        name for name in OWN_OBJECTS if any(isinstance(row.get(name), dict | list) for row in rows)
    ]
    if not own or "email" not in names or not names <= SCHEMA:
        return None
    return strong(
        f"Every field is one of Auth0's import schema, among them {', '.join(own)}.",
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with identities, hash and second factors taken apart into columns."""
    if read_id(values).startswith("'"):
        values = {column: strip_apostrophe(value) for column, value in values.items()}
    identities = list_identities(values)
    addresses = [*list_code_addresses(values, identities), *list_factor_addresses(values)]
    kept = {
        column: value
        for column, value in omit(values, CONSUMED).items()
        if not IDENTITY_COLUMN.fullmatch(column)
    }
    for name in ("app_metadata", "user_metadata"):
        if isinstance(kept.get(name), str):
            kept[name] = read_object(kept[name]) or kept[name]
    derived = {
        "(user id)": read_user_id(values),
        "(external logins)": drop_repeated(list_logins(values, identities)),
        **read_password(values),
        "(authenticator app)": next(list_factors(values, "totp", "secret"), ""),
        "(addresses for codes)": drop_repeated(addresses),
    }
    return kept | drop_blanks(derived) | list_sent(values)


def list_sent(values: Values) -> Values:
    """Return what only a program sends, which says what the user was before, be it nothing."""
    if BEFORE not in values:
        return {}
    return {name: values[name] for name in SENT[1:] if values.get(name) is not None}


def read_before(values: Values) -> Values | None:
    """Return what a program says the user was before it changed them, as such a row."""
    before = values.get(BEFORE)
    return {**before, BEFORE: None} if isinstance(before, dict) else None


def strip_apostrophe(value: Any) -> Any:
    """Return a text of the CSV export without the apostrophe that keeps Excel from reading it."""
    return value.removeprefix("'") if isinstance(value, str) else value


def read_id(values: Values) -> str:
    return read_text(pick_first(*(values.get(column) for column in ID_COLUMNS)))


def read_object_id(values: Values) -> str:
    return read_text(pick_first(values.get("_id"), values.get("_ID")))


def read_user_id(values: Values) -> str:
    """Return the id as it is in tokens: in imports and hash files its kind is left out."""
    if BEFORE in values:
        return read_text(values.get(SUBJECT))
    known = read_id(values) or read_object_id(values)
    return known if "|" in known or not known else f"{DATABASE}|{known}"


def list_identities(values: Values) -> list[Values]:
    """Return the identities of a list, of columns such as identities[0].provider, or of the id."""
    identities = list_objects(read_json(values.get("identities")))
    numbered: defaultdict[str, Values] = defaultdict(dict)
    for column, value in values.items():
        if match := IDENTITY_COLUMN.fullmatch(column):
            numbered[match[1]][match[2]] = value
    identities += [numbered[number] for number in sorted(numbered, key=int)]
    if not any(each.get("user_id") for each in identities):
        kind, _, subject = read_user_id(values).partition("|")
        connection = subject.partition("|")[0] if kind in BY_CONNECTION else ""
        identities = [{"provider": kind, "connection": connection, "user_id": subject}]
    return identities


def list_logins(values: Values, identities: list[Values]) -> Iterator[Values]:
    for each in identities:
        kind, connection = read_text(each.get("provider")), read_text(each.get("connection"))
        if kind == DATABASE or kind in PASSWORDLESS:
            continue
        provider = connection if kind in BY_CONNECTION else name_provider(kind)
        subject = read_text(each.get("user_id")).removeprefix(f"{connection}|")
        yield from make_login(provider, subject)


def list_code_addresses(values: Values, identities: list[Values]) -> Iterator[Values]:
    """Yield where a passwordless user gets the codes to sign in with."""
    for each in identities:
        kind, column = PASSWORDLESS.get(read_text(each.get("provider")), ("", ""))
        if address := read_text(values.get(column)):
            yield {"type": kind, "value": address}


def list_factor_addresses(values: Values) -> Iterator[Values]:
    for kind in ("phone", "email"):
        for address in list_factors(values, kind, "value"):
            yield {"type": kind, "value": address}


def list_factors(values: Values, kind: str, name: str) -> Iterator[str]:
    for each in list_objects(values.get("mfa_factors")):
        if found := read_text(walk(each, kind, name)):
            yield found


def read_password(values: Values) -> Values:
    custom = values.get("custom_password_hash")
    if isinstance(custom, dict) and custom:
        return {
            "(password hash)": orjson.dumps(custom).decode(),
            "(hash format)": "auth0_custom_password_hash",
        }
    joined = [each.get("passwordHash") for each in list_objects(values.get("password_hashes"))]
    known = (values.get("password_hash"), values.get("passwordHash"), *joined)
    hashed = read_text(pick_first(*known))
    return {"(password hash)": hashed, "(hash format)": "bcrypt" if hashed else ""}


def find_other_preset(column: str) -> Preset | None:
    """Return the preset of names as the old export extension wrote them, such as “Created At”."""
    return FOLDED.get(fold_name(column))


PROVIDER = Provider(
    name="auth0",
    label="Auth0",
    how_to_export=(
        "Start an export job with POST /api/v2/jobs/users-exports in JSON format, or use the "
        "User Import / Export extension in the dashboard. Include the fields user_id, email, "
        "email_verified, username, phone_number, phone_verified, name, given_name, "
        "family_name, picture, identities, user_metadata, app_metadata, created_at, "
        "last_login and blocked. For password hashes, open a ticket with Auth0 support (Get "
        "Support in the dashboard), and pack their file and the export into one zip archive."
    ),
    recognise=recognise,
    presets=PRESETS,
    find_other_preset=find_other_preset,
    normalise=normalise,
    read_before=read_before,
    always={
        KEPT: "profile.attributes.auth0",
        PASSWORD: "authenticators.password.plaintext",
        ROLES: "memberships.roles",
    },
    free_objects=("user_metadata", "app_metadata"),
    tables=TABLES,
    names_export=names_export,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
