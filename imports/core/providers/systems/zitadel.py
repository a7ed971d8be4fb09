"""Zitadel: human users of its import file, and as its APIs list them.

Shapes as in https://zitadel.com/docs (`/admin/v1/import`, `v2/users`); the same fields are written
userName and user_name, so they are read by folded name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    fold_name,
    strong,
)
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    fold_keys,
    list_objects,
    make_login,
    omit,
    pick_first,
    read_text,
)

# By how a hash begins, as https://github.com/zitadel/passwap reads them.
HASH_FORMATS = {
    "$2": "bcrypt",
    "$argon2": "argon2",
    "$pbkdf2": "pbkdf2_passlib",
    "$scrypt$": "scrypt_phc",
    "$md5salted-": "zitadel_md5salted",
    "$1$": "md5_crypt",
    "$5$": "sha256_crypt",
    "$6$": "sha512_crypt",
    "$P$": "phpass",
    "$H$": "phpass",
    "$S$": "drupal7",
}
PLAIN_MD5 = re.compile(r"[0-9A-Fa-f]{32}")
INACTIVE = frozenset({"INACTIVE", "LOCKED", "DELETED", "SUSPEND"})
UNSPECIFIED = "UNSPECIFIED"
CONSUMED = frozenset({"user", "human", "userid", "id", "username", "state"})
USED_DETAILS = frozenset({"creationdate", "changedate"})

PRESETS = {
    "(subject id)": Preset("subject_id", "userId, or id."),
    "(user name)": Preset("profile.username", "userName of the user."),
    "(email)": Preset("profile.email", "The user's e-mail address."),
    "(email verified)": Preset("profile.email_verified", "isEmailVerified, or isVerified."),
    "(phone)": Preset("profile.phone", "The user's phone number."),
    "(phone verified)": Preset("profile.phone_verified", "isPhoneVerified, or isVerified."),
    "(given name)": Preset("profile.given_name", "firstName of the profile, or givenName."),
    "(family name)": Preset("profile.family_name", "lastName of the profile, or familyName."),
    "(display name)": Preset("profile.display_name", "displayName of the profile."),
    "(locale)": Preset("profile.locale", "preferredLanguage of the profile."),
    "(picture)": Preset("profile.picture", "avatarUrl of the profile."),
    "(active)": Preset(
        "profile.active", "False if the state is inactive, suspended, locked or deleted."
    ),
    "(created)": Preset("profile.created_at", "creationDate in details."),
    "(updated)": Preset("profile.updated_at", "changeDate in details."),
    "(password hash)": Preset("authenticators.password.hash", "value, or hash, of hashedPassword."),
    "(hash format)": Preset(
        "authenticators.password.format", "Detected from the beginning of the hash."
    ),
    "(hash parameters)": Preset("authenticators.password.params", "The digest, for plain MD5."),
    "(password)": Preset("authenticators.password.plaintext", "The password of the user."),
    "(password must change)": Preset(
        "authenticators.password.must_change", "passwordChangeRequired."
    ),
    "(authenticator app)": Preset("authenticators.totp.secret", "otpCode."),
    "(external logins)": Preset(
        "authenticators.external_logins", "idps, by the configId of the identity provider."
    ),
}
NOT_CARRIED = {
    "orgid": "The organization of the old installation.",
    "dataorgsorgsorgid": "The organization of the old installation.",
    "detailssequence": "The number of changes to the user.",
    "detailsresourceowner": "The organization of the old installation.",
    "preferredloginname": "The user name with the domain of the organization.",
    "loginnames": "The user name with each domain of the organization.",
    "requestpasswordlesslink": "A request for a passkey link.",
    "nickname": "Userferry has no field for it. Create an attribute for it.",
    "gender": "Userferry has no field for it. Create an attribute for it.",
}
LACKS = (
    "The API lists users without passwords, authenticator secrets or links. They are in the "
    "export from POST /admin/v1/export with withPasswords and withOtp.",
    "Project grants and organization memberships are separate lists in the export.",
    "Machine users are not imported, because they are not people.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise a profile and an address inside a user of Zitadel's two forms."""
    users = [row for row in rows if is_user(row)]
    if not users or len(users) * 2 < len(rows):
        return None
    return strong(
        f"{len(users)} of {len(rows)} records in the sample are Zitadel human users, with a "
        "nested profile and e-mail address.",
    )


def is_user(row: Values) -> bool:
    folded = fold_keys(row)
    inner = fold_keys(pick_first(folded.get("human"), folded.get("user")))
    has_id = bool({"userid", "id"} & folded.keys())
    is_named = bool({"username", "preferredloginname"} & (folded.keys() | inner.keys()))
    return has_id and is_named and all(isinstance(inner.get(k), dict) for k in ("profile", "email"))


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user as columns, whichever way its fields are nested and spelt."""
    outer = fold_keys(values)
    inner = fold_keys(pick_first(outer.get("human"), outer.get("user")))
    profile, email, phone = (fold_keys(inner.get(name)) for name in ("profile", "email", "phone"))
    details = fold_keys(outer.get("details"))
    derived = {
        "(subject id)": pick_first(outer.get("userid"), outer.get("id")),
        "(user name)": pick_first(inner.get("username"), outer.get("username")),
        "(email)": email.get("email"),
        "(email verified)": pick_first(email.get("isemailverified"), email.get("isverified")),
        "(phone)": phone.get("phone"),
        "(phone verified)": pick_first(phone.get("isphoneverified"), phone.get("isverified")),
        **name_person(profile),
        "(active)": read_state(pick_first(outer.get("state"), inner.get("state"))),
        "(created)": details.get("creationdate"),
        "(updated)": details.get("changedate"),
        **read_password(inner),
        "(authenticator app)": read_text(inner.get("otpcode")),
        "(external logins)": drop_repeated(list_logins(inner.get("idps"))),
    }
    kept = {name: value for name, value in values.items() if fold_name(name) not in CONSUMED}
    if isinstance(others := kept.get("details"), dict):
        kept["details"] = omit(others, {name for name in others if fold_name(name) in USED_DETAILS})
    return {**kept, **drop_blanks(derived)}


def name_person(profile: Values) -> Values:
    return {
        "(given name)": pick_first(profile.get("firstname"), profile.get("givenname")),
        "(family name)": pick_first(profile.get("lastname"), profile.get("familyname")),
        "(display name)": profile.get("displayname"),
        "(locale)": profile.get("preferredlanguage"),
        "(picture)": profile.get("avatarurl"),
        "(nick name)": profile.get("nickname"),
        "(gender)": profile.get("gender"),
    }


def read_state(state: Any) -> bool | str | None:
    """Return whether USER_STATE_ACTIVE and the like say active; one unspecified says nothing."""
    word = read_text(state).upper().removeprefix("USER_STATE_")
    return None if word == UNSPECIFIED else read_account_state(word, disabled=INACTIVE)


def read_password(user: Values) -> Values:
    """Return the hash in the format by which Zitadel's library knows it, or the password."""
    hashed = user.get("hashedpassword")
    nested = fold_keys(hashed)
    value = read_text(pick_first(nested.get("value"), nested.get("hash"), hashed))
    formats = (name for start, name in HASH_FORMATS.items() if value.startswith(start))
    is_md5 = PLAIN_MD5.fullmatch(value) is not None
    return {
        "(password hash)": value,
        "(hash format)": "digest" if is_md5 else next(formats, ""),
        "(hash parameters)": {"algorithm": "md5"} if is_md5 else {},
        "(password)": read_text(user.get("password")),
        "(password must change)": user.get("passwordchangerequired"),
    }


def list_logins(idps: Any) -> Iterator[Values]:
    for each in list_objects(idps):
        link = fold_keys(each)
        yield from make_login(
            pick_first(link.get("configid"), link.get("idpid")),
            pick_first(link.get("externaluserid"), link.get("userid")),
            pick_first(link.get("displayname"), link.get("username")),
        )


PROVIDER = Provider(
    name="zitadel",
    label="Zitadel",
    how_to_export=(
        'Call POST /admin/v1/export with {"withPasswords": true, "withOtp": true, '
        '"responseOutput": true} as an instance owner, and save the response. Files for POST '
        "/admin/v1/import have the same format. Lists from POST /v2/users are also supported, "
        "but have no passwords."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
)
