"""Keycloak: exports of a realm or of its users, and bodies of a partial import.

Shapes as in Keycloak's UserRepresentation and CredentialRepresentation.
"""

from __future__ import annotations

import base64
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
    strong,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    list_texts,
    make_login,
    omit,
    read_milliseconds,
    read_object,
    read_text,
)
from imports.core.readers.related_tables import Table
from imports.core.transforms.families.words import Boolean

LEGACY_HASH = ("hashedSaltedValue", "salt", "hashIterations", "algorithm")
OTP_TYPES = frozenset({"otp", "totp", "hotp"})
PASSKEY_TYPES = frozenset({"webauthn", "webauthn-passwordless"})
SERVICE_ACCOUNT = "service-account-"
# Roles that mean something inside Keycloak only.
OWN_ROLES = frozenset({"offline_access", "uma_authorization"})
OWN_ROLE_START = "default-roles-"
OWN_CLIENTS = frozenset({"account", "account-console", "broker", "realm-management", "admin-cli"})
# The files of users of an export to a directory, in one archive.
TABLES = Table("users", columns=("username", "enabled", "emailVerified", "notBefore"))
FIELDS = (
    "createdTimestamp emailVerified requiredActions disableableCredentialTypes notBefore "
    "realmRoles clientRoles federatedIdentities serviceAccountClientId federationLink"
)
MARKS = frozenset(FIELDS.split())
ENOUGH_MARKS = 3
REALM = frozenset(
    {
        *("clients", "clientscopes", "components", "authenticationflows", "requiredactions"),
        *("keycloakversion", "sslrequired", "identityproviders", "roles", "groups", "notbefore"),
        *("defaultrole", "scopemappings", "accesstokenlifespan", "organizations"),
    }
)
# Of users written by hand for the import of a realm: these names stand for nothing elsewhere.
STRONG_MARKS = frozenset(
    {
        *("realmRoles", "clientRoles", "serviceAccountClientId", "federationLink"),
        *("requiredActions", "disableableCredentialTypes"),
    }
)
CREDENTIAL_TYPES = OTP_TYPES | PASSKEY_TYPES | {"password"}

PRESETS = {
    "id": Preset(
        "subject_id", "The user's id, which is also the “sub” claim of Keycloak's tokens."
    ),
    "username": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "emailVerified": Preset("profile.email_verified", "Whether the address was verified."),
    "firstName": Preset("profile.given_name", "The user's first name."),
    "lastName": Preset("profile.family_name", "The user's last name."),
    "enabled": Preset(
        "profile.active",
        "Whether the user can sign in. Keycloak treats a user without it as disabled.",
        (Boolean(),),
    ),
    "createdTimestamp": Preset(
        "profile.created_at", "When the user was created. Keycloak uses milliseconds since 1970."
    ),
    "attributes.phoneNumber": Preset("profile.phone", "Keycloak's attribute for the OIDC claim."),
    "attributes.phoneNumberVerified": Preset(
        "profile.phone_verified", "Keycloak's attribute for the OIDC claim."
    ),
    "attributes.locale": Preset("profile.locale", "The language chosen on Keycloak's pages."),
    "attributes.zoneinfo": Preset("profile.zoneinfo", "Keycloak's attribute for the OIDC claim."),
    "attributes.picture": Preset("profile.picture", "Keycloak's attribute for the OIDC claim."),
    "(password hash)": Preset(
        "authenticators.password.hash",
        "secretData and credentialData of the credential of type “password”.",
    ),
    "(hash format)": Preset("authenticators.password.format", "Keycloak's credential."),
    "(password)": Preset(
        "authenticators.password.plaintext", "The value of a credential that is not hashed."
    ),
    "(must change)": Preset(
        "authenticators.password.must_change",
        "True with the required action UPDATE_PASSWORD or a temporary password.",
    ),
    "(authenticator app)": Preset(
        "authenticators.totp.secret",
        "The secret of the first credential of type “otp”, converted from plain text to base32.",
    ),
    "(authenticator app name)": Preset("authenticators.totp.name", "Its label."),
    "(authenticator app digits)": Preset("authenticators.totp.digits", "Its digits."),
    "(authenticator app period)": Preset("authenticators.totp.period", "Its period."),
    "(authenticator app algorithm)": Preset("authenticators.totp.algorithm", "Its algorithm."),
    "(passkeys)": Preset(
        "authenticators.passkeys",
        "The credentials of type “webauthn” and “webauthn-passwordless”. They keep working "
        "only if the sign-in page stays on the same domain.",
    ),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "federatedIdentities, by the alias of each identity provider.",
    ),
    "(roles)": Preset(
        "memberships.roles",
        "realmRoles by name and clientRoles as client:role, without Keycloak's built-in roles.",
    ),
    "groups": Preset("memberships.groups", "The paths of the groups, such as /staff/eu."),
}
NOT_CARRIED = {
    "totp": "Whether there is an authenticator app. See the column “(authenticator app)”.",
    "requiredactions": "UPDATE_PASSWORD is in the column “(must change)”. The other actions are "
    "for Keycloak's "
    "own pages.",
    "disableablecredentialtypes": "The credential types that the user can disable in Keycloak's "
    "account console.",
    "notbefore": "Invalidates older sessions in Keycloak.",
    "clientconsents": "Consents granted to applications in Keycloak.",
    "access": "The permissions of the caller of Keycloak's admin API.",
    "self": "The URL of the user in Keycloak's admin API.",
    "origin": "The storage provider in Keycloak.",
    "federationlink": "The user federation (such as LDAP) that verified and holds the password.",
    "serviceaccountclientid": "Marks the service account of a client, which is not a person.",
    "userprofilemetadata": "Form settings of Keycloak's user profile.",
    "attributesldapid": "The id in the federated directory.",
    "attributesldapentrydn": "The location in the federated directory.",
    "attributescreatetimestamp": "When the directory entry was created.",
    "attributesmodifytimestamp": "When the directory entry was changed.",
    "notcarried": "Credentials that cannot be imported, by type.",
}
LACKS = (
    "Keycloak does not store the last sign-in of its users.",
    "Passwords of federated users (such as LDAP) are in that directory.",
    "Roles from groups or composite roles are not listed with the users. Assign them to the "
    "groups here.",
    "Recovery codes are exported as hashes, so users must create new ones.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise Keycloak's credentials, or users with fields that only Keycloak has together.

    Users of an export have “enabled”; who writes them by hand may leave it out.
    """
    users = [row for row in rows if "username" in row and is_like_keycloak(row)]
    if not users or len(users) * 2 < len(rows):
        return None
    found = {name for row in users for name in row}
    marks = sorted(MARKS & found)
    credentials = sum(1 for row in users if any(map(has_keycloak_secret, list_credentials(row))))
    reasons = []
    if credentials:
        reasons.append(f"{credentials} of {len(rows)} users have Keycloak credentials.")
    if len(marks) >= ENOUGH_MARKS or not STRONG_MARKS.isdisjoint(found):
        reasons.append(f"Users have Keycloak fields: {', '.join(marks)}.")
    if not reasons:
        return None
    return certain(*reasons) if credentials else strong(*reasons)


def is_like_keycloak(row: Values) -> bool:
    return (
        "enabled" in row
        or not STRONG_MARKS.isdisjoint(row)
        or any(map(has_keycloak_secret, list_credentials(row)))
    )


def names_export(names: Collection[str]) -> str:
    """Say that an object is a realm, which the console's partial export writes without users."""
    is_realm = "realm" in names and (
        "clients" in names or len(REALM.intersection(names)) >= ENOUGH_MARKS
    )
    return "a Keycloak realm, with its settings, clients and roles" if is_realm else ""


def has_keycloak_secret(credential: Values) -> bool:
    """Return whether a credential is of an export, or as one writes it by hand: type and value."""
    return "type" in credential and bool(
        {"secretData", "credentialData"} <= credential.keys()
        or "hashedSaltedValue" in credential
        or ("value" in credential and read_type(credential) in CREDENTIAL_TYPES)
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with credentials, logins and roles taken apart into columns."""
    credentials = list_credentials(values)
    derived = {
        "(external logins)": list(list_logins(values)),
        "(roles)": list_roles(values),
        **read_password(credentials, values.get("requiredActions")),
        **read_authenticator_app(credentials),
        "(passkeys)": [
            read_passkey(each) for each in credentials if read_type(each) in PASSKEY_TYPES
        ],
        "(not carried)": ", ".join(list_lost_credentials(credentials)),
    }
    kept = omit(values, {"credentials", "federatedIdentities", "realmRoles", "clientRoles"})
    if not isinstance(kept.get("enabled"), bool | str):
        kept["enabled"] = False  # as Keycloak's own import takes it
    if "createdTimestamp" in kept:
        kept["createdTimestamp"] = read_milliseconds(kept["createdTimestamp"])
    if isinstance(attributes := kept.get("attributes"), dict):
        kept["attributes"] = {name: unwrap_single(item) for name, item in attributes.items()}
    return kept | drop_blanks(derived)


def excludes(values: Values) -> str:
    is_service = read_text(values.get("username")).startswith(SERVICE_ACCOUNT)
    if is_service or values.get("serviceAccountClientId"):
        return "The service account of a Keycloak client, not a person."
    return ""


def list_credentials(values: Values) -> list[Values]:
    return list_objects(values.get("credentials"))


def unwrap_single(value: Any) -> Any:
    """Return the value of an attribute that has only one: Keycloak keeps each as a list."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def list_logins(values: Values) -> Iterator[Values]:
    for each in list_objects(values.get("federatedIdentities")):
        provider = name_provider(read_text(each.get("identityProvider")))
        yield from make_login(provider, each.get("userId"), each.get("userName"))


def list_roles(values: Values) -> list[str]:
    roles = [
        role
        for role in list_texts(values.get("realmRoles"))
        if role not in OWN_ROLES and not role.startswith(OWN_ROLE_START)
    ]
    by_client = values.get("clientRoles")
    for client, names in (by_client if isinstance(by_client, dict) else {}).items():
        if client not in OWN_CLIENTS:
            roles += [f"{client}:{name}" for name in list_texts(names)]
    return list(dict.fromkeys(roles))


def read_password(credentials: list[Values], required_actions: Any) -> Values:
    """Return the first password; older ones stand in the type “password-history”."""
    password = next((each for each in credentials if read_type(each) == "password"), {})
    hashed = write_hash(password)
    plaintext = "" if hashed else password.get("value")
    must_change = "UPDATE_PASSWORD" in list_texts(required_actions)
    return {
        "(password hash)": hashed,
        "(hash format)": "keycloak" if hashed else "",
        "(password)": plaintext if isinstance(plaintext, str) else "",
        "(must change)": must_change or password.get("temporary") is True,
    }


def write_hash(password: Values) -> str:
    """Return the parts of a credential that the hash format needs, as JSON text.

    secretData and credentialData are texts that hold JSON, or objects; before version 8 their
    fields stood in the credential itself.
    """
    if password.get("hashedSaltedValue"):
        parts = {name: password[name] for name in LEGACY_HASH if password.get(name) is not None}
    elif password.get("secretData") and password.get("credentialData"):
        parts = {
            "secretData": read_object(password["secretData"]) or password["secretData"],
            "credentialData": read_object(password["credentialData"]) or password["credentialData"],
        }
    else:
        return ""
    return orjson.dumps(parts).decode()


def read_authenticator_app(credentials: list[Values]) -> Values:
    """Return the first TOTP credential; HOTP counts sign-ins and is not imported."""
    for credential in filter(is_totp, credentials):
        data = read_object(credential.get("credentialData")) or credential
        secret = read_object(credential.get("secretData")).get("value") or credential.get("value")
        if isinstance(secret, str) and secret:
            return {
                "(authenticator app)": write_secret(secret, data.get("secretEncoding")),
                "(authenticator app name)": credential.get("userLabel"),
                "(authenticator app digits)": data.get("digits"),
                "(authenticator app period)": data.get("period"),
                "(authenticator app algorithm)": read_text(data.get("algorithm"))
                .upper()
                .replace("HMAC", ""),
            }
    return {}


def is_totp(credential: Values) -> bool:
    if read_type(credential) not in OTP_TYPES:
        return False
    kind = read_object(credential.get("credentialData")).get("subType") or read_type(credential)
    return kind in ("totp", "otp")


def write_secret(secret: str, encoding: Any) -> str:
    """Return the secret in base32: Keycloak keeps the text whose bytes are the secret."""
    if read_text(encoding).upper() == "BASE32":
        return secret
    return base64.b32encode(secret.encode("utf-8", "replace")).decode().rstrip("=")


def read_passkey(credential: Values) -> Values:
    data = read_object(credential.get("credentialData"))
    return drop_blanks(
        {
            "credential_id": read_text(data.get("credentialId")),
            "public_key": read_text(data.get("credentialPublicKey")),
            "sign_count": data.get("counter"),
            "aaguid": read_text(data.get("aaguid")),
            "name": read_text(credential.get("userLabel")),
        }
    )


def list_lost_credentials(credentials: list[Values]) -> list[str]:
    """Return the types of credentials that go nowhere, further authenticator apps included."""
    types = [
        kind
        for each in credentials
        if (kind := read_type(each)) not in {"password", *PASSKEY_TYPES} and not is_totp(each)
    ]
    apps = sum(map(is_totp, credentials))
    return sorted(set(types)) + (["further authenticator app"] if apps > 1 else [])


def read_type(credential: Values) -> str:
    return read_text(credential.get("type"))


PROVIDER = Provider(
    name="keycloak",
    label="Keycloak",
    how_to_export=(
        "Stop the server or use a copy of its database, and run bin/kc.sh export --realm NAME "
        "--users realm_file --file realm.json. Or use --dir DIRECTORY --users different_files "
        "and pack the directory into a zip archive. Both include the password hashes. The "
        "partial export of the admin console has no users, and GET /admin/realms/NAME/users "
        "has neither passwords nor roles."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    tables=TABLES,
    names_export=names_export,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
