"""FusionAuth: the body of its import API, users as its search returns them, and kickstarts.

Shapes as in https://fusionauth.io/docs/apis/users#import-users; instants are milliseconds. A
kickstart is a list of requests, as in https://fusionauth.io/docs/get-started/download-and-install/
development/kickstart; a text such as #{name} in it stands for one of its variables.
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
    certain,
    strong,
)
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    list_texts,
    omit,
    pick_first,
    read_base64,
    read_milliseconds,
    read_text,
    walk,
    write_base32,
)
from imports.core.transforms.families.account_state import AccountState

SCHEME, FACTOR = "encryption_scheme", "factor"
CONSUMED = frozenset(
    {
        "active",
        "phoneNumber",
        "insertInstant",
        "lastUpdateInstant",
        "lastLoginInstant",
        "password",
        "encryptionScheme",
        "salt",
        "factor",
        "memberships",
        "registrations",
        "twoFactor",
    }
)
# Paths of the API by which a kickstart makes users, one by one and many at once.
ONE_USER = re.compile(r"/api/user(?:/registration)?(?:/(?P<id>[^/?]+))?/?", re.IGNORECASE)
MANY_USERS = re.compile(r"/api/user/import/?", re.IGNORECASE)
OWN_PATH = re.compile(
    r"/api/(user|application|tenant|key|theme|lambda|identity-provider|api-key|webhook|"
    r"system-configuration|email/template|integration)(/|\Z)"
)
VARIABLE = re.compile(r"#\{[^}]*\}")
# Names that no other system gives to what it says of a user.
SIGNATURE = frozenset(
    {
        "insertInstant",
        "lastUpdateInstant",
        "lastLoginInstant",
        "passwordLastUpdateInstant",
        "passwordChangeRequired",
        "passwordChangeReason",
        "usernameStatus",
        "uniqueUsername",
        "cleanSpeakId",
        "connectorId",
        "breachedPasswordStatus",
    }
)

PRESETS = {
    "id": Preset("subject_id", "The user's id."),
    "username": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "verified": Preset("profile.email_verified", "Whether the address was verified."),
    "(phone)": Preset("profile.phone", "phoneNumber, or else mobilePhone."),
    "firstName": Preset("profile.given_name", "The first name."),
    "lastName": Preset("profile.family_name", "The last name."),
    "fullName": Preset("profile.display_name", "The full name."),
    "imageUrl": Preset("profile.picture", "The URL of a picture."),
    "(locale)": Preset("profile.locale", "The first of preferredLanguages."),
    "timezone": Preset("profile.zoneinfo", "The time zone."),
    "(active)": Preset(
        "profile.active", "From active. FusionAuth treats a user without it as disabled."
    ),
    "expiry": Preset(
        "profile.active",
        "An account past its end date is disabled. Userferry does not disable accounts at a "
        "later date.",
        (AccountState(means="enabled_until"),),
    ),
    "(created)": Preset("profile.created_at", "insertInstant, in milliseconds."),
    "(updated)": Preset("profile.updated_at", "lastUpdateInstant, in milliseconds."),
    "(last sign-in)": Preset(
        "profile.last_login",
        "lastLoginInstant of the user, or else the latest of the registrations.",
    ),
    "(password hash)": Preset(
        "authenticators.password.hash", "The password of a user with an encryptionScheme."
    ),
    "(hash format)": Preset(
        "authenticators.password.format", "FusionAuth's hash with separate parameters."
    ),
    "(hash parameters)": Preset(
        "authenticators.password.params", "The user's encryptionScheme, salt and factor."
    ),
    "(password)": Preset(
        "authenticators.password.plaintext", "The password of a user without an encryptionScheme."
    ),
    "passwordChangeRequired": Preset(
        "authenticators.password.must_change",
        "The user chooses a new password at the next sign-in.",
    ),
    "(authenticator app)": Preset(
        "authenticators.totp.secret",
        "The secret of the first method “authenticator” in twoFactor, from base64.",
    ),
    "(authenticator app digits)": Preset("authenticators.totp.digits", "Its codeLength."),
    "(authenticator app period)": Preset("authenticators.totp.period", "Its timeStep."),
    "(authenticator app algorithm)": Preset("authenticators.totp.algorithm", "Its algorithm."),
    "(recovery codes)": Preset(
        "authenticators.recovery_codes", "twoFactor.recoveryCodes; each works once."
    ),
    "(groups)": Preset("memberships.groups", "The group ids in memberships."),
    "(roles)": Preset(
        "memberships.roles",
        "The roles in registrations, as APPLICATION-ID:ROLE, because each application has its "
        "own roles.",
    ),
}
NOT_CARRIED = {
    "mobilephone": "A user has only one phone number. Userferry prefers phoneNumber.",
    "preferredlanguages": "A user has only one language. Userferry uses the first.",
    "middlename": "Userferry has no field for it. Create an attribute for it.",
    "passwordchangereason": "Why a new password is required. Only the requirement is imported.",
    "passwordlastupdateinstant": "When the password was last changed.",
    "breachedpasswordstatus": "The result of FusionAuth's password check.",
    "breachedpasswordlastcheckedinstant": "When FusionAuth last checked the password against "
    "breaches.",
    "usernamestatus": "The moderation status of the user name.",
    "uniqueusername": "The user name with the number that FusionAuth added to make it unique.",
    "request": "A kickstart request that does not create a user.",
    "tenantid": "The tenant of the old installation.",
    "connectorid": "The connector of the old installation.",
    "cleanspeakid": "The id of the user in CleanSpeak.",
    "othertwofactormethods": "Codes by e-mail or text message, which need no secret.",
}
LACKS = (
    "API responses do not include passwords, salts or authenticator secrets. Ask FusionAuth "
    "support to export them, or export the tables users and identities of the database.",
    "Links to identity providers are in the table identity_provider_links, not in the user "
    "records.",
)
HASH_TARGET = "authenticators.password.hash"
# Words of schemes that cannot be verified without their factor.
ITERATED = ("pbkdf2", "bcrypt")


def lacks_scheme(values: Mapping[str, Any]) -> bool:
    """Return whether a user has a salted hash and does not say how it was made."""
    given = values.get("(hash parameters)") or {}
    return bool(values.get("(password hash)")) and not given.get("encryptionScheme")


def lacks_factor(values: Mapping[str, Any]) -> bool:
    """Return whether a user has a hash of many iterations and does not say how many."""
    given = values.get("(hash parameters)") or {}
    scheme = given.get("encryptionScheme", "")
    return not given.get("factor") and any(word in scheme for word in ITERATED)


QUESTIONS = (
    Question(
        SCHEME,
        "Encryption scheme of the file",
        "The encryptionScheme of the import request, such as salted-pbkdf2-hmac-sha256. It "
        "applies to users without an encryptionScheme of their own. Leave it empty if the "
        "passwords are plain text.",
        target=HASH_TARGET,
        needs=lacks_scheme,
    ),
    Question(
        FACTOR,
        "Factor of the file",
        "The factor of the import request. It applies to users without a factor of their own.",
        target=HASH_TARGET,
        needs=lacks_factor,
    ),
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise requests of a kickstart, or names and objects that only FusionAuth has."""
    if rows and all(map(is_request, rows)) and any(map(is_of_fusionauth, rows)):
        users = sum(map(makes_users, rows))
        return certain(
            f"These are requests of a FusionAuth kickstart; {users} of the first {len(rows)} "
            "create users."
        )
    marks = [found for row in rows if (found := find_marks(row))]
    if not marks or len(marks) * 2 < len(rows):
        return None
    names = sorted(set().union(*marks))
    return strong(
        f"{len(marks)} of {len(rows)} records in the sample are FusionAuth users: they have "
        f"{', '.join(names[:6])}.",
    )


def find_marks(row: Values) -> set[str]:
    """Return what shows that a user is FusionAuth's; one name alone may be chance."""
    names = SIGNATURE.intersection(row)
    found = names if len(names) > 1 else set()
    if "encryptionScheme" in row and {"password", "salt"}.intersection(row):
        found = found | {"encryptionScheme"}
    if any("applicationId" in each for each in list_objects(row.get("registrations"))):
        found = found | {"registrations"}
    if isinstance(walk(row, "twoFactor", "methods"), list):
        found = found | {"twoFactor.methods"}
    return set(found)


def makes_users(row: Values) -> bool:
    """Return whether a row is a request of a kickstart that makes users."""
    url, body = read_text(row.get("url")), row.get("body")
    if not isinstance(body, dict) or read_text(row.get("method")).upper() != "POST":
        return False
    if MANY_USERS.fullmatch(url):
        return isinstance(body.get("users"), list)
    return ONE_USER.fullmatch(url) is not None and isinstance(body.get("user"), dict)


def is_of_fusionauth(request: Values) -> bool:
    return OWN_PATH.match(read_text(request.get("url"))) is not None


def is_request(row: Values) -> bool:
    """Return whether a row is a request to the API, as a kickstart lists them."""
    url = read_text(row.get("url"))
    return url.startswith("/api/") and {"method", "body"} <= row.keys()


def read_request(values: Values) -> Values:
    """Return the user that a request of a kickstart makes, or why it makes none.

    The API makes the user active; the id is in the path. Variables, whose values are elsewhere in
    the file, are no values.
    """
    found = ONE_USER.fullmatch(read_text(values.get("url")))
    user = walk(values, "body", "user")
    if not (found and makes_users(values) and isinstance(user, dict)):
        return {"(request)": describe_request(values)}
    registration = walk(values, "body", "registration")
    roles = list(list_roles(list_objects(registration)))
    is_known = bool(roles) and not VARIABLE.search(roles[0])
    named = [name for name, value in user.items() if VARIABLE.search(read_text(value))]
    lost = [
        *(f"{name} that is a variable of the kickstart" for name in named),
        *([] if is_known else roles or list_applications(registration)),
    ]
    user = {
        "id": "" if VARIABLE.search(found["id"] or "") else found["id"],
        "active": True,
        **omit(user, named),
        "registrations": [registration] if is_known else [],
        "(not carried)": lost,
    }
    return drop_blanks(user)


def list_applications(registration: Any) -> list[str]:
    """Return the application that a user is registered with, without a role in it."""
    key = read_text(walk(registration, "applicationId"))
    return [f"registration without a role in {key}"] if key else []


def describe_request(request: Values) -> str:
    """Say why a request of a kickstart makes no user."""
    url = read_text(request.get("url"))
    users = list_objects(walk(request, "body", "users"))
    if MANY_USERS.fullmatch(url) and users:
        many = f"{len(users):,} users" if len(users) > 1 else "a user"
        return f"This request imports {many}: upload its body as a file of its own."
    if ONE_USER.fullmatch(url):
        return "This request changes or registers a user that another request creates."
    return "This kickstart request is not about users."


def excludes(values: Values) -> str:
    return read_text(values.get("(request)"))


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with password, second factors and memberships taken apart into columns."""
    if is_request(values):
        values = read_request(values)
    registrations = list_objects(values.get("registrations"))
    memberships = list_objects(values.get("memberships"))
    derived = {
        "(active)": values.get("active") is True,
        "(phone)": pick_first(values.get("phoneNumber"), values.get("mobilePhone")),
        "(locale)": next(iter(list_texts(values.get("preferredLanguages"))), ""),
        "(created)": read_milliseconds(values.get("insertInstant")),
        "(updated)": read_milliseconds(values.get("lastUpdateInstant")),
        "(last sign-in)": read_milliseconds(find_last_login(values, registrations)),
        **read_password(values, answers),
        **read_two_factor(values.get("twoFactor")),
        "(groups)": [key for each in memberships if (key := read_text(each.get("groupId")))],
        "(roles)": list(dict.fromkeys(list_roles(registrations))),
    }
    is_used = {
        "mobilePhone": not values.get("phoneNumber"),
        "preferredLanguages": len(list_texts(values.get("preferredLanguages"))) < 2,
    }
    used = {name for name, is_all in is_used.items() if is_all}
    return {**omit(values, CONSUMED | used), **drop_blanks(derived)}


def find_last_login(values: Values, registrations: list[Values]) -> Any:
    if instant := values.get("lastLoginInstant"):
        return instant
    instants = (each.get("lastLoginInstant") for each in registrations)
    return max((each for each in instants if isinstance(each, int)), default=None)


def list_roles(registrations: list[Values]) -> Iterator[str]:
    for each in registrations:
        for role in list_texts(each.get("roles")):
            yield f"{read_text(each.get('applicationId'))}:{role}"


def read_password(values: Values, answers: Answers) -> Values:
    """Return the hash with its parameters; a password is plain without both scheme and salt."""
    scheme = read_text(values.get("encryptionScheme")) or answers.get(SCHEME, "").strip()
    password, salt = values.get("password"), values.get("salt")
    if not (scheme or salt):
        return {"(password)": password}
    factor = pick_first(values.get("factor"), answers.get(FACTOR, "").strip())
    return {
        "(password hash)": password,
        "(hash format)": "fusionauth_password",
        "(hash parameters)": drop_blanks(
            {"encryptionScheme": scheme, "salt": salt, "factor": factor}
        ),
    }


def read_two_factor(two_factor: Any) -> Values:
    methods = list_objects(walk(two_factor, "methods"))
    apps = [each for each in methods if each.get("method") == "authenticator"]
    app = apps[0] if apps else {}
    algorithm = read_text(walk(app, "authenticator", "algorithm")).upper()
    return {
        "(authenticator app)": write_base32(read_base64(app.get("secret"))),
        "(authenticator app digits)": walk(app, "authenticator", "codeLength"),
        "(authenticator app period)": walk(app, "authenticator", "timeStep"),
        "(authenticator app algorithm)": algorithm.removeprefix("HMAC"),
        "(recovery codes)": list_texts(walk(two_factor, "recoveryCodes")),
        "(other two-factor methods)": [
            text for each in methods if each is not app and (text := read_text(each.get("method")))
        ],
    }


PROVIDER = Provider(
    name="fusionauth",
    label="FusionAuth",
    how_to_export=(
        'Search for all users with POST /api/user/search and {"search": {"queryString": "*", '
        '"numberOfResults": 500}}, follow nextResults, and put the users into one array. '
        "Files for POST /api/user/import and kickstart files that create users are also "
        "supported, including passwords."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=QUESTIONS,
    excludes=excludes,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"active"}),
    lacks=LACKS,
)
