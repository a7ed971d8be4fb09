"""SuperTokens: the users of its bulk import, each with one or several login methods.

Shapes as in https://supertokens.com/docs/migration/account-migration and supertokens-core,
BulkImportUserUtils.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Question,
    Values,
    certain,
)
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    list_objects,
    list_texts,
    make_login,
    omit,
    pick_first,
    read_milliseconds,
    read_text,
    walk,
)

SIGNER_KEY = "signer_key"
RECIPES = frozenset({"emailpassword", "thirdparty", "passwordless"})
FIREBASE, FIREBASE_FORMAT = "firebase_scrypt", "supertokens_f_scrypt"
HASH_FORMATS = {
    "bcrypt": "bcrypt",
    "argon2": "argon2",
    FIREBASE: FIREBASE_FORMAT,
}
CONSUMED = frozenset({"loginMethods", "totpDevices", "userRoles"})

PRESETS = {
    "(subject id)": Preset("subject_id", "externalUserId, or else the SuperTokens id."),
    "(email)": Preset("profile.email", "The address of the primary login method."),
    "(email verified)": Preset(
        "profile.email_verified", "Whether a login method with this address is verified."
    ),
    "(further emails)": Preset("profile.emails", "The addresses of the other login methods."),
    "(phone)": Preset("profile.phone", "The phone number of the first login method with one."),
    "(phone verified)": Preset("profile.phone_verified", "Whether that login method is verified."),
    "userMetadata.first_name": Preset("profile.given_name", "From the user metadata."),
    "userMetadata.last_name": Preset("profile.family_name", "From the user metadata."),
    "(created)": Preset(
        "profile.created_at", "The earliest timeJoinedInMSSinceEpoch of the login methods."
    ),
    "(password hash)": Preset(
        "authenticators.password.hash", "passwordHash of the first login method that has one."
    ),
    "(hash format)": Preset("authenticators.password.format", "Its hashingAlgorithm."),
    "(hash parameters)": Preset(
        "authenticators.password.params", "The signer key that you enter, for Firebase hashes."
    ),
    "(password)": Preset(
        "authenticators.password.plaintext", "plainTextPassword of a login method without a hash."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "thirdPartyId and thirdPartyUserId of login methods with the recipe thirdparty.",
    ),
    "(addresses for codes)": Preset(
        "authenticators.verified_addresses",
        "The verified addresses and numbers of login methods with the recipe passwordless.",
    ),
    "(authenticator app)": Preset(
        "authenticators.totp.secret", "secretKey of the first device in totpDevices."
    ),
    "(authenticator app name)": Preset("authenticators.totp.name", "Its deviceName."),
    "(authenticator app period)": Preset("authenticators.totp.period", "Its period."),
    "(roles)": Preset("memberships.roles", "The roles of all tenants in userRoles."),
}
NOT_CARRIED = {
    "externaluserid": "Already in the column “(subject id)”.",
    "id": "Already in the column “(subject id)”.",
    "tenantids": "The tenants of the old installation.",
    "furtherpasswords": "A user has only one password. Userferry uses the first login method.",
    "furtherdevices": "A user has only one authenticator app. Userferry uses the first device.",
}
LACKS = (
    "SuperTokens records neither disabled users nor the last sign-in.",
    "The bulk import format has no recovery codes or passkeys.",
)
QUESTIONS = (
    Question(
        SIGNER_KEY,
        "Signer key of Firebase",
        "Only for firebase_scrypt hashes: base64_signer_key of the Firebase project, which is "
        "firebase_password_hashing_signer_key in the SuperTokens configuration.",
        is_secret=True,
        target="authenticators.password.hash",
        needs=lambda values: values.get("(hash format)") == FIREBASE_FORMAT,
    ),
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise login methods of the three recipes."""
    users = [row for row in rows if list_methods(row)]
    if not users or len(users) * 2 < len(rows):
        return None
    return certain(
        f"{len(users)} of {len(rows)} records in the sample have loginMethods with a "
        "SuperTokens recipeId.",
    )


def list_methods(values: Values) -> list[Values]:
    """Return the login methods, the primary one first."""
    methods = [
        each
        for each in list_objects(values.get("loginMethods"))
        if read_text(each.get("recipeId")) in RECIPES
    ]
    return sorted(methods, key=lambda each: each.get("isPrimary") is not True)


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with what the login methods say together, in columns of the user."""
    methods = list_methods(values)
    derived = {
        "(subject id)": pick_first(values.get("externalUserId"), values.get("id")),
        **read_addresses(methods),
        "(created)": find_first_joining(methods),
        **read_password(methods, answers),
        "(external logins)": drop_repeated(
            login
            for each in methods
            if each.get("recipeId") == "thirdparty"
            for login in make_login(each.get("thirdPartyId"), each.get("thirdPartyUserId"))
        ),
        "(addresses for codes)": list_code_addresses(methods),
        **read_devices(list_objects(values.get("totpDevices"))),
        "(roles)": list(dict.fromkeys(list_roles(values.get("userRoles")))),
    }
    return {**omit(values, CONSUMED), **drop_blanks(derived)}


def read_addresses(methods: list[Values]) -> Values:
    """Return e-mail addresses and phone; one is verified when any of its methods is."""
    emails: dict[str, bool] = {}
    phones: dict[str, bool] = {}
    for each in methods:
        is_verified = each.get("isVerified") is True
        for found, name in ((emails, "email"), (phones, "phoneNumber")):
            if address := read_text(each.get(name)).lower():
                found[address] = found.get(address, False) or is_verified
    email, phone = next(iter(emails), ""), next(iter(phones), "")
    return {
        "(email)": email,
        "(email verified)": emails.get(email),
        "(further emails)": [
            {"email": address, "verified": is_verified}
            for address, is_verified in emails.items()
            if address != email
        ],
        "(phone)": phone,
        "(phone verified)": phones.get(phone),
    }


def find_first_joining(methods: list[Values]) -> Any:
    joined = (each.get("timeJoinedInMSSinceEpoch") for each in methods)
    timestamps = [each for each in joined if isinstance(each, int) and each > 0]
    return read_milliseconds(min(timestamps)) if timestamps else None


def read_password(methods: list[Values], answers: Answers) -> Values:
    """Return the password of the first method that has one, hashed if any is."""
    hashed = [each for each in methods if read_text(each.get("passwordHash"))]
    plain = [
        password
        for each in methods
        if (password := pick_first(each.get("plainTextPassword"), each.get("plaintextPassword")))
    ]
    derived: Values = {"(further passwords)": len(hashed + plain) - 1 or None}
    if not hashed:
        return {"(password)": plain[0], **derived} if plain else {}
    algorithm = read_text(hashed[0].get("hashingAlgorithm")).lower()
    is_firebase = algorithm == FIREBASE
    return {
        "(password hash)": hashed[0]["passwordHash"],
        "(hash format)": HASH_FORMATS.get(algorithm, algorithm),
        "(hash parameters)": (
            {"signer_key": answers.get(SIGNER_KEY, "").strip()} if is_firebase else {}
        ),
        **derived,
    }


def list_code_addresses(methods: list[Values]) -> list[Values]:
    return [
        {"type": kind, "value": address}
        for each in methods
        if each.get("recipeId") == "passwordless" and each.get("isVerified") is True
        for kind, name in (("email", "email"), ("phone", "phoneNumber"))
        if (address := read_text(each.get(name)))
    ]


def read_devices(devices: list[Values]) -> Values:
    return {
        "(authenticator app)": walk(devices, 0, "secretKey"),
        "(authenticator app name)": walk(devices, 0, "deviceName"),
        "(authenticator app period)": walk(devices, 0, "period"),
        "(further devices)": [read_text(each.get("deviceName")) or "?" for each in devices[1:]],
    }


def list_roles(roles: Any) -> list[str]:
    return [role for each in list_objects(roles) for role in list_texts(each.get("role"))]


PROVIDER = Provider(
    name="supertokens",
    label="SuperTokens",
    how_to_export=(
        "Write the users in the bulk import format (POST /bulk-import/users of the core): "
        "externalUserId, loginMethods, userRoles, userMetadata, totpDevices. To export from a "
        "running core, join the tables all_auth_recipe_users, emailpassword_users, "
        "thirdparty_users, passwordless_users, user_roles and totp_user_devices. Only the "
        "database has the hashes."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=QUESTIONS,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
)
