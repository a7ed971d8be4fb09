"""Gitea and Forgejo: their table user, and what GET /api/v1/admin/users answers.

Columns as in models/user/user.go of https://github.com/go-gitea/gitea, hashes as in its
modules/auth/password/hash.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, certain
from imports.core.providers.values import drop_blanks, read_text
from imports.core.providers.web_tables import (
    fold_all,
    fold_row,
    omit_folded,
    read_seconds,
    write_base64,
    write_pbkdf2,
)

TABLE = frozenset({"lowername", "passwd", "logintype", "prohibitlogin"})
API = frozenset({"login", "prohibitlogin", "restricted", "sourceid"})
CONSUMED = frozenset(
    {
        *("name", "login", "passwd", "passwdhashalgo", "salt", "isactive", "active"),
        *("prohibitlogin", "createdunix", "updatedunix", "lastloginunix", "created", "lastlogin"),
        *("mustchangepassword", "type"),
    }
)
# What a row of the table is, as its number in the column type; 0 is a person.
KINDS = {
    "1": "An organisation, not a person.",
    "2": "A name that is reserved, not a person.",
    "3": "A name that is reserved, not a person.",
    "4": "A bot, not a person.",
    "5": "A user of another server who has never signed in to this one.",
}
# Short names of algorithms stand for these; pbkdf2 alone is what Gitea used before version 1.18.
ALGORITHMS = {
    "": "pbkdf2$10000$50",
    "pbkdf2": "pbkdf2$10000$50",
    "pbkdf2_v1": "pbkdf2$10000$50",
    "pbkdf2_v2": "pbkdf2$50000$50",
    "pbkdf2_hi": "pbkdf2$320000$50",
    "argon2": "argon2$2$65536$8$50",
    "scrypt": "scrypt$65536$16$2$50",
}

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "(user name)": Preset("profile.username", "name, or login in the API."),
    "email": Preset("profile.email", "The main e-mail address."),
    "fullname": Preset("profile.display_name", "The full name."),
    "language": Preset("profile.locale", "The chosen language."),
    "avatarurl": Preset("profile.picture", "The URL of a picture, in the API."),
    "(active)": Preset(
        "profile.active", "False where prohibit_login is set, or the account was not activated."
    ),
    "(must change)": Preset("authenticators.password.must_change", "must_change_password."),
    "(created)": Preset("profile.created_at", "created_unix, or created."),
    "(updated)": Preset("profile.updated_at", "updated_unix."),
    "(last sign-in)": Preset("profile.last_login", "last_login_unix, or last_login."),
    "(password hash)": Preset(
        "authenticators.password.hash", "passwd with passwd_hash_algo and salt."
    ),
}
NOT_CARRIED = {
    "lowername": "The user name in lower case.",
    "type": "Organisations, bots and reserved names are excluded.",
    "loginsource": "The source of users who sign in by LDAP, OAuth 2 and the like.",
    "sourceid": "The source of users who sign in by LDAP, OAuth 2 and the like.",
    "logintype": "How the user signs in. Map it to an attribute if you need it.",
    "loginname": "The name at the source. Map it to an attribute if you need it.",
    "username": "The same as login.",
    "rands": "A secret of Gitea's own.",
    "isadmin": "Administrators of the old server. Give a role by hand.",
    "website": "Map it to an attribute if you need it.",
    "avatar": "A file on the old server.",
    "avataremail": "The address by which the picture is found.",
}
LACKS = (
    "Further e-mail addresses, two-factor secrets, passkeys and external logins are in other "
    "tables: email_address, two_factor, webauthn_credential and external_login_user.",
    "The API has no passwords.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns of the table, or the fields of the API."""
    names = fold_all(columns)
    if names >= TABLE:
        return certain("The columns match Gitea's table user: lower_name, passwd, prohibit_login.")
    if names >= API:
        return certain("The fields match Gitea's API: login, source_id, prohibit_login.")
    return None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with name, state, dates and the password hash in one piece."""
    row = fold_row(values)
    kind = read_text(row.get("type"))
    derived = {
        "(user name)": row.get("login") or row.get("name"),
        "(active)": combine_states(
            read_account_state(row.get("isactive", row.get("active")), "enabled"),
            read_account_state(row.get("prohibitlogin"), "disabled"),
        ),
        "(must change)": read_text(row.get("mustchangepassword")).lower() in ("1", "true") or None,
        "(created)": read_seconds(row.get("createdunix")) or row.get("created"),
        "(updated)": read_seconds(row.get("updatedunix")),
        "(last sign-in)": read_seconds(row.get("lastloginunix")) or row.get("lastlogin"),
        "(password hash)": write_hash(row),
        "(kind)": kind if kind in KINDS else None,
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def write_hash(row: Values) -> str:
    """Return the hash with algorithm and salt in PHC form; as it is where they are not known."""
    hashed, algorithm = read_text(row.get("passwd")), read_text(row.get("passwdhashalgo"))
    if not hashed or hashed.startswith("$"):
        return hashed
    name, *numbers = ALGORITHMS.get(algorithm, algorithm).split("$")
    raw = read_salt(read_text(row.get("salt")))
    try:
        key = write_base64(bytes.fromhex(hashed))
    except ValueError:
        return hashed
    salt = write_base64(raw)
    match name, numbers:
        case "pbkdf2", [rounds, _]:
            return write_pbkdf2(hashed, raw, rounds)
        case "argon2", [time, memory, threads, _]:
            return f"$argon2id$v=19$m={memory},t={time},p={threads}${salt}${key}"
        case "scrypt", [cost, block, parallel, _] if cost.isdecimal():
            return f"$scrypt$ln={int(cost).bit_length() - 1},r={block},p={parallel}${salt}${key}"
        case _:
            return hashed


def read_salt(text: str) -> bytes:
    """Return a salt: hexadecimal, or before version 1.18 the text itself."""
    try:
        return binascii.unhexlify(text)
    except ValueError:
        return text.encode()


def excludes(values: Values) -> str:
    """Say that a row is no person."""
    return KINDS.get(read_text(values.get("(kind)")), "")


PROVIDER = Provider(
    name="gitea",
    label="Gitea and Forgejo",
    how_to_export=(
        "Upload a database dump (gitea dump or forgejo dump), or export the table user as CSV "
        "with a header line. GET /api/v1/admin/users has no passwords: get all its pages."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"isactive", "active", "prohibitlogin"}),
    lacks=LACKS,
)
