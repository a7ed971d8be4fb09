"""DokuWiki: conf/users.auth.php of the plain authentication.

Fields and escapes as in lib/plugins/authplain/auth.php, hashes as in inc/PassHash.php.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.crypt_fields import HASH, read_password_field
from imports.core.providers.values import drop_blanks, omit, read_text
from imports.core.readers.colon_files import DOKUWIKI as FIELDS

CONSUMED = frozenset({"password"})
# Digests without a mark, by what PassHash.php calls them.
BARE_DIGESTS = ((re.compile(r"[0-9a-f]{32}"), "md5"), (re.compile(r"[0-9a-f]{40}"), "sha1"))

PRESETS = {
    "(subject id)": Preset("subject_id", "The login, which never changes."),
    "login": Preset("profile.username", "The name users sign in with."),
    "full_name": Preset("profile.display_name", "The user's name."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "groups": Preset("memberships.groups", "Group names, separated by commas."),
    "(active)": Preset("profile.active", "False if the hash is preceded by ! or *."),
    "(password hash)": Preset("authenticators.password.hash", "The hash."),
    "(hash format)": Preset("authenticators.password.format", "Detected from the hash."),
    "(hash parameters)": Preset(
        "authenticators.password.params", "The digest of a hash without a format marker."
    ),
}
LACKS = (
    "DokuWiki does not record whether addresses were verified.",
    "Permissions of groups are in conf/acl.auth.php.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    if tuple(columns) != FIELDS:
        return None
    return strong(
        "Its lines have a login, a hash, a name, an e-mail address and groups.",
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the account with its hash as columns."""
    text = read_text(values.get("password"))
    field = read_password_field(text)
    columns = dict(field.columns)
    for pattern, name in BARE_DIGESTS:
        if pattern.fullmatch(text):
            params = {"algorithm": name}
            columns = {HASH: text, "(hash format)": "digest", "(hash parameters)": params}
    derived = {
        **columns,
        "(subject id)": read_text(values.get("login")),
        "(active)": False if field.is_locked else None,
    }
    return {**omit(values, CONSUMED), **drop_blanks(derived)}


PROVIDER = Provider(
    name="dokuwiki",
    label="DokuWiki",
    how_to_export="Copy conf/users.auth.php from the directory of the wiki.",
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    lacks=LACKS,
    is_sparse=True,
)
