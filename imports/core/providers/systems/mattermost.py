"""Mattermost: the lines of a bulk export, of which those of type user are people.

Lines as in https://docs.mattermost.com/onboard/bulk-loading-data.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, certain
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    make_login,
    omit,
    read_text,
)

LINE = "(line)"
USER = "user"
KINDS = frozenset(
    {
        *("version", "emoji", "role", "scheme", "team", "channel", "user", "bot", "post"),
        *("direct_channel", "direct_post"),
    }
)
CONSUMED = frozenset({"delete_at", "roles", "auth_service", "auth_data", "teams"})
MARKS = frozenset({"auth_service", "delete_at", "notify_props", "teams", "tutorial_step"})

PRESETS = {
    "username": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The e-mail address."),
    "first_name": Preset("profile.given_name", "The first name."),
    "last_name": Preset("profile.family_name", "The last name."),
    "locale": Preset("profile.locale", "The chosen language."),
    "(active)": Preset("profile.active", "False if delete_at has a timestamp."),
    "password": Preset("authenticators.password.plaintext", "The password of an import file."),
    "(external logins)": Preset(
        "authenticators.external_logins", "auth_data, under the name in auth_service."
    ),
    "(roles)": Preset("memberships.roles", "roles, which spaces part."),
    "(groups)": Preset("memberships.groups", "The names of the teams."),
}
NOT_CARRIED = {
    "nickname": "A name shown in Mattermost.",
    "position": "Userferry has no field for it. Create an attribute for it.",
    "tutorialstep": "A setting in Mattermost.",
    "notifyprops": "Notifications in Mattermost.",
    "userteams": "Only the names of teams are imported. Their channels and settings are not.",
    "profileimage": "Pictures are imported as URLs, not as files.",
    "customstatus": "A status message.",
    "line": "The type of a line that is not a user. These lines are excluded.",
}
LACKS = (
    "A bulk export has no user ids, passwords or authenticator secrets. The table Users has them.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise lines that have what they are about under the name of their type."""
    if not rows or not all(is_line(row) for row in rows):
        return None
    kinds = {row["type"] for row in rows}
    if "version" in kinds and kinds <= KINDS:
        return certain("The lines begin with a version and have the types of a bulk export.")
    users = [row[USER] for row in rows if row["type"] == USER]
    if any(len(MARKS.intersection(user)) > 1 for user in users if isinstance(user, dict)):
        return certain("The lines have types, and those of users are Mattermost's bulk export.")
    return None


def is_line(row: Values) -> bool:
    """Return whether a row names its type, and is nothing but the member of that name."""
    kind = row.get("type")
    return isinstance(kind, str) and (kind in row or kind == "version")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user as columns; of any other line, its type."""
    user = values.get(USER)
    if values.get("type") != USER or not isinstance(user, dict):
        return {LINE: read_text(values.get("type"))}
    state = read_account_state(user.get("delete_at"), "disabled_since")
    derived = {
        "(active)": True if state is None else state,
        "(external logins)": list(list_logins(user)),
        "(roles)": read_text(user.get("roles")).split(),
        "(groups)": list(list_teams(user.get("teams"))),
    }
    return omit(user, CONSUMED) | drop_blanks(derived)


def list_logins(user: Values) -> Iterator[Values]:
    service = name_provider(read_text(user.get("auth_service")))
    yield from make_login(service, user.get("auth_data"))


def list_teams(teams: Any) -> Iterator[str]:
    yield from (name for team in list_objects(teams) if (name := read_text(team.get("name"))))


def excludes(values: Values) -> str:
    if LINE in values:
        return "A line about teams, channels, posts, bots or the export, not a person."
    return ""


PROVIDER = Provider(
    name="mattermost",
    label="Mattermost",
    how_to_export=(
        "On the server, run mmctl export create, and mmctl export download. Upload the JSONL file "
        "in the archive."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"deleteat", "userdeleteat"}),
    is_sparse=True,
)
