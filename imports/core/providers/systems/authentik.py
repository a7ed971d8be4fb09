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
        "The hashed id, which is the “sub” claim of authentik's tokens by default.",
    ),
    "username": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "name": Preset("profile.display_name", "The full name, as one string."),
    "(picture)": Preset("profile.picture", "avatar, if it is an http or https URL."),
    "is_active": Preset("profile.active", "Whether the user can sign in.", (Boolean(),)),
    "date_joined": Preset("profile.created_at", "When the user was created."),
    "last_updated": Preset("profile.updated_at", "When the user was last changed."),
    "last_login": Preset("profile.last_login", "When the user last signed in."),
    "attributes.settings.locale": Preset("profile.locale", "The chosen language."),
    "(groups)": Preset("memberships.groups", "The names in groups_obj, or else the ids in groups."),
}
NOT_CARRIED = {
    "pk": "An internal number in authentik.",
    "uuid": "Another id of the user. By default, the “sub” claim of authentik's tokens is the uid.",
    "avatar": "A picture embedded in the export or generated from initials.",
    "issuperuser": "An import never creates administrators.",
    "path": "The folder in authentik.",
    "type": "Internal or external. Service accounts are excluded.",
    "passwordchangedate": "When the password was last changed.",
    "groups": "Groups are imported by name from groups_obj.",
    "groupsobj": "Only the name of each group is imported.",
    "roles": "Permissions within authentik.",
}
LACKS = (
    "The API does not return passwords. The column password of the table authentik_core_user "
    "has Django password hashes. Export that table to import them.",
    "User records do not say whether an address was verified.",
    "User records do not include authenticators or external logins.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the ids and kinds that authentik gives to every user."""
    users = [row for row in rows if is_user(row)]
    if not users or len(users) * 2 < len(rows):
        return None
    marks = sorted(MARKS.intersection(*users))
    return strong(f"Users have an authentik type together with {', '.join(marks)}.")


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
        return "An authentik service account, not a person."
    return ""


PROVIDER = Provider(
    name="authentik",
    label="authentik",
    how_to_export=(
        "Call GET /api/v3/core/users/?page_size=100&include_groups=true, continue with page=2 "
        "and so on until pagination.next is 0, and put the results into one JSON array. "
        "Blueprints (YAML) are not supported, because they have no user ids."
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
