"""A password hash of which its column or table tells what was hashed, and its look does not.

Some systems digest the password before they hash it. What they write looks like the plain hash, as
which nobody could ever sign in. Where only they have such a column, it outranks the look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from accounts.hashing.likeliest import find_likeliest
from imports.core.decisions.contract import (
    Choice,
    Concern,
    DecisionKind,
    Find,
    Record,
    Setting,
    Source,
    drop_empty_password,
    read_password,
)
from imports.core.values.names import fold_name

HASH, PLAINTEXT = "authenticators.password.hash", "authenticators.password.plaintext"
LOOK, NONE = "look", "none"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a column tells: the format and its parameters, and which column tells so.

    `column` is the folded end of the path of the hashes; or `tells` says so by the other columns of
    the row. `looks` is the format that the values look like.
    """

    id: str
    label: str
    looks: str
    format: str
    params: dict[str, Any] = field(default_factory=dict)
    column: str = ""
    tells: Callable[[Source], bool] | None = None


# The columns by which a row tells.
TELLING_COLUMNS = frozenset({"password:shaWrapped", "token", "scheme"})


def is_wrapped(source: Source) -> bool:
    """Return whether NodeBB says that it digests the password first: “password:shaWrapped” is 1."""
    return str(source.get("password:shaWrapped")) in ("1", "1.0")


def is_blowfish(source: Source) -> bool:
    """Return whether vBulletin 5 says of its token that it is bcrypt, as of 10 rounds."""
    return "token" in source and str(source.get("scheme")).startswith("blowfish:")


# https://docs.meteor.com/api/accounts.html; src/password.js of NodeBB; vBulletin 5 hands its
# algorithms the MD5 that the browser makes of the password.
READINGS = (
    Reading(
        "meteor_bcrypt",
        "Meteor bcrypt",
        "bcrypt",
        "meteor_bcrypt",
        column="servicespasswordbcrypt",
    ),
    Reading(
        "meteor_argon2",
        "Meteor Argon2",
        "argon2",
        "meteor_argon2",
        column="servicespasswordargon2",
    ),
    Reading(
        "nodebb",
        "NodeBB: bcrypt of the SHA-512 in hexadecimal",
        "bcrypt",
        "bcrypt_of_digest",
        {"inner": "sha512"},
        tells=is_wrapped,
    ),
    Reading(
        "vbulletin5",
        "vBulletin 5: bcrypt of the MD5 in hexadecimal",
        "bcrypt",
        "bcrypt_of_digest",
        {"inner": "md5"},
        tells=is_blowfish,
    ),
)
BY_ID = {reading.id: reading for reading in READINGS}


def prepare(setting: Setting) -> Find:
    """Return what finds hashes without a format whose column or row tells it."""
    column = setting.origins.get(HASH) or setting.origins.get(PLAINTEXT, HASH)
    name = fold_name(column)
    known = [each for each in READINGS if each.tells or name.endswith(each.column)]

    def find(source: Source, record: Record) -> Iterator[Concern]:
        password = read_password(record)
        value = password.get("hash")
        if not isinstance(value, str) or password.get("format"):
            return
        look = find_likeliest(value)
        for each in known:
            if each.looks == look and (each.tells is None or each.tells(source)):
                choices = (each.id, LOOK, NONE)
                yield Concern(column, each.label, HASH, choices, each.id, is_certain=True)
                return

    return find


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Declare the format, leave it to the look of the hash, or take the hash out."""
    password = read_password(record)
    if choice in BY_ID:
        password["format"] = BY_ID[choice].format
        password["params"] = {**BY_ID[choice].params}
    elif choice == LOOK:
        password["format"] = find_likeliest(str(password["hash"]))
    else:
        del password["hash"]
        drop_empty_password(record)


KIND = DecisionKind(
    code="hash_told_by_column",
    title="The column says what the password hash was made of",
    message="The hash looks like another format, but its column says: {value}",
    advice="Nothing to do if the file is from that system. If the hashes were made of the password "
    "itself, choose that.",
    afterwards="Decide for all hashes at once and retry.",
    text="The hashes in “{column}” look like another format than their column says: {values}.",
    certain_text="The hashes in “{column}” are imported in the format that the column or table "
    "says, not as what they look like: {values}.",
    choices=(
        *(Choice(each.id, each.label) for each in READINGS),
        Choice(LOOK, "The hash of the password itself"),
        Choice(NONE, "Import without a password"),
    ),
    prepare=prepare,
    apply=apply,
    order=15,
)
