"""Dovecot: a passwd-file with schemes in braces, and extra fields after the seventh colon.

Format: https://doc.dovecot.org/main/core/config/auth/databases/passwd_file.html.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.crypt_fields import read_password_field
from imports.core.providers.systems.unix_accounts import read_gecos
from imports.core.providers.values import drop_blanks, omit, read_text
from imports.core.readers.colon_files import DOVECOT as FIELDS

CONSUMED = frozenset({"password", "gecos"})
# Of the extra fields, those without which nobody is let in, and which forbid it.
NO_LOGIN = frozenset({"nologin"})

PRESETS = {
    "name": Preset("profile.username", "The name users sign in with."),
    "(email)": Preset("profile.email", "The name, if it is an e-mail address."),
    "(display name)": Preset("profile.display_name", "The first part of the GECOS field."),
    "(active)": Preset(
        "profile.active", "False if the hash is locked (! or *) or an extra field is nologin."
    ),
    "(password hash)": Preset(
        "authenticators.password.hash", "The hash, converted from its scheme."
    ),
    "(hash format)": Preset("authenticators.password.format", "From the scheme in braces."),
    "(hash parameters)": Preset("authenticators.password.params", "The parameters of the scheme."),
    "(password)": Preset(
        "authenticators.password.plaintext", "The password, for the scheme PLAIN."
    ),
}
NOT_CARRIED = {
    "uid": "The account number (uid) on the system.",
    "gid": "The group number (gid) on the system.",
    "home": "The directory of the mailbox.",
    "shell": "Not in use.",
    "extrafields": "Settings of the mailbox. nologin determines the column “(active)”.",
}
LACKS = ("E-mails are not moved. These files rarely contain people's names.",)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    if tuple(columns) != FIELDS:
        return None
    count = sum(1 for row in rows if read_text(row.get("password")).startswith("{"))
    return strong(
        f"{count} of {len(rows)} lines in the sample have a Dovecot scheme in braces.",
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the account with its state and hash as columns."""
    name = read_text(values.get("name"))
    field = read_password_field(read_text(values.get("password")), name)
    extra = {each.partition("=")[0] for each in read_text(values.get("extra_fields")).split()}
    is_closed = field.is_locked or not NO_LOGIN.isdisjoint(extra)
    derived = {
        **field.columns,
        "(email)": name if "@" in name else "",
        "(display name)": read_gecos(values),
        "(active)": False if is_closed else None,
    }
    return {**omit(values, CONSUMED), **drop_blanks(derived)}


PROVIDER = Provider(
    name="dovecot",
    label="Dovecot (passwd-file)",
    how_to_export="Copy the file configured for the passwd-file passdb (auth-passwdfile.conf.ext).",
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
