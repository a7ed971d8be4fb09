"""Accounts of Unix systems: /etc/shadow, /etc/passwd and master.passwd of the BSDs.

Fields as in shadow(5), passwd(5) of Linux and master.passwd(5) of FreeBSD.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from imports.core.providers.contract import NOT_CARRIED as LOST_PARTS
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.crypt_fields import read_password_field
from imports.core.providers.values import drop_blanks, omit, read_text
from imports.core.readers.colon_files import MASTER_PASSWD, PASSWD, SHADOW

KINDS: dict[tuple[str, ...], str] = {
    SHADOW: "a shadow file",
    PASSWD: "a passwd file",
    MASTER_PASSWD: "a master.passwd file",
}
CONSUMED = frozenset({"password", "gecos", "account_expires", "change_by", "max_days"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400
# passwd(1) writes this many days for a password that does not expire.
NO_LIMIT = 99_999
# The year 2500 in seconds; what is beyond means never.
LATEST = 16_725_225_600

PRESETS = {
    "name": Preset("profile.username", "The name users sign in with."),
    "(display name)": Preset("profile.display_name", "The first part of the GECOS field."),
    "(active)": Preset(
        "profile.active",
        "False if the password is locked (! or *), the account has expired, or the password "
        "expired and the grace period is over. True for other lines with an expiry field.",
    ),
    "(password hash)": Preset("authenticators.password.hash", "The hash, without lock markers."),
    "(hash format)": Preset("authenticators.password.format", "Detected from the hash."),
    "(hash parameters)": Preset("authenticators.password.params", "The parameters of the scheme."),
    "(password)": Preset("authenticators.password.plaintext", "A password marked as plain text."),
    "(password expires)": Preset(
        "authenticators.password.expires_at",
        "The date of the last change plus the maximum age of a password.",
    ),
    "(password must change)": Preset(
        "authenticators.password.must_change", "True if the date of the last change is 0."
    ),
}
NOT_CARRIED = {
    "uid": "The account number (uid) on the system.",
    "gid": "The primary group number (gid). Group names are in /etc/group.",
    "class": "The BSD login class.",
    "home": "The home directory.",
    "shell": "The login shell. A shell such as nologin does not disable an account here. To "
    "exclude these accounts, add a condition.",
    "lastchanged": "Used to calculate when the password expires.",
    "mindays": "The minimum age of a password.",
    "warndays": "The warning period before a password expires.",
    "inactivedays": "The grace period after a password expires. Determines the column “(active)”.",
    "reserved": "Not in use.",
}
LACKS = (
    "These files have no e-mail addresses.",
    "/etc/passwd has no hashes. Import /etc/shadow, which only root can read.",
    "The members of groups are in /etc/group.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    kind = KINDS.get(tuple(columns))
    return strong(f"Its lines have the {len(columns)} fields of {kind}.") if kind else None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the account with its state, hash and expiry as columns."""
    field = read_password_field(read_text(values.get("password")))
    expires = find_account_expiry(values)
    ends, grace_ends = find_password_expiry(values)
    now = datetime.now(UTC)
    is_over = any(timestamp is not None and timestamp <= now for timestamp in (expires, grace_ends))
    has_state = "account_expires" in values
    derived = {
        **field.columns,
        "(display name)": read_gecos(values),
        "(active)": False if field.is_locked or is_over else True if has_state else None,
        "(password expires)": write_timestamp(ends),
        "(password must change)": read_text(values.get("last_changed")) == "0" or None,
        # A day to come is not decided here: the dry run asks what it means.
        "account_expires": write_timestamp(expires) if expires is not None and not is_over else "",
        LOST_PARTS: list_lost(values),
    }
    return {**omit(values, CONSUMED), **drop_blanks(derived)}


def read_number(value: object) -> int | None:
    """Return a number of days or seconds; None for none, and for those that mean never."""
    text = read_text(value)
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
    return number if number is None or number < LATEST else None


def read_days(value: object) -> datetime | None:
    """Return the start of a day that is counted from 1970."""
    days = read_number(value)
    return EPOCH + timedelta(days=days) if days is not None and days * DAY < LATEST else None


def find_account_expiry(values: Values) -> datetime | None:
    """Return when the account ends: days in shadow files, seconds in those of BSD, 0 for never."""
    if "change_by" not in values:
        return read_days(values.get("account_expires"))
    seconds = read_number(values.get("account_expires"))
    return EPOCH + timedelta(seconds=seconds) if seconds else None


def find_password_expiry(values: Values) -> tuple[datetime | None, datetime | None]:
    """Return from when on a new password is asked for, and when it is too late for that."""
    if seconds := read_number(values.get("change_by")):
        return EPOCH + timedelta(seconds=seconds), None
    changed, longest = read_days(values.get("last_changed")), read_number(values.get("max_days"))
    if changed is None or changed == EPOCH or longest is None or longest >= NO_LIMIT:
        return None, None
    ends = changed + timedelta(days=longest)
    grace = read_number(values.get("inactive_days"))
    has_grace = grace is not None and grace < NO_LIMIT
    return ends, ends + timedelta(days=grace or 0) if has_grace else None


def write_timestamp(timestamp: datetime | None) -> str:
    return timestamp.isoformat().replace("+00:00", "Z") if timestamp else ""


def read_gecos(values: Values) -> str:
    """Return the full name, in which & stands for the name of the account, as passwd(5) has it."""
    full = read_text(values.get("gecos")).partition(",")[0]
    return full.replace("&", read_text(values.get("name")).capitalize())


def list_lost(values: Values) -> list[str]:
    """Return what goes nowhere of fields that are carried."""
    parts = read_text(values.get("gecos")).partition(",")[2].strip(",")
    return ["Rooms and phone numbers in the GECOS field"] if parts else []


def excludes(values: Values) -> str:
    """Say that a line takes in the accounts of a network service."""
    if read_text(values.get("name")).startswith(("+", "-")):
        return "This line includes accounts from a network service (NIS) and is not a user."
    return ""


PROVIDER = Provider(
    name="unix_accounts",
    label="Unix accounts (shadow, passwd)",
    how_to_export=(
        "As root, copy /etc/shadow or run getent shadow > shadow. On BSD, copy "
        "/etc/master.passwd. /etc/passwd alone has people's names but no hashes."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
