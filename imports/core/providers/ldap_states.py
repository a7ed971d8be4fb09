"""What an entry of an LDAP directory says of whether its user may sign in: one row per attribute.

Seen of 389 Directory Server 2.3 and OpenLDAP 2.5 (what they refuse with the right password); of
Active Directory from Microsoft's [MS-ADTS] 2.2.16 and its schema; of others from their schemas:
Samba's classic one, FreeIPA, eDirectory, PingDirectory and OpenDJ, Oracle, IBM.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from imports.core.account_states import Means
from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import Values
from imports.core.providers.values import list_texts
from imports.core.values.timestamps import UNITS

# True and False are certain, None says nothing, and a text is asked about in the dry run.
Said = bool | str | None

GENERALIZED_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?Z", re.ASCII)
# Zero and the largest number of Active Directory mean never.
NEVER = frozenset({"", "0", "9223372036854775807"})
# How OpenLDAP and 389 write that only an administrator can unlock the account.
FOR_GOOD = re.compile(r"(?:0000|1970)01010000")
DISABLED_BIT, LOCKOUT_BIT = 0x2, 0x10
# Stage and preserved users of FreeIPA, and what Active Directory keeps for a while.
NOT_IN_USE = (
    "cn=stagedusers,cn=accounts,cn=provisioning",
    "cn=deletedusers,cn=accounts,cn=provisioning",
    "cn=deletedobjects",
)
CONTAINER = re.compile(r"(?:ou|cn)=((?:[^,\\]|\\.)*)", re.IGNORECASE)
NO_LETTERS = re.compile(r"[\W\d_]+")
CLOSED = frozenset(
    {
        *("disabled", "deactivated", "inactive", "deleted", "terminated", "suspended", "locked"),
        *("former", "leavers", "departed", "offboarded", "offboarding", "retired", "archived"),
        *("archive", "graveyard", "trash", "staged", "quarantine", "deaktiviert", "inaktiv"),
        *("gesperrt", "ehemalige", "ausgeschieden", "ausgeschiedene", "archiv", "papierkorb"),
    }
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The roles of 389 by which accounts are disabled: that of its tools, and the one above it.
DISABLING_ROLES = frozenset({"cn=nsmanageddisabledrole", "cn=nsdisabledrole"})


def read_timestamp(value: str) -> str:
    """Return the generalized time of LDAP (RFC 4517) in UTC as ISO 8601; other text as it is."""
    found = GENERALIZED_TIME.fullmatch(value)
    if not found:
        return value
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}Z"


def read_filetime(value: str) -> str:
    """Return 100 nanoseconds since 1601 as ISO 8601; empty for never, and for what is neither."""
    if value in NEVER or not value.isdecimal() or len(value) > 19:
        return ""
    try:
        timestamp = UNITS["filetime"].read(int(value))
    except OverflowError:
        return ""
    return timestamp.isoformat().replace("+00:00", "Z")


def _read_days(value: str) -> str:
    """Return days since 1970 (shadow) as ISO 8601; empty for never."""
    if not value.isdecimal() or not 0 < int(value[:8]) < 2_000_000:
        return ""
    return (EPOCH + timedelta(days=int(value[:8]))).isoformat()


def _read_seconds(value: str) -> str:
    """Return seconds since 1970 as ISO 8601; empty for never, as Samba writes it."""
    if not value.isdecimal() or not 0 < int(value[:12]) < 2**31 - 1:
        return ""
    return (EPOCH + timedelta(seconds=int(value[:12]))).isoformat()


def _is_true(value: str) -> Said:
    """Read a flag that disables."""
    return {"TRUE": False, "FALSE": True}.get(value.upper())


def _read_control(value: str) -> Said:
    """Read userAccountControl of Active Directory; the lock is a bit only of the computed one."""
    flags = int(value) if value.isdecimal() and len(value) < 12 else None
    if flags is None:
        return None
    if flags & DISABLED_BIT:
        return False
    return "locked out by Active Directory" if flags & LOCKOUT_BIT else True


def _read_flags(value: str) -> Said:
    """Read sambaAcctFlags, such as [UX         ]."""
    if "D" in value:
        return False
    return "locked out by Samba (sambaAcctFlags)" if "L" in value else True


def _read_date(value: str, means: Means, read: Callable[[str], str] = read_timestamp) -> Said:
    timestamp = read(value)
    return read_account_state(timestamp, means) if timestamp else None


def _ask(value: str, words: str, none: frozenset[str] = NEVER) -> Said:
    return None if value in none else words


def _read_lock(value: str, words: str) -> Said:
    """Read since when or until when an account is locked: for good, or as a policy has it."""
    return False if FOR_GOOD.match(value) else words


def _read_unlocking(value: str, words: str) -> Said:
    """Read when an account unlocks itself; the timestamp zero is never."""
    if FOR_GOOD.match(value):
        return False
    is_coming = read_account_state(read_timestamp(value), "disabled_until") is False
    return words if is_coming else None


def _read_role(value: str) -> Said:
    """Read a role of 389: any can be among those that its server disables."""
    first, _, _ = value.partition(",")
    is_disabling = first.replace(" ", "").lower() in DISABLING_ROLES
    return False if is_disabling else f"in the role {value}"[:80]


def _read_computed_role(value: str) -> Said:
    return _read_role(value) if _read_role(value) is False else None


def read_place(dn: str) -> Said:
    """Read where an entry lies: FreeIPA keeps who has not started or has left in containers.

    Others are named by people, such as OU=Disabled Users, and are asked about.
    """
    above = dn.lower().replace(" ", "")
    if any(place in above for place in NOT_IN_USE):
        return False
    for container in CONTAINER.findall(dn.partition(",")[2]):
        if not CLOSED.isdisjoint(NO_LETTERS.split(container.lower())):
            return f"in the container {container}"[:80]
    return None


ENDED: Means = "enabled_until"
STARTS: Means = "enabled_from"
# By the name in lower case.
ATTRIBUTES: dict[str, Callable[[str], Said]] = {
    "useraccountcontrol": _read_control,
    "msds-user-account-control-computed": _read_control,
    "msds-useraccountdisabled": _is_true,
    "accountexpires": partial(_read_date, means=ENDED, read=read_filetime),
    "lockouttime": partial(_ask, words="locked out (lockoutTime)"),
    "nsaccountlock": _is_true,
    "nsrole": _read_computed_role,
    "nsroledn": _read_role,
    "accountunlocktime": partial(
        _read_unlocking, words="locked until a future date (accountUnlockTime)"
    ),
    "pwdaccountlockedtime": partial(
        _read_lock, words="locked after failed sign-ins (pwdAccountLockedTime)"
    ),
    "pwdaccounttmplockoutend": partial(
        _read_unlocking, words="locked until a future date (pwdAccountTmpLockoutEnd)"
    ),
    "pwdstarttime": partial(_read_date, means=STARTS),
    "pwdendtime": partial(_read_date, means=ENDED),
    "shadowexpire": partial(_read_date, means=ENDED, read=_read_days),
    "krbprincipalexpiration": partial(_read_date, means=ENDED),
    "sambaacctflags": _read_flags,
    "sambakickofftime": partial(_read_date, means=ENDED, read=_read_seconds),
    "logindisabled": _is_true,
    "lockedbyintruder": partial(
        _ask,
        words="locked after failed sign-ins (lockedByIntruder)",
        none=frozenset({"", "FALSE", "false"}),
    ),
    "loginexpirationtime": partial(_read_date, means=ENDED),
    "ds-pwp-account-disabled": _is_true,
    "ds-pwp-account-expiration-time": partial(_read_date, means=ENDED),
    "ds-pwp-account-activation-time": partial(_read_date, means=STARTS),
    "ibm-pwdaccountlocked": _is_true,
    "isdeleted": _is_true,
    "dn": read_place,
    "inetuserstatus": read_account_state,
    "orclisenabled": read_account_state,
    "orclactiveenddate": partial(_read_date, means=ENDED),
    "orclactivestartdate": partial(_read_date, means=STARTS),
}
# These say nothing where the server itself says whether the account is locked.
OVERRULED = {"nsroledn": "nsaccountlock"}


def read_state(known: Values) -> Said:
    """Return whether the account can be used, by its attributes by their names in lower case.

    Any attribute that says no disables it. Without one, the first that has to be asked about is
    returned as text; None when no attribute says anything.
    """
    said = list(_list_said(known))
    if False in said:
        return False
    asked = next((each for each in said if isinstance(each, str)), None)
    return asked or (True if True in said else None)


def _list_said(known: Values) -> Iterator[Said]:
    for name, read in ATTRIBUTES.items():
        if name in known and not known.get(OVERRULED.get(name, "")):
            yield from (read(text) for text in list_texts(known[name]))
