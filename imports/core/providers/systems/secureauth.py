"""SecureAuth Connect (Cloudentity): the identity pools of a configuration export.

One JSON object whose members are lists: users and, joined to them here, their credentials,
identifiers, verifiable addresses and groups. The documentation shows the payload of a password
alone; those of webauthn and totp credentials are read by the names that such payloads usually have.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.values import (
    drop_blanks,
    fold_keys,
    is_blank,
    list_objects,
    pick_first,
    read_base64,
    read_object,
    read_text,
)
from imports.core.readers.related_tables import Link, Table

OF_USER = (Link("user_id", "id"),)
CREDENTIALS, IDENTIFIERS, ADDRESSES, MEMBERS, GROUPS = (
    "user_credentials",
    "user_identifiers",
    "user_verifiable_addresses",
    "group_members",
    "groups",
)
TABLES = Table(
    "users",
    ("id", "status"),
    children=(
        Table(CREDENTIALS, ("user_id", "type", "payload"), OF_USER),
        Table(IDENTIFIERS, ("user_id", "identifier", "type"), OF_USER),
        Table(ADDRESSES, ("user_id", "address", "verified"), OF_USER),
        Table(
            MEMBERS,
            ("group_id", "user_id"),
            OF_USER,
            (Table(GROUPS, ("id", "name", "path"), (Link("id", "group_id"),)),),
        ),
    ),
)
JOINED = frozenset(table.name for table in TABLES.children)
MARKS = frozenset({"user_pool_id", "payload_schema_id", "business_metadata", "tenant_id"})
# Written where a password does not expire.
NEVER = "1900-01-01"
CHANGE_STATES = frozenset({"must_be_reset", "must_be_changed"})

# Where an export of Userferry has a hash as it is stored, of whatever format.
OWN = "userferry"
# Beside the secret of an authenticator app, in an export of Userferry.
APP_DETAILS = ("name", "digits", "period", "algorithm")

PRESETS = {
    "id": Preset("subject_id", "The user's id."),
    "(active)": Preset(
        "profile.active",
        "True for the status active. Users with the status new have not "
        "activated their "
        "account yet.",
    ),
    "(username)": Preset("profile.username", "The identifier of the type uid."),
    "(email)": Preset(
        "profile.email", "The first identifier or address that is an e-mail address."
    ),
    "(email verified)": Preset("profile.email_verified", "From the verifiable address."),
    "(further emails)": Preset("profile.emails", "The other identifiers and addresses."),
    "(phone)": Preset("profile.phone", "The first identifier or address that is a phone number."),
    "(phone verified)": Preset("profile.phone_verified", "From the verifiable address."),
    "(password hash)": Preset("authenticators.password.hash", "The credential's hashed_password."),
    "(hash format)": Preset("authenticators.password.format", "Detected from that object."),
    "(hash parameters)": Preset(
        "authenticators.password.params", "Of a hash that Userferry exported as it is stored."
    ),
    "(password expires)": Preset(
        "authenticators.password.expires_at", "The credential's expires_at, where 1900 means never."
    ),
    "(must change)": Preset(
        "authenticators.password.must_change", "True if its state is must_be_changed or …_reset."
    ),
    "(authenticator app)": Preset("authenticators.totp.secret", "The credential of the type totp."),
    "(authenticator app name)": Preset("authenticators.totp.name", "Its name."),
    "(authenticator app digits)": Preset("authenticators.totp.digits", "Its digits."),
    "(authenticator app period)": Preset("authenticators.totp.period", "Its period."),
    "(authenticator app algorithm)": Preset("authenticators.totp.algorithm", "Its algorithm."),
    "(passkeys)": Preset("authenticators.passkeys", "The credentials of the type webauthn."),
    "(verified addresses)": Preset(
        "authenticators.verified_addresses", "Active, verified addresses."
    ),
    "(groups)": Preset("memberships.groups", "Group names."),
    "payload.given_name": Preset("profile.given_name", "The first name."),
    "payload.family_name": Preset("profile.family_name", "The last name."),
    "payload.name": Preset("profile.display_name", "The full name."),
    "payload.locale": Preset("profile.locale", "The language and region."),
    "payload.zoneinfo": Preset("profile.zoneinfo", "The time zone."),
    "payload.picture": Preset("profile.picture", "The URL of a picture."),
    "created_at": Preset("profile.created_at", "When the user was created."),
}
NOT_CARRIED = {
    "status": "Determines the column “(active)”. Deleted users are excluded.",
    "statusupdatedat": "When the status last changed.",
    "updatedat": "When the user was last changed.",
    "tenantid": "The tenant of the old system.",
    "userpoolid": "The pool of the old system.",
    "payloadschemaid": "A schema of the old system. Its fields are attributes here.",
    "metadataschemaid": "A schema of the old system. Its fields are attributes here.",
    "businessmetadataschemaid": "A schema of the old system. Its fields are attributes here.",
    "useridentifiers": "Identifiers of the types external and federated. The export does not "
    "say which system "
    "issued them.",
    "usercredentials": "Credentials without a known key or secret.",
}
LACKS = (
    "The configuration does not include the last sign-in.",
    "The configuration does not name the provider of a federated identifier. These users sign "
    "in with a password or an e-mail code, and connect the provider again.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise users with status and pool, or with the tables that belong to them."""
    names = set(columns)
    tops = {column.partition(".")[0] for column in columns}
    if not names >= {"id", "status"}:
        return None
    if joined := sorted(tops & JOINED):
        return strong(
            f"The users are those of an identity pool, with {', '.join(joined)}.",
        )
    if "payload" in tops and tops & MARKS:
        return strong(
            "The columns are those of the users of a SecureAuth identity pool.",
        )
    return None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with what the joined tables say of them in columns of their own."""
    credentials = list_rows(values, CREDENTIALS)
    derived: Values = {"(active)": read_text(values.get("status")).lower() == "active"}
    if not JOINED.isdisjoint(values):
        derived |= read_identifiers(values)
        derived |= read_password(credentials)
        derived |= read_others(credentials)
        derived["(groups)"] = list(read_groups(values))
    kept = {name: value for name, value in values.items() if name not in JOINED}
    payload = read_object(values.get("payload"))
    if payload:
        kept["payload"] = payload
    return {**kept, **derived}


def excludes(values: Values) -> str:
    is_deleted = read_text(values.get("status")).lower() == "deleted"
    return "The user was deleted in SecureAuth." if is_deleted else ""


def list_rows(values: Values, table: str) -> list[Values]:
    return list_objects(values.get(table) or [])


def read_identifiers(values: Values) -> Values:
    """Return user name, addresses and whether they are verified."""
    found: dict[str, list[str]] = {}
    for row in list_rows(values, IDENTIFIERS):
        found.setdefault(read_text(row.get("type")).lower(), []).append(
            read_text(row.get("identifier"))
        )
    verified: dict[str, bool] = {}
    for row in list_rows(values, ADDRESSES):
        kind, address = read_text(row.get("type")).lower(), read_text(row.get("address"))
        is_active = read_text(row.get("status")).lower() in ("", "active")
        found.setdefault(kind, []).append(address)
        verified[address.lower()] = row.get("verified") is True and is_active
    emails, phones = (unite(found.get(kind, [])) for kind in ("email", "mobile"))
    others = [*found.get("external", []), *found.get("federated", [])]
    return {
        "(username)": next(iter(found.get("uid", [])), None),
        "(email)": next(iter(emails), None),
        "(email verified)": verified.get(emails[0].lower(), False) if emails else None,
        "(further emails)": [
            {"email": email, "verified": verified.get(email.lower(), False)} for email in emails[1:]
        ],
        "(phone)": next(iter(phones), None),
        "(phone verified)": verified.get(phones[0].lower(), False) if phones else None,
        "(verified addresses)": [
            {"type": kind, "value": address}
            for kind, addresses in (("email", emails), ("phone", phones))
            for address in addresses
            if verified.get(address.lower())
        ],
        IDENTIFIERS: [*found.get("uid", [])[1:], *phones[1:], *others],
    }


def unite(addresses: list[str]) -> list[str]:
    """Return the addresses in order, each once in whatever case."""
    return list({address.lower(): address for address in reversed(addresses) if address}.values())[
        ::-1
    ]


def read_password(credentials: list[Values]) -> Values:
    """Return the hash as the object that it is, and when it has to be changed."""
    row = next((each for each in credentials if each.get("type") == "password"), {})
    payload = read_object(row.get("payload"))
    hashed, own = read_object(payload.get("hashed_password")), read_object(payload.get(OWN))
    expires = read_text(row.get("expires_at"))
    text = own.get("hash") or (orjson.dumps(hashed).decode() if hashed else None)
    hashed = own or hashed
    return {
        "(password hash)": text,
        "(hash format)": own.get("format") or ("secureauth_hashed_password" if hashed else None),
        **({"(hash parameters)": own["params"]} if own.get("params") else {}),
        "(password expires)": expires if hashed and not expires.startswith(NEVER) else None,
        "(must change)": read_text(row.get("state")).lower() in CHANGE_STATES if hashed else None,
    }


def read_others(credentials: list[Values]) -> Values:
    """Return the authenticator app and passkeys, and the types of what is neither."""
    app: Any = None
    details: Values = {}
    passkeys, others = [], []
    for row in credentials:
        kind = read_text(row.get("type")).lower()
        payload = read_object(row.get("payload"))
        if kind == "totp" and not app and (secret := find_secret(payload)):
            app = secret
            details = {f"(authenticator app {name})": payload.get(name) for name in APP_DETAILS}
        elif kind == "webauthn" and (keys := list(read_passkeys(payload))):
            passkeys += keys
        elif kind != "password":
            others.append(kind)
    return {
        "(authenticator app)": app,
        **drop_blanks(details),
        "(passkeys)": passkeys,
        CREDENTIALS: others,
    }


def find_secret(payload: Values) -> Any:
    folded = fold_keys(payload)
    return pick_first(*(folded.get(name) for name in ("secret", "totpsecret", "key")))


def read_passkeys(payload: Values) -> Iterator[Values]:
    """Yield the keys of a payload that is one credential, or holds a list of them."""
    inner = pick_first(*(payload.get(name) for name in ("credentials", "webauthn_credentials")))
    for item in list_objects(inner if not is_blank(inner) else payload):
        key = fold_keys(item)
        authenticator = fold_keys(key.get("authenticator"))
        credential_id, public_key = key.get("id") or key.get("credentialid"), key.get("publickey")
        if credential_id and public_key:
            yield drop_blanks(
                {
                    "credential_id": write_base64url(credential_id),
                    "public_key": write_base64url(public_key),
                    "sign_count": pick_first(authenticator.get("signcount"), key.get("signcount")),
                    "name": read_text(key.get("name")),
                    "aaguid": read_text(key.get("aaguid")),
                    "algorithm": key.get("algorithm"),
                    "backup_eligible": key.get("backupeligible"),
                    "backed_up": key.get("backedup"),
                }
            )


def write_base64url(value: Any) -> str:
    raw = read_base64(value)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=") or read_text(value)


def read_groups(values: Values) -> Iterator[str]:
    """Yield the names of a user's groups; the id of one that is not in the file."""
    for row in list_rows(values, MEMBERS):
        names = [read_text(group.get("name")) for group in list_rows(row, GROUPS)]
        yield from [name for name in names if name] or [read_text(row.get("group_id"))]


PROVIDER = Provider(
    name="secureauth",
    label="SecureAuth Connect (Cloudentity)",
    how_to_export=(
        "Export the identity pool configuration with users as JSON through the hub or the "
        "system API (GET /api/system/configuration?with_data=true), and upload the file "
        "unchanged. Userferry joins users, user_credentials, user_identifiers, "
        "user_verifiable_addresses, groups and group_members."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    free_objects=("payload",),
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"status"}),
    lacks=LACKS,
    is_sparse=True,
)
