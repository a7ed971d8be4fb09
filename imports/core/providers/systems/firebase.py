"""Firebase Authentication and Google Cloud Identity Platform: files of `firebase auth:export`.

The order of the cells in CSV, which has no header, is that of firebase-tools, accountExporter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Question,
    Values,
    strong,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    make_login,
    omit,
    read_milliseconds,
    read_object,
    read_text,
)
from imports.core.transforms.families.words import Boolean

FIRST_CELLS = (
    "localId email emailVerified passwordHash salt displayName photoUrl google.com facebook.com "
    "twitter.com github.com createdAt lastSignedInAt phoneNumber disabled customAttributes "
    "apple.com microsoft.com gc.apple.com playgames.google.com linkedin.com yahoo.com"
)
# What a cell is: a field of the user, or a provider and a field of the login there.
CELLS = [
    cell
    for name in FIRST_CELLS.split()
    for cell in (
        [(name, field) for field in ("rawId", "email", "displayName", "photoUrl")]
        if "." in name
        else [("", name)]
    )
]
# Files end after customAttributes or before it, or with yahoo.com, and after one more comma.
CELL_COUNTS = frozenset({27, 28, 29, 52, 53})
MILLISECONDS = re.compile(r"\d{11,14}")
HASH = re.compile(r"[\w+/-]{86}(==)?")
OWN_PROVIDERS = frozenset({"password", "phone", "emailLink", "anonymous", "custom"})
TIMESTAMPS = ("createdAt", "lastSignedInAt")
MARKS = frozenset({*TIMESTAMPS, "lastLoginAt", "passwordHash", "salt", "providerUserInfo"})
FORMAT = "firebase_scrypt"
HASH_TARGET = "authenticators.password.hash"


def has_scrypt(values: Mapping[str, Any]) -> bool:
    """Return whether the user has a hash that does not name another format itself."""
    hashed = read_text(values.get("passwordHash"))
    return bool(hashed) and not hashed.startswith(("$", "{"))


QUESTIONS = (
    Question(
        "signer_key",
        "Signer key",
        "base64_signer_key in the Firebase console: Authentication > Users > menu above the "
        "table > Password hash parameters. Without it, nobody can sign in with a password.",
        is_secret=True,
        target=HASH_TARGET,
        needs=has_scrypt,
    ),
    Question(
        "salt_separator",
        "Salt separator",
        "base64_salt_separator in the same place.",
        default="Bw==",
        target=HASH_TARGET,
        needs=has_scrypt,
    ),
    Question("rounds", "Rounds", "See rounds.", default="8", target=HASH_TARGET, needs=has_scrypt),
    Question(
        "memory_cost",
        "Memory cost",
        "See mem_cost.",
        default="14",
        target=HASH_TARGET,
        needs=has_scrypt,
    ),
)
PRESETS = {
    "localId": Preset("subject_id", "The user's uid in Firebase."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "emailVerified": Preset(
        "profile.email_verified", "Whether the address was verified.", (Boolean(),)
    ),
    "displayName": Preset("profile.display_name", "The user's name."),
    "photoUrl": Preset("profile.picture", "The URL of a picture."),
    "phoneNumber": Preset("profile.phone", "The phone number for sign-in by text message."),
    "(phone verified)": Preset(
        "profile.phone_verified", "Always true, because Firebase verifies each number."
    ),
    "disabled": Preset(
        "profile.active", "Inverted: a disabled user cannot sign in.", (Boolean(inverted=True),)
    ),
    "createdAt": Preset(
        "profile.created_at", "When the user was created. Firebase uses milliseconds since 1970."
    ),
    "lastSignedInAt": Preset(
        "profile.last_login", "The last sign-in. Firebase uses milliseconds since 1970."
    ),
    "passwordHash": Preset("authenticators.password.hash", "The Firebase scrypt hash."),
    "(hash format)": Preset("authenticators.password.format", "Firebase's scrypt."),
    "(hash parameters)": Preset(
        "authenticators.password.params", "The user's salt, and your answers about the project."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins", "providerUserInfo, by provider id."
    ),
    "(addresses for codes)": Preset(
        "authenticators.verified_addresses", "The phone number that gets sign-in codes."
    ),
}
NOT_CARRIED = {
    "mfainfo": "MFA by text message. Authenticator secrets are not exported.",
    "passwordupdatedat": "When the password was last changed in Firebase.",
    "validsince": "Invalidates older sessions in Firebase.",
    "version": "A version marker of Firebase password hashes.",
    "tenantid": "The tenant in Identity Platform.",
    "lastrefreshat": "When a session was last refreshed.",
    "rawpassword": "An internal field of Firebase, which is always empty.",
}
LACKS = (
    "Users who were imported into Firebase with other hash formats and have not signed in "
    "since are exported without a hash. They must choose a new password.",
    "Neither JSON nor CSV has logins at OpenID Connect and SAML providers (firebase-tools "
    "15.34.2). Users without another login cannot sign in: invite them, or link them by address.",
    "CSV has no second factors, and a custom claim with a quotation mark breaks its row: export "
    "JSON.",
    "Authenticator secrets are not exported.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise localId beside other fields of the export, or rows of cells in its order."""
    users = [row for row in rows if "localId" in row and not MARKS.isdisjoint(row)]
    if users and len(users) * 2 >= len(rows):
        names = sorted(MARKS.intersection(*users))
        return strong(
            f"Users have Firebase fields: localId, {', '.join(names)}.",
        )
    if len(columns) not in CELL_COUNTS or sum(map(has_firebase_cells, rows)) * 4 < len(rows) * 3:
        return None
    return strong(
        f"There is no header, and the {len(columns)} cells of each row are in the order of "
        "Firebase's export: booleans, hashes and milliseconds are in the expected places.",
    )


def has_firebase_cells(values: Values) -> bool:
    """Return whether the cells of a row without names can be those of a user."""
    if "(column 1)" not in values:
        return False
    cells = name_cells(values)
    timestamps = [read_text(cells.get(name)) for name in TIMESTAMPS]
    hashed = read_text(cells.get("passwordHash"))
    return (
        bool(read_text(cells.get("localId")))
        and read_text(cells.get("emailVerified")) in ("true", "false", "")
        and any(timestamps)
        and all(MILLISECONDS.fullmatch(timestamp) for timestamp in timestamps if timestamp)
        and bool(HASH.fullmatch(hashed) or not hashed)
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with logins, timestamps and the parameters of the hash as columns."""
    user = name_cells(values) if "(column 1)" in values else dict(values)
    if "lastLoginAt" in user:
        user["lastSignedInAt"] = user.get("lastSignedInAt") or user.pop("lastLoginAt")
    for name in TIMESTAMPS:
        if name in user:
            user[name] = read_milliseconds(user[name])
    if claims := read_object(user.get("customAttributes")):
        user["customAttributes"] = claims
    phone = read_text(user.get("phoneNumber"))
    hashed = read_text(user.get("passwordHash"))
    derived = {
        "(external logins)": list(list_logins(user)),
        "(phone verified)": True if phone else None,
        "(addresses for codes)": [{"type": "phone", "value": phone}] if phone else [],
        "(hash format)": FORMAT if hashed else "",
        "(hash parameters)": list_parameters(user, answers) if hashed else {},
    }
    return omit(user, {"providerUserInfo", "salt"}) | drop_blanks(derived)


def name_cells(values: Values) -> Values:
    """Return the cells of a row without names as the fields that JSON has."""
    user: Values = {}
    logins: dict[str, Values] = {}
    for number, (provider, field) in enumerate(CELLS, start=1):
        value = values.get(f"(column {number})")
        if not provider:
            user[field] = value
        elif read_text(value):
            logins.setdefault(provider, {"providerId": provider})[field] = value
    return {**user, "providerUserInfo": list(logins.values())}


def list_logins(user: Values) -> Iterator[Values]:
    for each in list_objects(user.get("providerUserInfo")):
        provider = read_text(each.get("providerId"))
        if provider not in OWN_PROVIDERS:
            shown = each.get("email") or each.get("displayName")
            yield from make_login(name_provider(provider), each.get("rawId"), shown)


def list_parameters(user: Values, answers: Answers) -> Values:
    """Return what the hash needs besides itself."""
    project = {each.name: answers.get(each.name, "").strip() or each.default for each in QUESTIONS}
    return drop_blanks({**project, "salt": read_text(user.get("salt"))})


def excludes(values: Values) -> str:
    known = ("email", "phoneNumber", "passwordHash", "(external logins)")
    if any(values.get(column) for column in known):
        return ""
    return (
        "An anonymous user, or a user of custom tokens, without an address, password or "
        "external login to sign in with."
    )


PROVIDER = Provider(
    name="firebase",
    label="Firebase Authentication",
    how_to_export=(
        "Run firebase auth:export users.json --format=json --project NAME with the Firebase "
        "CLI. CSV is also supported. Then copy the password hash parameters from the console: "
        "Authentication > Users > menu above the table."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=QUESTIONS,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
