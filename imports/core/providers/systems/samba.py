"""Samba: the output of `pdbedit -L -w`, smbpasswd files, and dumps of the same first fields.

Fields and flags as in smbpasswd(5), https://www.samba.org/samba/docs/current/man-html/smbpasswd.5.html.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.values import drop_blanks, omit, read_text
from imports.core.readers.colon_files import SMBPASSWD

HASH = re.compile(r"[0-9A-Fa-f]{32}")
DISABLED = "D"
# Accounts of computers, servers and other domains.
TRUSTS = frozenset("WSI")
NEVER_CHANGED = "LCT-00000000"
CONSUMED = frozenset({"nt_hash"})

PRESETS = {
    "name": Preset("profile.username", "The name users sign in with."),
    "(active)": Preset("profile.active", "False if the flags include D (disabled)."),
    "(password hash)": Preset("authenticators.password.hash", "The NT hash."),
    "(hash format)": Preset("authenticators.password.format", "NTLM."),
    "(password must change)": Preset(
        "authenticators.password.must_change", "True if the last change is LCT-00000000."
    ),
}
NOT_CARRIED = {
    "uid": "The account number (uid) on the system.",
    "lmhash": "Too weak to keep. The NT hash is used instead.",
    "accountflags": "D determines the column “(active)”. W, S and I mark lines that are not users.",
    "lastchanged": "Determines the column “(password must change)”.",
    "rest": "Not in use.",
}
LACKS = (
    "The file has no e-mail addresses. Full names are only in the output of pdbedit -L -v.",
    "Groups are in the Unix system.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    if tuple(columns) != SMBPASSWD:
        return None
    flagged = sum(1 for row in rows if read_text(row.get("account_flags")))
    return strong(
        f"Its lines have a name, a number and the two Windows hashes; {flagged} of {len(rows)} "
        "of the sample have the flags of Samba.",
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the account with its state and hash as columns."""
    flags = read_text(values.get("account_flags"))
    hashed = read_text(values.get("nt_hash"))
    has_hash = HASH.fullmatch(hashed) is not None
    derived = {
        "(active)": DISABLED not in flags if flags else None,
        "(password hash)": hashed if has_hash else "",
        "(hash format)": "ntlm" if has_hash else "",
        "(password must change)": read_text(values.get("last_changed")) == NEVER_CHANGED or None,
    }
    return {**omit(values, CONSUMED), **drop_blanks(derived)}


def excludes(values: Values) -> str:
    """Say that an account is not that of a person."""
    flags = read_text(values.get("account_flags"))
    if TRUSTS.intersection(flags) or read_text(values.get("name")).endswith("$"):
        return "This is the account of a computer or of another domain, not of a person."
    return ""


PROVIDER = Provider(
    name="samba",
    label="Samba (smbpasswd)",
    how_to_export="Run pdbedit -L -w > smbpasswd.txt as root. It works with every backend.",
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"accountflags"}),
    lacks=LACKS,
    is_sparse=True,
)
