"""The tables of ASP.NET Identity beside AspNetUsers, and what of their rows belongs to a user.

Names and columns as in Microsoft's IdentityDbContext, schema versions 1 to 3.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from typing import Any

from imports.core.providers.contract import Preset, Values, fold_name
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_repeated,
    fold_keys,
    list_objects,
    make_login,
    read_base64,
    read_object,
    read_text,
)
from imports.core.readers.related_tables import Link, Table
from imports.core.transforms.families.words import Boolean

USERS, USER_ROLES, ROLES, ROLE_CLAIMS = (
    "AspNetUsers",
    "AspNetUserRoles",
    "AspNetRoles",
    "AspNetRoleClaims",
)
CLAIMS, LOGINS, TOKENS, PASSKEYS = (
    "AspNetUserClaims",
    "AspNetUserLogins",
    "AspNetUserTokens",
    "AspNetUserPasskeys",
)
OF_USER = (Link("UserId", "Id"),)

TABLES = Table(
    USERS,
    ("Id", "UserName", "PasswordHash", "SecurityStamp"),
    children=(
        Table(
            USER_ROLES,
            ("UserId", "RoleId"),
            OF_USER,
            (
                Table(
                    ROLES,
                    ("Id", "Name", "NormalizedName"),
                    (Link("Id", "RoleId"),),
                    (
                        Table(
                            ROLE_CLAIMS,
                            ("RoleId", "ClaimType", "ClaimValue"),
                            (Link("RoleId", "Id"),),
                        ),
                    ),
                ),
            ),
        ),
        Table(CLAIMS, ("UserId", "ClaimType", "ClaimValue"), OF_USER),
        Table(LOGINS, ("LoginProvider", "ProviderKey", "UserId"), OF_USER),
        Table(TOKENS, ("UserId", "LoginProvider", "Name", "Value"), OF_USER),
        Table(PASSKEYS, ("CredentialId", "UserId", "Data"), OF_USER),
    ),
)
JOINED = frozenset(table.name for table in TABLES.children)
# How Identity's own store calls itself, and the two tokens it keeps for an authenticator app.
OWN_STORE = "[AspNetUserStore]"
AUTHENTICATOR_KEY, RECOVERY_CODES = "AuthenticatorKey", "RecoveryCodes"
HEXADECIMAL = re.compile(r"0x([0-9a-fA-F]{2})+")
# A claim type is a name, or an address such as http://schemas.xmlsoap.org/…/claims/givenname.
LAST_STEP = re.compile(r"[^/#]+\Z")
ROLE_TYPES = frozenset({"role", "roles"})

PRESETS = {
    "(roles)": Preset("memberships.roles", "Role names from AspNetRoles, and claims of type role."),
    "(external logins)": Preset("authenticators.external_logins", "From AspNetUserLogins."),
    "(authenticator key)": Preset(
        "authenticators.totp.secret",
        "From AspNetUserTokens, if TwoFactorEnabled is true.",
    ),
    "(recovery codes)": Preset(
        "authenticators.recovery_codes", "From AspNetUserTokens, if TwoFactorEnabled is true."
    ),
    "(passkeys)": Preset("authenticators.passkeys", "From AspNetUserPasskeys."),
    "claimsgivenname": Preset("profile.given_name", "A claim of the user."),
    "claimsfamilyname": Preset("profile.family_name", "A claim of the user."),
    "claimssurname": Preset("profile.family_name", "A claim of the user."),
    "claimsname": Preset("profile.display_name", "A claim of the user."),
    "claimslocale": Preset("profile.locale", "A claim of the user."),
    "claimszoneinfo": Preset("profile.zoneinfo", "A claim of the user."),
    "claimspicture": Preset("profile.picture", "A claim of the user."),
}
NOT_CARRIED = {
    "aspnetroleclaims": "Permissions of roles. Assign permissions to each role here, once.",
    "aspnetusertokens": "Tokens of identity providers. Users get new ones when they sign in.",
}


def is_joined(values: Values) -> bool:
    """Return whether a row has rows of other tables with it."""
    return not JOINED.isdisjoint(values)


def read_tables(values: Values, known: Values) -> Values:
    """Return what the rows of other tables become, in columns of their own.

    What has no place here stays under the name of its table, so that the loss is seen. `known`
    are the user's own columns by folded name.
    """
    roles = list(read_roles(values))
    claims = read_claims(values)
    tokens = [fold_keys(row) for row in list_objects(values.get(TOKENS))]
    has_app = Boolean().apply(known.get("twofactorenabled")) is True
    own = {
        read_text(token.get("name")): read_text(token.get("value"))
        for token in tokens
        if token.get("loginprovider") == OWN_STORE and has_app
    }
    others = [
        f"{read_text(token.get('loginprovider'))} {read_text(token.get('name'))}"
        for token in tokens
        if token.get("loginprovider") != OWN_STORE or not has_app
    ]
    role_claims = {name: claims.pop(name) for name in list(claims) if fold_name(name) in ROLE_TYPES}
    return {
        "(roles)": list(dict.fromkeys([*roles, *flatten(role_claims.values())])),
        ROLE_CLAIMS: list(read_role_claims(values)),
        "(external logins)": list(read_logins(values)),
        "(authenticator key)": own.get(AUTHENTICATOR_KEY),
        "(recovery codes)": [code for code in own.get(RECOVERY_CODES, "").split(";") if code],
        "(passkeys)": list(read_passkeys(values)),
        TOKENS: others,
        **({"claims": claims} if claims else {}),
    }


def read_roles(values: Values) -> Iterator[str]:
    """Yield the names of a user's roles; the id of one that AspNetRoles does not have."""
    for row in map(fold_keys, list_objects(values.get(USER_ROLES))):
        names = [read_text(fold_keys(role).get("name")) for role in list_roles(row)]
        yield from [name for name in names if name] or [read_text(row.get("roleid"))]


def list_roles(row: Values) -> list[Values]:
    return list_objects(row.get(fold_name(ROLES)) or [])


def read_role_claims(values: Values) -> Iterator[str]:
    for row in map(fold_keys, list_objects(values.get(USER_ROLES))):
        for role in map(fold_keys, list_roles(row)):
            for claim in map(fold_keys, list_objects(role.get(fold_name(ROLE_CLAIMS)) or [])):
                yield f"{read_text(claim.get('claimtype'))}={read_text(claim.get('claimvalue'))}"


def read_claims(values: Values) -> dict[str, Any]:
    """Return a user's claims by the last step of their type; several of one type as a list."""
    claims: dict[str, Any] = {}
    for row in map(fold_keys, list_objects(values.get(CLAIMS))):
        step = LAST_STEP.search(read_text(row.get("claimtype")))
        name = step[0].replace(".", "_") if step else ""
        value = read_text(row.get("claimvalue"))
        if name and name in claims:
            claims[name] = [*flatten([claims[name]]), value]
        elif name:
            claims[name] = value
    return claims


def flatten(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        yield from value if isinstance(value, list) else [value]


def read_logins(values: Values) -> Iterator[Values]:
    for row in map(fold_keys, list_objects(values.get(LOGINS))):
        provider = name_provider(read_text(row.get("loginprovider")))
        yield from make_login(provider, row.get("providerkey"), row.get("providerdisplayname"))


def read_passkeys(values: Values) -> list[Values]:
    """Return the passkeys in the form of the record, keys in base64url."""
    found = []
    for row in map(fold_keys, list_objects(values.get(PASSKEYS))):
        data = fold_keys(read_object(row.get("data")))
        found.append(
            {
                "credential_id": write_base64url(row.get("credentialid")),
                "public_key": write_base64url(data.get("publickey")),
                "sign_count": data.get("signcount") or 0,
                "backup_eligible": data.get("isbackupeligible") is True,
                "backed_up": data.get("isbackedup") is True,
                "name": read_text(data.get("name")) or None,
            }
        )
    return drop_repeated(found)


def write_base64url(value: Any) -> str:
    """Return bytes, written in base64 or as SQL Server writes them (0x…), in base64url."""
    text = read_text(value)
    if HEXADECIMAL.fullmatch(text):
        try:
            raw = binascii.unhexlify(text[2:])
        except binascii.Error:
            return text
    else:
        raw = read_base64(text)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=") or text
