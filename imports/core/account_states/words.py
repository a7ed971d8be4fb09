"""Words and signs with which systems say whether an account may sign in, folded by `fold_word`."""

from __future__ import annotations

import re

from accounts.attributes import FALSE_WORDS, TRUE_WORDS

SEPARATORS = re.compile(r"[\s_\-./]+")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def fold_word(text: str) -> str:
    """Return a word as it is compared: in lower case, without white space and punctuation."""
    if NUMBER.fullmatch(text.strip()):
        return text.strip()
    return SEPARATORS.sub("", text.strip().strip("\"'[]()").lower())


def _fold(words: str) -> frozenset[str]:
    return frozenset(map(fold_word, words.split()))


# Yes and no in the languages of Europe, and as databases, spreadsheets and forms write them. BIT of
# MySQL comes as the byte itself, as its escape, as b'1' or as 0x01; bytea of PostgreSQL as \x01.
YES = frozenset(TRUE_WORDS) | _fold(
    "ja j oui o si sí s sim sì vero v verdadero verdadeiro vrai wahr waar tak ano áno evet kyllä x "
    "✓ ✔ ☑ ✅ checked set \x01 \\1 \\x01 \\u0001 0x1 0x01 b'1' 1.0"
)
NO = frozenset(FALSE_WORDS) | _fold(
    "nein nej non nao não falso falsch faux onwaar nie ne ei ✗ ✘ ☐ ❌ unchecked unset "
    "\x00 \\0 \\x00 \\u0000 0x0 0x00 b'0' 0.0"
)
# Somebody can sign in.
ACTIVE = _fold(
    "active enabled aktiv aktiva actif active activo activa attivo attiva ativo ativa actief "
    "aktywny aktywna aktivni ok okay normal good live unlocked unblocked "
    "unsuspended unbanned reinstated reactivated activated approved allowed granted provisioned "
    "freigegeben freigeschaltet entsperrt aktiviert activé habilitado habilitada abilitato "
    "notlocked notblocked notdisabled notbanned notsuspended current valid"
)
# Somebody cannot sign in, whatever the column is called.
DISABLED = _fold(
    "inactive disabled blocked locked lockedout suspended deactivated deprovisioned banned "
    "deleted archived terminated removed closed revoked offboarded blacklisted blocklisted "
    "softdeleted trashed purged barred expelled unapproved notactive notenabled "
    "notallowed nologin loginblocked logindisabled signinblocked accountdisabled accountlocked "
    "accountsuspended useraccountdisabled permanentlybanned temporarilysuspended autosuspended "
    "admindisabled inaktiv inaktiva gesperrt deaktiviert gelöscht geloescht "
    "archiviert blockiert gekündigt gekuendigt ausgetreten ausgeschieden inactif inactive "
    "désactivé desactive désactivée bloqué bloque bloquée suspendu suspendue supprimé supprime "
    "archivé banni inactivo inactiva desactivado desactivada deshabilitado bloqueado bloqueada "
    "suspendido suspendida eliminado eliminada borrado archivado baneado inattivo "
    "inattiva disattivato disabilitato bloccato sospeso eliminato archiviato inativo inativa "
    "desativado desativada suspenso excluído excluido apagado arquivado inactief uitgeschakeld "
    "gedeactiveerd geblokkeerd geschorst verwijderd gearchiveerd avstängd spärrad raderad "
    "nieaktywny zablokowany zawieszony usunięty neaktivní zablokovaný smazaný"
)
# So clearly about an account that the word makes its column one of states, whatever its name.
TELLING = DISABLED & _fold(
    "suspended deactivated disabled banned blocked locked lockedout deprovisioned terminated "
    "offboarded blacklisted softdeleted gesperrt deaktiviert désactivé bloqué suspendu banni "
    "desactivado deshabilitado bloqueado suspendido disattivato disabilitato bloccato sospeso "
    "desativado suspenso geblokkeerd gedeactiveerd geschorst avstängd spärrad accountdisabled "
    "accountlocked loginblocked nologin zablokowany"
)
# Words that decide nothing by themselves, and what an operator probably answers.
LIKELY_ACTIVE = _fold(
    "new open working registered verified confirmed member subscribed complete completed recovery "
    "passwordexpired passwordreset resetrequired forcechangepassword onleave leave vacation "
    "probation trial trialing limited online offline employed a aktywne 1"
)
LIKELY_DISABLED = _fold(
    "pending invited staged waiting awaiting awaitingapproval awaitingactivation "
    "awaitingverification pendingacceptance pendingapproval pendingactivation "
    "pendingverification unconfirmed "
    "unverified unactivated notactivated inprogress draft created requested applied applicant "
    "submitted review inreview underreview onhold hold paused frozen dormant stale "
    "compromised quarantined restricted expired lapsed rejected declined denied "
    "refused cancelled canceled withdrawn resigned retired left former exited ended "
    "departed deceased dead lost unknown ausstehend eingeladen wartend abgelaufen "
    "abgelehnt storniert enattente invité invite expiré refusé pendiente invitado caducado "
    "vencido rechazado inattesa scaduto rifiutato pendente convidado expirado inafwachting "
    "verlopen väntande oczekujący i d b t p u l 0 2 3 -1 9"
)
KNOWN = ACTIVE | DISABLED | LIKELY_ACTIVE | LIKELY_DISABLED

# What a column called “status” holds when it is about something else than sign-in.
OTHER_STATES = _fold(
    "single married divorced widowed separated engaged partnered ledig verheiratet geschieden "
    "verwitwet célibataire marié mariée divorcé veuf soltero casado divorciado "
    "shipped delivered dispatched processing processed backordered fulfilled unfulfilled refunded "
    "returned paid unpaid overdue invoiced billed partiallypaid pastdue ordered placed "
    "packed intransit outfordelivery awaitingpayment awaitingshipment "
    "fulltime parttime contractor permanent temporary temp intern freelance freelancer casual "
    "employee worker selfemployed student retiree "
    "todo doing done resolved solved reopened won converted qualified unqualified contacted "
    "prospect lead nurturing hot warm cold customer "
    "away busy donotdisturb dnd invisible idle available unavailable playing "
    "gold silver bronze platinum basic premium pro free standard vip enterprise "
    "success successful failure failed error synced notsynced syncing "
    "published unpublished public private scheduled sent bounced opened clicked unsubscribed"
)
# For ever, in a column that says until when.
FOREVER = _fold("forever permanent permanently indefinite indefinitely infinity unlimited lifetime")
NEVER = _fold("never none nie jamais nunca mai nooit no - -- n/a na null nil unset unlimited")
