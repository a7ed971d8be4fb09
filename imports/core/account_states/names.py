"""Names of columns that say who may sign in, and what a value in each means.

Words are compared folded. Names were gathered from the schemas and exports of identity systems,
web frameworks and personnel systems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from imports.core.values.names import fold_name

# What a value says: `status` is a word for the state; `enabled` a flag, or since when; `disabled` a
# flag the other way round, or since when; `disabled_since` and `enabled_since` are dates that are
# blank otherwise, `disabled_note` a reason or a name; `expires` a date until when something holds,
# be it the account or its password; the others say from or until when.
Means = Literal[
    "status",
    "enabled",
    "disabled",
    "disabled_since",
    "disabled_note",
    "enabled_since",
    "disabled_until",
    "enabled_until",
    "enabled_from",
    "expires",
]
STATUS = "status state statut estado stato situacao stand zustand stav"
# States of an invitation: whoever has not accepted it has never signed in. Most were not invited.
INVITATIONS = "externaluserstate invitationstate invitationstatus invitestate invitestatus"
ENABLED = (
    "active enabled activated approved allowed aktiv aktiviert actif activo activa attivo "
    "ativo actief aktywny freigegeben freigeschaltet habilitado abilitato approuve allowlogin "
    "allowsignin loginallowed loginenabled signinenabled signinallowed canlogin cansignin "
    "candologin loginok enable allowedtologin allowedtosignin activeflag activeaccount live "
    "activestatus enabledstatus nonlocked nonexpired nonblocked nondisabled unlocked unblocked"
)
DISABLED = (
    "disabled blocked banned locked suspended inactive deactivated deleted archived "
    "terminated closed frozen revoked expired removed trashed softdeleted blacklisted retired "
    "offboarded deprovisioned disable block ban lock loginblocked signinblocked blocksignin "
    "blocklogin logindisabled signindisabled denylogin nologin notactive notenabled left "
    "spam spammer adminlocked autosuspended suspend barred quarantined rejected "
    "gesperrt deaktiviert inaktiv geloescht gelöscht archiviert blockiert abgelaufen ausgetreten "
    "ausgeschieden desactive désactivé inactif bloque bloqué suspendu supprime supprimé archive "
    "archivé banni bloqueado desactivado deshabilitado inactivo suspendido eliminado borrado "
    "archivado baneado bloccato disattivato disabilitato inattivo sospeso eliminato archiviato "
    "desativado inativo suspenso excluido excluído arquivado geblokkeerd gedeactiveerd inactief "
    "geschorst verwijderd avstängd spärrad raderad zablokowany nieaktywny zawieszony usuniety "
    "deletionmark suspension deleteflag delflag isdel del blockedflag "
    "blockcredential blockcredentials credentialblocked "
    "prohibitlogin loginprohibited prohibited preventlogin disallowlogin forbidlogin "
    "uflag"  # of SAP's USR02: 32, 64 and 128 are locks
)
ENABLED_UNTIL = (
    "validuntil validto validtill activeuntil enableduntil accountexpires accountexpiresat "
    "accountexpiry accountexpirydate accountexpirationdate accountexpiration accountexpireson "
    "userexpires userexpiresat useraccountexpires gueltigbis gültigbis validejusqu valideau "
    "validohasta validofinoa geldigtot deactivateon deactivateat disableon disableat "
    "accountend accountends accountendsat accountendson accountenddatum kontoende kontoablauf "
    "kontogueltigbis kontogültigbis accessuntil accessexpires accessexpiresat loginexpires "
    "accountvaliduntil accountenddate "
    "deletescheduledat scheduleddeletion deletionscheduledat accountexpired gltgb"
)
ENABLED_FROM = (
    "validfrom activefrom enabledfrom gueltigab gültigab gueltigvon accessfrom validstart gltgv"
)
# Dates of an employment, a membership or a contract: whoever has left can perhaps not sign in.
UNSURE_UNTIL = (
    "enddate dateend endson endedat endedon terminationdate dateterminated leavedate leavingdate "
    "dateleft exitdate lastday lastworkingday lastdayofwork contractend contractenddate "
    "employmentend employmentenddate membershipexpires membershipexpiresat membershipend "
    "membershipexpiry membershipexpirydate membershipenddate memberuntil austritt austrittsdatum "
    "enddatum vertragsende datedesortie datefin fechabaja fechafin datafine "
    "datauscita datafim uitdienst retirementdate resignationdate"
)
# What expires may be the account, but also its password, a token or a session.
EXPIRES = (
    "expires expiresat expireson expiry expiryat expirydate expirationdate expirationtime "
    "expiration expiresdate expiredat expiredon dateexpired ablaufdatum ablauf expira vence"
)
STEMS_SINCE = (
    "softdeletion softdelete "
    "disabled delete archive suspend blocked banned locked suspended inactive deactivated "
    "deleted archived terminated closed frozen revoked removed trashed softdeleted blacklisted "
    "offboarded deprovisioned deletion suspension deactivation ban block lock termination "
    "lockout gesperrt deaktiviert geloescht gelöscht archiviert"
)
STEMS_UNTIL = (
    "disabled blocked banned locked suspended ban block lock lockout suspension inactive "
    "lockedout silenced blockexpiry gesperrt"
)
STEMS_APPROVED = "approved activated enabled activation approval"
# A lock after failed sign-ins, which mostly ends by itself.
LOCKOUTS = "lockedout lockout"
# Whoever has not confirmed the address may not sign in at some systems, such as Moodle.
UNCONFIRMED = "confirmed isconfirmed"
# A key that is there until somebody has confirmed the address or was activated.
OPEN_KEYS = "confirmation activation"
# A word of a name that is about an account's state whatever stands around it: ja_disable_user.
TELLING_WORDS = frozenset(
    {
        *("disable", "disabled", "deactivate", "deactivated", "blocked", "banned"),
        *("suspend", "suspended", "locked", "inactive", "terminated", "prohibit", "prohibited"),
        *("forbidden", "barred", "deleted", "gesperrt", "deaktiviert", "bloqueado", "bloqué"),
    }
)
# Beside one of these it is a count or a list, or about a part of a page.
BESIDE_OTHERS = frozenset(
    {
        *("days", "hours", "minutes", "seconds", "count", "number", "attempts", "limit", "max"),
        *("min", "period", "interval", "times", "ip", "ips", "list", "hide", "show", "editor"),
        *("friends", "contacts", "words", "domains", "modules", "plugins"),
    }
)
WORDS = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")
# Words around the state itself: whose it is, and that it is a flag.
BEFORE = re.compile(
    r"^(?:is|has|was|been|the|user|users|useraccount|account|accounts|acct|acc|login|signin|usr"
    r"|member|profile|person|people|benutzer|konto|compte|cuenta|utente|usuario|current|lifecycle"
    r"|system|record|row|ist|admin|access|object)(?=.)"
)
AFTER = re.compile(
    r"(?<=.)(?:flag|yn|yesno|ind|indicator|bool|user|account|login|fl|required|name|code|id"
    r"|readonly|uploadonly)$"
)
# What some databases begin every column of a table with: u_active.
SHORT_PREFIX = re.compile(r"^[A-Za-z]_")
# Columns whose name holds one of these are about something else.
ELSEWHERE = re.compile(
    r"order|payment|paid|invoice|bill|shipping|shipment|delivery|marital|civil|relationship|family"
    r"|subscri|email|mail|phone|mobile|sms|sync|ticket|issue|case|project|task|message|msg|news"
    r"|marketing|consent|cookie|optin|optout|device|session|mfa|2fa|2sv|twofactor|otp|passw|pwd"
    r"|token|secret|apikey|licen[cs]e|trial|card|presence|online|health|sale|lead|deal|campaign"
    r"|store|shop|product|item|stock|cart|coupon|locale|country|region|address|province|theme"
    r"|notification|feature|dashboard|tutorial|visa|military|migration|import|export|backup|kyc"
    r"|verif|photo|picture|vaccin|insurance|tax|bank|loan|credit|balance|usage|storage"
    r"|advanced|comment|post|forum|chat|bot|tier|level|plan|team|org|company|tenant|workspace"
    r"|customerjourney|stage|enroll|school|course|exam|parking|building|floor|avatar"
)


# Objects that hold the user's own fields; a flag in another may be about that other thing.
PARENTS = (
    "user account profile person member data attributes meta metadata appmetadata usermetadata "
    "publicmetadata privatemetadata unsafemetadata login identity record row fields properties "
    "source raw useraccount customattributes traits human resource item node status state"
)
OWN_PARENTS = frozenset(PARENTS.split())
# “State” and its like are regions as well: there the values have to bear it out.
REGIONS = frozenset({"state", "estado", "stato", "stand", "etat"})


@dataclass(frozen=True, slots=True)
class NamedState:
    """What the name of a column says about its values.

    `is_sure` where such a column can hardly be about anything else; `may_be_region` where it is
    often the region that somebody lives in.
    """

    means: Means
    is_sure: bool = True
    may_be_region: bool = False


def _list_dates() -> Iterator[tuple[str, Means]]:
    """Yield the names of dates: deleted_at, date_deleted, deletion_date, locked_until."""
    for stem in STEMS_SINCE.split():
        for end in ("at", "on", "since", "date", "time", "datetime", "timestamp", "when", "am"):
            yield f"{stem}{end}", "disabled_since"
        for start in ("date", "time", "when"):
            yield f"{start}{stem}", "disabled_since"
        for end in ("reason", "by", "note", "comment", "message", "text", "msg", "grund"):
            yield f"{stem}{end}", "disabled_note"
    for stem in STEMS_UNTIL.split():
        for end in ("until", "till", "to", "bis", "end", "ends", "endsat", "expires", "expiresat"):
            yield f"{stem}{end}", "disabled_until"
        yield f"{stem}enddate", "disabled_until"
        yield f"{stem}enddateutc", "disabled_until"
    for stem in STEMS_APPROVED.split():
        for end in ("at", "on", "date", "time"):
            yield f"{stem}{end}", "enabled_since"


def _list_known() -> Iterator[tuple[str, Means]]:
    named: tuple[tuple[Means, str], ...] = (
        ("status", STATUS),
        ("enabled", ENABLED),
        ("disabled", DISABLED),
        ("enabled_until", ENABLED_UNTIL),
        ("enabled_from", ENABLED_FROM),
    )
    for means, names in named:
        for name in names.split():
            yield name, means
    yield from _list_dates()


KNOWN: dict[str, Means] = dict(_list_known())
UNSURE: dict[str, Means] = {
    **dict.fromkeys(UNSURE_UNTIL.split(), "enabled_until"),
    **dict.fromkeys(EXPIRES.split(), "expires"),
    **dict.fromkeys(INVITATIONS.split(), "status"),
    **dict.fromkeys(LOCKOUTS.split(), "disabled"),
    **dict.fromkeys(UNCONFIRMED.split(), "enabled"),
    **dict.fromkeys(OPEN_KEYS.split(), "disabled_note"),
}


@lru_cache(maxsize=4096)
def find_named_state(column: str) -> NamedState | None:
    """Return what a column, or the last step of a dotted path, says by its name; None for most."""
    if is_elsewhere(column):
        return None
    # Node.js writes bytes, such as BIT of MySQL, as {"type": "Buffer", "data": [1]}.
    above, _, last = column.removesuffix(".data").rpartition(".")
    found = _find(fold_name(last)) or _find(fold_name(SHORT_PREFIX.sub("", last)))
    found = found or _find_within(last)
    parent = fold_name(above.rpartition(".")[2])
    if found is None or not parent or parent in OWN_PARENTS:
        return found
    if found.means in {"enabled_until", "expires"} and not found.is_sure:
        return None  # when a token, a licence or a session ends
    return NamedState(found.means, is_sure=False, may_be_region=found.may_be_region)


def _find_within(name: str) -> NamedState | None:
    """Return that a name of several words has one of an account's state, so that one can ask."""
    words = {word.lower() for word in WORDS.split(name)}
    is_state = not words.isdisjoint(TELLING_WORDS) and words.isdisjoint(BESIDE_OTHERS)
    return NamedState("disabled", is_sure=False) if is_state else None


def is_elsewhere(column: str) -> bool:
    """Return whether the name says that the column is about something else than the account."""
    return ELSEWHERE.search(fold_name(column)) is not None


def _find(name: str) -> NamedState | None:
    while name:
        if unsure := UNSURE.get(name):
            return NamedState(unsure, is_sure=False)
        if means := KNOWN.get(name):
            is_sure = means != "disabled_note"
            return NamedState(means, is_sure, may_be_region=name in REGIONS)
        shorter = BEFORE.sub("", name)
        if shorter == name:
            shorter = AFTER.sub("", name)
        if shorter == name:
            return None
        name = shorter
    return None
