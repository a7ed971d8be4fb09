"""Logto: users of its Management API, with password digests where those were asked for.

Shape as in https://openapi.logto.io (`GET /api/users`, `POST /api/users`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    list_objects,
    make_login,
    omit,
    pick_first,
    read_milliseconds,
    read_text,
    walk,
)

HASH_FORMATS = {
    "argon2i": "argon2",
    "argon2id": "argon2",
    "argon2d": "argon2",
    "bcrypt": "bcrypt",
    "legacy": "logto_legacy",
    "md5": "digest",
    "sha1": "digest",
    "sha256": "digest",
}
CONSUMED = frozenset(
    {
        "primaryPhone",
        "isSuspended",
        "createdAt",
        "updatedAt",
        "lastSignInAt",
        "passwordDigest",
        "passwordAlgorithm",
        "passwordEncrypted",
        "passwordEncryptionMethod",
        "identities",
        "ssoIdentities",
    }
)
SIGNATURE = frozenset(
    {
        "primaryEmail",
        "primaryPhone",
        "customData",
        "passwordDigest",
        "passwordEncrypted",
        "passwordEncryptionMethod",
        "isSuspended",
        "hasPassword",
        "lastSignInAt",
        "ssoIdentities",
    }
)

PRESETS = {
    "id": Preset("subject_id", "The user's id."),
    "username": Preset("profile.username", "The name users sign in with."),
    "primaryEmail": Preset("profile.email", "The user's e-mail address."),
    "(phone)": Preset("profile.phone", "primaryPhone, with the + that Logto omits."),
    "name": Preset("profile.display_name", "The display name."),
    "avatar": Preset("profile.picture", "The URL of a picture."),
    "profile.givenName": Preset("profile.given_name", "The given name of the profile."),
    "profile.familyName": Preset("profile.family_name", "The family name of the profile."),
    "profile.locale": Preset("profile.locale", "The locale of the profile."),
    "profile.zoneinfo": Preset("profile.zoneinfo", "The time zone of the profile."),
    "(active)": Preset("profile.active", "False if isSuspended is true."),
    "(created)": Preset("profile.created_at", "createdAt, in milliseconds."),
    "(updated)": Preset("profile.updated_at", "updatedAt, in milliseconds."),
    "(last sign-in)": Preset("profile.last_login", "lastSignInAt, in milliseconds."),
    "(password hash)": Preset("authenticators.password.hash", "passwordDigest."),
    "(hash format)": Preset("authenticators.password.format", "From passwordAlgorithm."),
    "(hash parameters)": Preset(
        "authenticators.password.params", "The digest in passwordAlgorithm."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "Social identities by connector target, and enterprise SSO identities by issuer.",
    ),
}
NOT_CARRIED = {
    "haspassword": "Whether there is a password.",
    "applicationid": "The application where the user signed up.",
    "tenantid": "The tenant of the old installation.",
    "mfaverificationfactors": "The types of MFA factors. The API does not return their secrets.",
}
LACKS = (
    "Logto has no flag for verified addresses, because it verifies an address by code before "
    "it accepts it. To keep that, map “E-mail verified” to the constant true.",
    "The API does not return authenticator secrets, recovery codes or passkeys.",
    "Roles and organizations need separate API calls (GET /api/users/ID/roles).",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise three of the names that only Logto gives to what it keeps of users."""
    users = [row for row in rows if "primaryEmail" in row and len(SIGNATURE.intersection(row)) > 2]
    if not users or len(users) * 2 < len(rows):
        return None
    names = sorted(SIGNATURE.intersection(*users))
    return strong(
        f"The records have Logto fields: {', '.join(names)}.",
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with password and identities taken apart into columns."""
    phone = read_text(values.get("primaryPhone"))
    derived = {
        "(active)": read_account_state(values.get("isSuspended"), "disabled"),
        "(phone)": f"+{phone}" if phone.isdecimal() else phone,
        "(created)": read_milliseconds(values.get("createdAt")),
        "(updated)": read_milliseconds(values.get("updatedAt")),
        "(last sign-in)": read_milliseconds(values.get("lastSignInAt")),
        **read_password(values),
        "(external logins)": drop_repeated(list_logins(values)),
    }
    return {**omit(values, CONSUMED), **drop_blanks(derived)}


def read_password(values: Values) -> Values:
    digest = pick_first(values.get("passwordDigest"), values.get("passwordEncrypted"))
    algorithm = read_text(
        pick_first(values.get("passwordAlgorithm"), values.get("passwordEncryptionMethod"))
    ).lower()
    if digest is None or not algorithm:
        return {"(password hash)": digest}
    hash_format = HASH_FORMATS.get(algorithm, algorithm)
    return {
        # The list of the algorithm Legacy is a text in the API, and JSON in some dumps.
        "(password hash)": orjson.dumps(digest).decode() if isinstance(digest, list) else digest,
        "(hash format)": hash_format,
        "(hash parameters)": {"algorithm": algorithm} if hash_format == "digest" else {},
    }


def list_logins(values: Values) -> Iterator[Values]:
    identities = values.get("identities")
    for target, identity in identities.items() if isinstance(identities, dict) else ():
        name = pick_first(walk(identity, "details", "email"), walk(identity, "details", "name"))
        yield from make_login(target, walk(identity, "userId"), name)
    for each in list_objects(values.get("ssoIdentities")):
        yield from make_login(each.get("issuer"), each.get("identityId"))


PROVIDER = Provider(
    name="logto",
    label="Logto",
    how_to_export=(
        "Call GET /api/users?includePasswordHash=true&page_size=100 of the Management API "
        "page by page, with a machine-to-machine application that has the Management API "
        "role, and put the pages into one JSON array. For versions without that parameter, "
        "the hashes are in the columns password_encrypted and password_encryption_method of "
        "the table users."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"issuspended"}),
    lacks=LACKS,
)
