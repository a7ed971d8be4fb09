"""authentik: users as its API answers them.

Fields as in https://docs.goauthentik.io/developer-docs/api/reference/core-users-list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.values import drop_blanks, list_objects, list_texts, omit, read_text
from imports.core.transforms.families.words import Boolean

MARKS = frozenset({"uid", "path", "uuid", "groups_obj", "date_joined", "password_change_date"})
ENOUGH_MARKS = 3
PEOPLE = frozenset({"internal", "external"})
SERVICES = frozenset({"service_account", "internal_service_account"})

PRESETS = {
    "uid": Preset(
        "subject_id",
        "The hashed id, which is the “sub” of authentik's tokens unless a provider is set to "
        "another.",
    ),
    "username": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "name": Preset("profile.display_name", "The whole name, which is one text."),
    "(picture)": Preset("profile.picture", "avatar where it is a URL of the web."),
    "is_active": Preset("profile.active", "Whether the user can sign in.", (Boolean(),)),
    "date_joined": Preset("profile.created_at", "When the user was made."),
    "last_updated": Preset("profile.updated_at", "When the user was last changed."),
    "last_login": Preset("profile.last_login", "When the user last signed in."),
    "attributes.settings.locale": Preset("profile.locale", "The language that was chosen."),
    "(groups)": Preset("memberships.groups", "The names in groups_obj, or else the ids in groups."),
}
NOT_CARRIED = {
    "pk": "A number inside authentik.",
    "uuid": "Another id of the user; the “sub” of its tokens is the uid unless set otherwise.",
    "avatar": "A picture inside the export, or made up of initials.",
    "issuperuser": "An import creates no administrators.",
    "path": "The folder in authentik.",
    "type": "Internal or external; service accounts are excluded.",
    "passwordchangedate": "When the password was last changed.",
    "groups": "Groups are imported by their names in groups_obj.",
    "groupsobj": "Of each group, the name is imported.",
    "roles": "What the user may do in authentik itself.",
}
LACKS = (
    "The API shows no passwords: the column password of the table authentik_core_user has them as "
    "Django's, and is read as Django's where you export that table.",
    "Whether an address was verified is not part of a user.",
    "Authenticators and logins at other providers are not part of a user.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the ids and kinds that authentik gives to every user."""
    users = [row for row in rows if is_user(row)]
    if not users or len(users) * 2 < len(rows):
        return None
    marks = sorted(MARKS.intersection(*users))
    return strong(f"Users have a type of authentik's beside {', '.join(marks)}.")


def is_user(row: Values) -> bool:
    is_typed = read_text(row.get("type")) in PEOPLE | SERVICES
    return is_typed and "username" in row and len(MARKS.intersection(row)) >= ENOUGH_MARKS


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with groups by name, and a picture that can be shown."""
    names = [read_text(each.get("name")) for each in list_objects(values.get("groups_obj"))]
    groups = list(filter(None, names)) or list_texts(values.get("groups"))
    avatar = read_text(values.get("avatar"))
    derived: dict[str, Any] = {
        "(groups)": list(dict.fromkeys(groups)),
        "(picture)": avatar if avatar.startswith(("https://", "http://")) else "",
    }
    taken = {"avatar"} if derived["(picture)"] else set()
    return omit(values, taken | {"groups_obj", "groups"}) | drop_blanks(derived)


def excludes(values: Values) -> str:
    if read_text(values.get("type")) in SERVICES:
        return "A service account of authentik, which is not a person."
    return ""


PROVIDER = Provider(
    name="authentik",
    label="authentik",
    how_to_export=(
        "Ask the API for GET /api/v3/core/users/?page_size=100&include_groups=true, going on with "
        "page=2 and so on while pagination.next is not 0, and put the results into one JSON array. "
        "A blueprint (YAML) is not read: it sets up users and has no ids."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"type"}),
    is_sparse=True,
)
