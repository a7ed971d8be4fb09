"""Show users and groups as SCIM resources: as they were sent, where that is still what is stored.

What a program sent is kept with the user. Where a user has something else by now, because an
administrator or another import changed it or nothing of it was written, the resource has that.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from scim2_models import InvalidValueException, Meta, Resource

from accounts.identifiers import normalise_email
from accounts.models import Group, Role, User
from imports.core.providers import get_provider
from imports.core.providers.systems.scim import list_values
from imports.models import Connection
from imports.models.connections import EXTERNAL_ID_LENGTH
from interfaces.scim.models import USER_MODEL, ScimGroup

# The attribute in which what was sent is kept.
ATTRIBUTE = "scim"
USER, GROUP = "User", "Group"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
# Texts of the profile: the column that the mapping reads, the field, the path in a resource.
TEXTS = (
    ("(user name)", "username", ("userName",)),
    ("(given name)", "given_name", ("name", "givenName")),
    ("(family name)", "family_name", ("name", "familyName")),
    ("(display name)", "display_name", ("displayName",)),
    ("(locale)", "locale", ("locale",)),
    ("(time zone)", "zoneinfo", ("timezone",)),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept with a user: the resource as it was sent, and whether it was deleted since."""

    resource: dict[str, Any]
    is_deleted: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"resource": self.resource, **({"deleted": True} if self.is_deleted else {})}


def read_kept(user: User) -> Kept:
    stored = user.attributes.get(ATTRIBUTE)
    if not isinstance(stored, dict) or not isinstance(stored.get("resource"), dict):
        return Kept({})
    return Kept(stored["resource"], stored.get("deleted") is True)


class Composer:
    """Composes resources for a connection: its mapping says which of them is what of a user."""

    def __init__(self, connection: Connection) -> None:
        mapping = connection.mapping
        self._normalise = get_provider(mapping["provider"]).normalise
        self._answers = mapping.get("answers", {})
        self._targets: dict[str, set[str]] = {}
        self._roles: frozenset[str] | None = None
        for rule in mapping.get("rules", ()):
            self._targets.setdefault(rule["source"], set()).add(rule["target"])

    def maps(self, column: str, target: str) -> bool:
        return target in self._targets.get(column, ())

    def compose_user(self, user: User) -> Any:
        """Return the resource of a user whose addresses, groups and roles are prefetched."""
        content = self.write_user(user)
        resource = USER_MODEL.model_validate(content)
        resource.meta = Meta(
            resource_type=USER,
            created=user.created_at,
            last_modified=user.updated_at,
            version=name_version(content),
        )
        return resource

    def write_user(self, user: User) -> dict[str, Any]:
        """Return a user as the JSON of a resource, without what says when it changed."""
        content = copy.deepcopy(read_kept(user).resource)
        sent = self._normalise(write_row(content), self._answers)
        for column, field, path in TEXTS:
            if self.maps(column, f"profile.{field}"):
                _settle_text(content, path, str(sent.get(column) or ""), getattr(user, field) or "")
        # Who is not disabled need not be said to be active, where the program does not say so.
        if not user.is_active or "active" in content or not content:
            content["active"] = user.is_active
        if self.maps("(email)", "profile.email"):
            with_further = self.maps("(further emails)", "profile.emails")
            _settle_emails(content, user, with_further=with_further)
        if self.maps("(phone)", "profile.phone"):
            phone = str(sent.get("(phone)") or "")
            _settle_value(content, "phoneNumbers", phone, user.phone or "", "mobile")
        if self.maps("(picture)", "profile.picture"):
            _settle_value(content, "photos", str(sent.get("(picture)") or ""), user.picture)
        if self.maps("(roles)", "memberships.roles"):
            self._settle_roles(content, {role.key for role in user.roles.all()})
        content.setdefault("userName", user.email or user.subject_id)
        content["id"] = user.subject_id
        content["schemas"] = [CORE, *(name for name in content if name.startswith("urn:"))]
        content["groups"] = [_name_group(group) for group in user.groups.all()]
        return content

    def _settle_roles(self, content: dict[str, Any], has: set[str]) -> None:
        """Show the roles that the user has; those that were sent and do not exist stay as sent."""
        entries = content.get("roles", [])
        kept = [
            each
            for each in entries
            if each.get("value") in has or each.get("value") not in self.roles
        ]
        added = [{"value": key} for key in sorted(has - {each.get("value") for each in kept})]
        _put(content, "roles", [*kept, *added])

    @property
    def roles(self) -> frozenset[str]:
        """Return the keys of all roles, asked for once."""
        if self._roles is None:
            self._roles = frozenset(Role.objects.values_list("key", flat=True))
        return self._roles


def write_row(
    content: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
    kept: Kept | None = None,
) -> dict[str, Any]:
    """Return the row of a resource: what it is, what it was, and what to keep of it."""
    return {
        "method": "PUT",
        "data": dict(content),
        "before": None if before is None else dict(before),
        "resource": kept.to_json() if kept else None,
    }


def check_external_id(resource: Resource[Any]) -> None:
    """Raise InvalidValueException for one that is longer than any that is looked up."""
    if len(resource.external_id or "") > EXTERNAL_ID_LENGTH:
        raise InvalidValueException(
            detail=f"externalId: The value has more than {EXTERNAL_ID_LENGTH} characters."
        )


def _settle_text(content: dict[str, Any], path: tuple[str, ...], sent: str, stored: str) -> None:
    """Have a text of the resource say what is stored, unless that is what was sent."""
    if sent.strip() == stored:
        return
    *parents, leaf = path
    node = content
    for name in parents:
        node = node.setdefault(name, {})
    if stored:
        node[leaf] = stored
    else:
        node.pop(leaf, None)


def _settle_emails(content: dict[str, Any], user: User, *, with_further: bool) -> None:
    """Keep the entries of the addresses that the user has, and add those of the others."""
    addresses = {user.email: True} if user.email else {}
    if with_further:
        for each in user.emailaddress_set.all():  # type: ignore[attr-defined]
            addresses.setdefault(each.email, False)
    else:
        for each in content.get("emails", ()):
            addresses.setdefault(normalise_email(str(each.get("value") or "")), False)
    _settle_entries(content, "emails", addresses, normalise_email)


def _settle_value(
    content: dict[str, Any], name: str, sent: str, stored: str, preferred: str = ""
) -> None:
    """Show what is stored in the place of the entry that would be the user's."""
    if sent == stored:
        return
    entries = content.get(name, [])
    picked = "".join(list_values(entries, preferred)[:1]) if sent else ""
    shown = [{**each, "value": stored} if each.get("value") == picked else each for each in entries]
    if stored and not picked:
        shown.append({"value": stored, "primary": True})
    _put(content, name, [each for each in shown if each.get("value")])


def _settle_entries(
    content: dict[str, Any],
    name: str,
    stored: Mapping[str, bool],
    normalise: Callable[[str], str],
) -> None:
    sent = content.get(name, [])
    kept = [each for each in sent if normalise(str(each.get("value") or "")) in stored]
    found = {normalise(str(each["value"])) for each in kept}
    added = [
        {"value": value, **({"primary": True} if is_primary else {})}
        for value, is_primary in stored.items()
        if value not in found
    ]
    if any(each.get("primary") for each in added):
        kept = [{name: item for name, item in each.items() if name != "primary"} for each in kept]
    _put(content, name, [*kept, *added])


def _put(content: dict[str, Any], name: str, entries: list[dict[str, Any]]) -> None:
    if entries:
        content[name] = entries
    else:
        content.pop(name, None)


def _name_group(group: Group) -> dict[str, Any]:
    return {
        "value": str(group.pk),
        "$ref": f"Groups/{group.pk}",
        "display": group.name or group.key,
        "type": "direct",
    }


def compose_group(
    group: Group,
    members: Iterable[User],
    external_id: str,
    dates: tuple[datetime | None, datetime | None],
) -> ScimGroup:
    """Return the resource of a group with these members; `dates` are its making and last change."""
    content: dict[str, Any] = {"id": str(group.pk), "displayName": group.name or group.key}
    if external_id:
        content["externalId"] = external_id
    content["members"] = [
        {
            "value": user.subject_id,
            "$ref": f"Users/{user.subject_id}",
            "type": USER,
        }
        for user in members
    ]
    resource = ScimGroup.model_validate(content)
    resource.meta = Meta(
        resource_type=GROUP,
        created=dates[0],
        last_modified=dates[1],
        version=name_version(content),
    )
    return resource


def name_version(content: dict[str, Any]) -> str:
    """Return the weak tag of what a resource says: another one whenever it says something else."""
    written = orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str)
    return f'W/"{hashlib.blake2b(written, digest_size=8).hexdigest()}"'
