"""Kinde: its import files, users as NDJSON with their identities, or as CSV.

Shapes as in https://docs.kinde.com/manage-users/add-and-edit/import-users-in-bulk/.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    strong,
    weak,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    list_objects,
    list_texts,
    make_login,
    omit,
    pick_first,
    read_text,
    walk,
)
from imports.core.readers.joined.merging import FURTHER_ROWS
from imports.core.values.lists import split_list

HASH_FORMATS = {
    "argon2": "argon2",
    "bcrypt": "bcrypt",
    "md5": "digest",
    "sha256": "digest",
    "sha512": "digest",
    "wordpress": "phpass",
    "phpass": "phpass",
}
SALT_ENCODINGS = {"hex": "hex", "base64": "base64"}
CSV_SIGNATURE = frozenset(
    {"role_key", "permission_key", "external_organization_id", "hashing_method", "salt_format"}
)
CONSUMED = frozenset(
    {
        "email",
        "email_verified",
        "phone",
        "phone_verified",
        "username",
        "role_key",
        "external_organization_id",
        "is_suspended",
        "hashed_password",
        "hashing_method",
        "salt",
        "salt_position",
        "salt_format",
        "identities",
        "organizations",
        "password",
        FURTHER_ROWS,
    }
)

PRESETS = {
    "id": Preset("subject_id", "The user's id."),
    "(user name)": Preset("profile.username", "username, or the identity of that type."),
    "(email)": Preset("profile.email", "email, or the first identity of that type."),
    "(email verified)": Preset(
        "profile.email_verified", "email_verified, or is_verified of the identity."
    ),
    "(further emails)": Preset("profile.emails", "The other identities of the type email."),
    "(phone)": Preset("profile.phone", "phone, or the first identity of that type."),
    "(phone verified)": Preset(
        "profile.phone_verified", "phone_verified, or is_verified of the identity."
    ),
    "first_name": Preset("profile.given_name", "The first name."),
    "last_name": Preset("profile.family_name", "The last name."),
    "picture": Preset("profile.picture", "The URL of a picture."),
    "(active)": Preset("profile.active", "False if is_suspended is true."),
    "created_on": Preset("profile.created_at", "When the user was created."),
    "last_signed_in": Preset("profile.last_login", "The last sign-in."),
    "(password hash)": Preset("authenticators.password.hash", "hashed_password."),
    "(hash format)": Preset(
        "authenticators.password.format", "From hashing_method, or hashing_algorithm."
    ),
    "(hash parameters)": Preset(
        "authenticators.password.params", "salt, salt_position and salt_format of plain digests."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins", "The identities of the type oauth2."
    ),
    "(groups)": Preset(
        "memberships.groups", "The organizations in all rows of the user, by external id."
    ),
    "(roles)": Preset(
        "memberships.roles", "The role keys in all rows of the user, for every organization."
    ),
}
NOT_CARRIED = {
    "permissionkey": "Permissions of individual users. Assign roles instead.",
    "featureflags": "Feature flags of the old application.",
    "otheridentities": "Identities of unknown types.",
}
LACKS = (
    "Multi-factor authentication is not in the export.",
    "In Userferry, roles belong to users directly, so a role applies across all organizations.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns of the CSV form, or the identities of the other."""
    names = CSV_SIGNATURE.intersection(columns)
    if len(names) > 2 and "email" in columns:
        return strong(
            f"The columns match Kinde's import format: {', '.join(sorted(names))}.",
        )
    users = [row for row in rows if list_identities(row)]
    if not users or len(users) * 2 < len(rows):
        return None
    return weak(
        f"{len(users)} of {len(rows)} records in the sample have typed identities, like Kinde's.",
    )


def list_identities(row: Values) -> list[Values]:
    return [
        each
        for each in list_objects(row.get("identities"))
        if "identity" in each and isinstance(each.get("type"), str)
    ]


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with identities, password and memberships taken apart into columns."""
    identities = list_identities(values)
    rows = [values, *list_objects(values.get(FURTHER_ROWS))]
    derived = {
        "(user name)": pick_first(
            values.get("username"), *(each["identity"] for each in of(identities, "username"))
        ),
        **read_address(values, identities, "email"),
        **read_address(values, identities, "phone"),
        "(active)": read_account_state(values.get("is_suspended"), "disabled"),
        **read_password(values),
        "(external logins)": drop_repeated(list_logins(values, identities)),
        "(groups)": list(dict.fromkeys(list_organizations(rows))),
        "(roles)": list(dict.fromkeys(list_roles(rows))),
        "(other identities)": sorted(
            {each["type"] for each in identities if not is_known(each["type"])}
        ),
    }
    return {**omit(values, CONSUMED), **drop_blanks(derived)}


def of(identities: list[Values], kind: str) -> list[Values]:
    return [each for each in identities if each["type"] == kind]


def is_known(kind: str) -> bool:
    return kind in {"email", "phone", "username"} or kind.startswith("oauth2:")


def read_address(values: Values, identities: list[Values], kind: str) -> Values:
    """Return the primary address of a kind and whether it is verified; further ones of e-mail."""
    found = of(identities, kind)
    address = read_text(pick_first(values.get(kind), *(each["identity"] for each in found)))
    same = [each for each in found if read_text(each["identity"]).lower() == address.lower()]
    flag = pick_first(values.get(f"{kind}_verified"), *(each.get("is_verified") for each in same))
    others = [
        {"email": text, "verified": each.get("is_verified") is True}
        for each in found
        if each not in same and (text := read_text(each["identity"]))
    ]
    derived = {f"({kind})": address, f"({kind} verified)": flag if address else None}
    return derived | ({"(further emails)": others} if kind == "email" else {})


def read_password(values: Values) -> Values:
    """Return the hash, which CSV has in columns and NDJSON in an object."""
    password = values.get("password")
    parts = password if isinstance(password, dict) else values
    method = read_text(
        pick_first(parts.get("hashing_method"), parts.get("hashing_algorithm"))
    ).lower()
    hashed = read_text(parts.get("hashed_password"))
    if not hashed:
        return {}
    hash_format = HASH_FORMATS.get(method, "")
    return {
        "(password hash)": hashed,
        "(hash format)": hash_format,
        "(hash parameters)": read_salt(method, parts) if hash_format == "digest" else {},
    }


def read_salt(method: str, parts: Values) -> Values:
    salt = {
        "salt": read_text(parts.get("salt")),
        "salt_position": read_text(parts.get("salt_position")).lower(),
        "salt_encoding": SALT_ENCODINGS.get(read_text(parts.get("salt_format")).lower(), "utf8"),
    }
    return {"algorithm": method, "hash_encoding": "hex"} | (
        drop_blanks(salt) if salt["salt"] else {}
    )


def list_logins(values: Values, identities: list[Values]) -> Iterator[Values]:
    """Yield the logins with other providers; an e-mail address is never the user's id there."""
    for each in identities:
        if each["type"].startswith("oauth2:"):
            known = (each.get("user_id"), each["identity"])
            subjects = (read_text(text) for text in known if text != values.get("id"))
            subject = next((text for text in subjects if text and "@" not in text), "")
            yield from make_login(name_provider(each["type"]), subject)


def list_organizations(rows: list[Values]) -> Iterator[str]:
    for row in rows:
        yield from list_texts(row.get("external_organization_id"))
        for each in list_objects(row.get("organizations")):
            yield from list_texts(pick_first(each.get("external_id"), each.get("id")))


def list_roles(rows: list[Values]) -> Iterator[str]:
    for row in rows:
        yield from split_cell(row.get("role_key"))
        for each in list_objects(row.get("organizations")):
            yield from list_keys(each.get("roles"))


def split_cell(value: Any) -> list[str]:
    """Return the keys in a cell, which may hold several."""
    return list_texts(split_list(read_text(value)))


def list_keys(roles: Any) -> list[str]:
    """Return the keys of roles, written as texts or as objects."""
    return [*list_texts(roles), *(read_text(walk(each, "key")) for each in list_objects(roles))]


PROVIDER = Provider(
    name="kinde",
    label="Kinde",
    how_to_export=(
        "Ask Kinde support for an export with password hashes, as NDJSON. Files for Users > "
        "Import users > Custom CSV are also supported. They have one row for each "
        "organization of a user, and the rows of a user must be consecutive."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    is_sparse=True,
    merges_on="id",
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"issuspended"}),
    lacks=LACKS,
)
