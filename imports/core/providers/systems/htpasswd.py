"""Password files of web servers: htpasswd of Apache and nginx, and htdigest.

Formats: https://httpd.apache.org/docs/2.4/misc/password_encryptions.html; nginx,
ngx_http_auth_basic_module, whose third field is a comment.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.crypt_fields import read_md5, read_password_field
from imports.core.providers.values import drop_blanks, omit, read_text
from imports.core.readers.colon_files import HTDIGEST, HTPASSWD

KINDS: dict[tuple[str, ...], str] = {
    HTPASSWD: "of an htpasswd file: a name and a hash",
    HTDIGEST: "of an htdigest file",
}
CONSUMED = frozenset({"password", "digest"})

PRESETS = {
    "name": Preset("profile.username", "The name users sign in with."),
    "(email)": Preset("profile.email", "The name, if it is an e-mail address."),
    "(active)": Preset("profile.active", "False if there is a ! or * in place of the hash."),
    "(password hash)": Preset("authenticators.password.hash", "The hash."),
    "(hash format)": Preset("authenticators.password.format", "Detected from the hash."),
    "(hash parameters)": Preset(
        "authenticators.password.params",
        "For htdigest: the name and the realm, which are hashed before the password.",
    ),
    "(password)": Preset(
        "authenticators.password.plaintext", "Passwords that nginx marks with {PLAIN}."
    ),
}
NOT_CARRIED = {
    "comment": "A comment, which nginx allows.",
    "realm": "Part of the column “(hash parameters)”.",
}
LACKS = (
    "These files contain neither people's names nor e-mail addresses, unless the sign-in "
    "names are addresses.",
    "Groups are in a separate file (AuthGroupFile).",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    kind = KINDS.get(tuple(columns))
    return strong(f"Its lines have the fields {kind}.") if kind else None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the account with its hash as columns."""
    name = read_text(values.get("name"))
    if "digest" in values:
        prefix = f"{name}:{read_text(values.get('realm'))}:"
        columns, is_locked = read_md5(read_text(values.get("digest")), prefix), False
    else:
        field = read_password_field(read_text(values.get("password")))
        columns, is_locked = field.columns, field.is_locked
    derived = {
        **columns,
        "(email)": name if "@" in name else "",
        "(active)": False if is_locked else None,
    }
    return {**omit(values, CONSUMED), **drop_blanks(derived)}


PROVIDER = Provider(
    name="htpasswd",
    label="Apache or nginx (htpasswd)",
    how_to_export="Copy the file that AuthUserFile (nginx: auth_basic_user_file) names.",
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
