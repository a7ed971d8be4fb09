"""ASP.NET Core Identity, and Identity 2.x before it: AspNetUsers alone, or all its tables.

Columns as in Microsoft's IdentityUserContext; the table is exported with tools of any kind, so
names may come in another case or with underscores, and NULL as a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from imports.core.account_states import State, StateReader
from imports.core.providers import aspnet_tables
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    fold_name,
    strong,
)
from imports.core.providers.values import omit

# A lockout after failed sign-ins lasts minutes or days. Applications disable an account by locking
# it for decades, most of them until DateTimeOffset.MaxValue.
DISABLED_FROM_YEAR = 2050
YEAR = re.compile(r"\b([0-9]{4})\b")
NULL_WORDS = frozenset({"NULL", "null", r"\N"})
FALSE_WORDS = frozenset({"0", "false", "f"})
# The first bytes of a version 3 hash: 1, then a pseudo-random function below 2^24, in base64.
V3_START = "AQAAAA"
V2_LENGTH = 68

ACTIVE = "(active)"
STILL_LOCKED = "locked out until a future date"
HASH_FORMAT = "(hash format)"
SIGNATURE = frozenset({"id", "username", "passwordhash", "securitystamp"})
LOCKOUT_ENDS = frozenset({"lockoutend", "lockoutenddateutc"})
# The orders in which the table has its columns: since EF Core 2, in EF Core 1, in Identity 2.
# “Save results as” of SQL Server Management Studio writes no header; own columns come after these.
CORE = (
    "Id UserName NormalizedUserName Email NormalizedEmail EmailConfirmed PasswordHash "
    "SecurityStamp ConcurrencyStamp PhoneNumber PhoneNumberConfirmed TwoFactorEnabled LockoutEnd "
    "LockoutEnabled AccessFailedCount"
)
CORE_1 = (
    "Id AccessFailedCount ConcurrencyStamp Email EmailConfirmed LockoutEnabled LockoutEnd "
    "NormalizedEmail NormalizedUserName PasswordHash PhoneNumber PhoneNumberConfirmed "
    "SecurityStamp TwoFactorEnabled UserName"
)
IDENTITY_2 = (
    "Id Email EmailConfirmed PasswordHash SecurityStamp PhoneNumber PhoneNumberConfirmed "
    "TwoFactorEnabled LockoutEndDateUtc LockoutEnabled AccessFailedCount UserName"
)
ORDERS = tuple(tuple(order.split()) for order in (CORE, CORE_1, IDENTITY_2))
FIRST_CELL, CELL = "(column 1)", "(column {})"
FLAG = re.compile(r"[01]|true|false", re.IGNORECASE)
FLAGS = ("EmailConfirmed", "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled")
DATE_START = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[/.]\d\d?[/.]\d{4}")

PRESETS = {
    "id": Preset("subject_id", "The primary key of AspNetUsers."),
    "username": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "emailconfirmed": Preset("profile.email_verified", "Whether the address was confirmed."),
    "phonenumber": Preset("profile.phone", "The user's phone number."),
    "phonenumberconfirmed": Preset("profile.phone_verified", "Whether the number was confirmed."),
    "passwordhash": Preset(
        "authenticators.password.hash", "The hash from ASP.NET Identity's PasswordHasher."
    ),
    ACTIVE: Preset(
        "profile.active",
        f"False when the lockout ends in {DISABLED_FROM_YEAR} or later, which is how accounts are "
        "disabled there. The dry run asks about other lockouts that still hold.",
    ),
    HASH_FORMAT: Preset("authenticators.password.format", "Read from the first byte of the hash."),
    **aspnet_tables.PRESETS,
}
NOT_CARRIED = {
    "normalizedusername": "The user name in upper case. Userferry ignores case when it compares.",
    "normalizedemail": "The e-mail address in upper case. Userferry ignores case when it compares.",
    "securitystamp": "Invalidates sessions of the old application. It has no meaning here.",
    "concurrencystamp": "The row version in the old database.",
    "accessfailedcount": "Failed sign-ins to the old application. The count restarts at zero here.",
    "lockoutenabled": "Determines whether LockoutEnd applies. See the column “(active)”.",
    "lockoutend": "Determines the column “(active)”. The dry run asks about a short lockout.",
    "lockoutenddateutc": "Determines the column “(active)”. The dry run asks about a short "
    "lockout.",
    "twofactorenabled": "The authenticator apps are in the table AspNetUserTokens.",
    "discriminator": "A class name in the old application.",
    **aspnet_tables.NOT_CARRIED,
}


LACKS = (
    "AspNetUsers does not record when an account was created or last used.",
    "Without AspNetUserTokens, authenticator apps and recovery codes are lost. Without "
    "AspNetUserLogins, sign-ins with identity providers are lost.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the four columns that AspNetUsers has in every version."""
    if order := find_order(rows):
        return strong(
            f"There is no header, and the first {len(order)} cells of each row are in the order of "
            "the table AspNetUsers: flags, hashes and upper-case names are in the expected "
            "places.",
        )
    names = {fold_name(column): column for column in columns}
    if not names.keys() >= SIGNATURE:
        return None
    known = [names[name] for name in names if name in PRESETS or name in NOT_CARRIED]
    reasons = [f"The columns match the table AspNetUsers: {', '.join(known)}."]
    hashes = [str(value) for row in rows if (value := row.get(names["passwordhash"]))]
    recognised = sum(1 for value in hashes if identify_hash(value))
    if recognised:
        reasons.append(
            f"{recognised} of {len(hashes)} password hashes in the sample have the ASP.NET "
            "Identity format."
        )
    return certain(*reasons) if recognised else strong(*reasons)


def find_order(rows: Sequence[Values]) -> tuple[str, ...]:
    """Return the order of the cells of rows without a header; empty where it is not known."""
    for order in ORDERS:
        fitting = [row for row in rows if is_in_order(row, order)]
        known = sum(1 for row in fitting if has_known_hash(name_cells(row, order)))
        if known and len(fitting) * 4 >= len(rows) * 3:
            return order
    return ()


def is_in_order(row: Values, order: tuple[str, ...]) -> bool:
    """Return whether the cells of a row without names can be those of AspNetUsers."""
    if FIRST_CELL not in row or len(row) < len(order):
        return False
    cells = name_cells(row, order)
    end = cells.get("LockoutEnd") or cells.get("LockoutEndDateUtc") or ""
    name = cells.get("NormalizedUserName") or cells["UserName"]
    return (
        bool(cells["Id"])
        and all(FLAG.fullmatch(cells[name]) for name in FLAGS)
        and cells["AccessFailedCount"].isdecimal()
        and (not end or DATE_START.match(end) is not None)
        and name.casefold() == cells["UserName"].casefold()
    )


def has_known_hash(cells: dict[str, str]) -> bool:
    """Return whether a user has a hash of Identity's, or a name in capitals where it has none."""
    names = cells.get("NormalizedUserName", ""), cells["UserName"]
    return bool(identify_hash(cells["PasswordHash"])) or names[0] == names[1].upper() != names[1]


def name_cells(row: Values, order: tuple[str, ...]) -> dict[str, str]:
    """Return the text of the cells by the names of the columns, with NULL words as blanks."""
    cells = (str(row.get(CELL.format(number)) or "").strip() for number in range(1, len(order) + 1))
    texts = ("" if cell in NULL_WORDS else cell for cell in cells)
    return dict(zip(order, texts, strict=True))


def name_columns(values: Values) -> Values:
    """Return a row without a header under the names of the columns, its own ones by position.

    One whose cells are in none of the orders stays nameless, and fails as such.
    """
    order = next((each for each in ORDERS if is_in_order(values, each)), ())
    known = dict(zip((CELL.format(n) for n in range(1, len(order) + 1)), order, strict=True))
    return {known.get(column, column): value for column, value in values.items()}


def normalise(values: Values, answers: Answers) -> Values:
    """Return the values with NULL words as blanks and the two derived columns added."""
    if FIRST_CELL in values:
        values = name_columns(values)
    normalised = {
        column: None if type(value) is str and value in NULL_WORDS else value
        for column, value in values.items()
    }
    known = {fold_name(column): value for column, value in normalised.items()}
    if known.keys() & LOCKOUT_ENDS:
        normalised[ACTIVE] = is_active(known)
    hash_format = identify_hash(known.get("passwordhash"))
    if hash_format:
        normalised[HASH_FORMAT] = hash_format
    if aspnet_tables.is_joined(values):
        normalised = omit(normalised, aspnet_tables.JOINED)
        normalised |= aspnet_tables.read_tables(values, known)
    return normalised


def is_active(known: Values) -> bool | str:
    """Return whether the account can sign in, by the lockout columns, whose names are folded.

    Of a lockout that still holds and was not meant for ever, it is not clear: text says so.
    """
    if str(known.get("lockoutenabled")).strip().lower() in FALSE_WORDS:
        return True
    for name in LOCKOUT_ENDS:
        year = YEAR.search(str(known.get(name) or ""))
        if year and int(year[1]) >= DISABLED_FROM_YEAR:
            return False
        if year and StateReader("disabled_until").read(known[name]).state is State.DISABLED:
            return STILL_LOCKED
    return True


def identify_hash(value: object) -> str:
    """Return the hash format by the version byte; empty for what PasswordHasher did not write."""
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if text.startswith(V3_START):
        return "aspnet_identity_v3"
    if len(text) == V2_LENGTH and text[0] == "A" and "A" <= text[1] <= "P":
        return "aspnet_identity_v2"
    return ""


PROVIDER = Provider(
    name="aspnet_identity",
    label="ASP.NET Identity",
    how_to_export=(
        "Export the tables AspNetUsers, AspNetRoles, AspNetUserRoles, AspNetUserClaims, "
        "AspNetUserLogins, AspNetUserTokens and AspNetUserPasskeys (those that exist) as CSV "
        "with header lines or as JSON (FOR JSON PATH, INCLUDE_NULL_VALUES), name each file "
        "after its table, and pack them into one zip archive. A single JSON object with the "
        "tables as lists, an SQLite database file, or AspNetUsers alone also work. Columns "
        "encrypted by ProtectPersonalData cannot be imported: export them through the "
        "application instead."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    tables=aspnet_tables.TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"lockoutend", "lockoutenddateutc"}),
    lacks=LACKS,
)
