"""Show users in Auth0's form; what only that form has is kept with the user.

Both kinds of metadata and the nickname are stored as they were sent, in the attribute `auth0`. What
the mapping of the connection takes from the metadata is shown as it is stored by now.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db.models.expressions import RawSQL

from accounts.models import User
from imports.core.providers.login_names import name_provider
from imports.core.providers.systems.auth0 import DATABASE, SOCIAL_KINDS
from imports.core.records.targets import ATTRIBUTES
from imports.models import Connection
from interfaces.auth0.provider import PROVIDER

# The attribute in which it is kept.
ATTRIBUTE = "auth0"
METADATA = PROVIDER.free_objects
KINDS_OF_LOGINS: Mapping[str, str] = {name_provider(kind): kind for kind in SOCIAL_KINDS.split()}
FIELDS = [
    "user_id",
    "email",
    "email_verified",
    "username",
    "phone_number",
    "phone_verified",
    "name",
    "nickname",
    "given_name",
    "family_name",
    "picture",
    "created_at",
    "updated_at",
    "last_login",
    "blocked",
    "identities",
    "user_metadata",
    "app_metadata",
]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept with a user, and whether the program has deleted them since."""

    nickname: str = ""
    metadata: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    is_deleted: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            **({"nickname": self.nickname} if self.nickname else {}),
            **{name: self.metadata[name] for name in METADATA if self.metadata.get(name)},
            **({"deleted": True} if self.is_deleted else {}),
        }

    def overlay(self, sent: Mapping[str, Any]) -> Kept:
        """Return what is to be kept when a program sends some members of it."""
        metadata = {name: sent[name] or {} for name in METADATA if name in sent}
        nickname = sent.get("nickname", self.nickname) or ""
        return replace(self, nickname=nickname, metadata={**self.metadata, **metadata})


def read_kept(user: User) -> Kept:
    stored = user.attributes.get(ATTRIBUTE)
    if not isinstance(stored, dict):
        return Kept()
    metadata = {name: stored[name] for name in METADATA if isinstance(stored.get(name), dict)}
    return Kept(str(stored.get("nickname") or ""), metadata, stored.get("deleted") is True)


class Composer:
    """Composes users for a connection: its mapping says what of the metadata is an attribute."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # By path in the user, the attribute that the mapping takes from there.
        self.attributes = {
            rule["source"]: rule["target"].removeprefix(f"{ATTRIBUTES}.")
            for rule in connection.mapping.get("rules", ())
            if rule["source"].partition(".")[0] in METADATA
            and rule["target"].startswith(f"{ATTRIBUTES}.")
        }

    def compose_all(self, users: Sequence[User]) -> Iterator[dict[str, Any]]:
        """Yield users in their order; what belongs to them is read together."""
        ids = _list_any([user.pk for user in users])
        verified = set(
            EmailAddress.objects.filter(user__in=ids, verified=True).values_list("user_id", "email")
        )
        logins: dict[int, list[tuple[str, str]]] = {}
        found = SocialAccount.objects.filter(user__in=ids).order_by("pk")
        for user_id, provider, uid in found.values_list("user_id", "provider", "uid"):
            logins.setdefault(user_id, []).append((provider, uid))
        for user in users:
            yield self._compose(user, (user.pk, user.email) in verified, logins.get(user.pk, ()))

    def compose(self, user: User) -> dict[str, Any]:
        return next(self.compose_all([user]))

    def _compose(
        self, user: User, is_verified: bool, logins: Iterable[tuple[str, str]]
    ) -> dict[str, Any]:
        kept = read_kept(user)
        email = user.email or ""
        texts = {
            "user_id": user.subject_id,
            "email": email,
            "username": user.username,
            "phone_number": user.phone,
            # Auth0 fills these two in likewise.
            "name": user.display_name or email,
            "nickname": kept.nickname or email.partition("@")[0],
            "given_name": user.given_name,
            "family_name": user.family_name,
            "picture": user.picture,
            "created_at": write_time(user.created_at),
            "updated_at": write_time(user.updated_at),
            "last_login": write_time(user.last_login or user.last_login_at_source),
        }
        return {
            **{name: value for name, value in texts.items() if value},
            **({"email_verified": is_verified} if email else {}),
            **({"phone_verified": user.phone_verified} if user.phone else {}),
            "blocked": not user.is_active,
            "identities": self._list_identities(user, logins),
            **self.show_metadata(user, kept),
        }

    def _list_identities(
        self, user: User, logins: Iterable[tuple[str, str]]
    ) -> list[dict[str, Any]]:
        own = {
            "connection": self.connection.source,
            "user_id": user.subject_id.removeprefix(f"{DATABASE}|"),
            "provider": DATABASE,
            "isSocial": False,
        }
        others = [
            {
                "connection": KINDS_OF_LOGINS.get(provider, provider),
                "user_id": uid,
                "provider": KINDS_OF_LOGINS.get(provider, provider),
                "isSocial": provider in KINDS_OF_LOGINS,
            }
            for provider, uid in logins
        ]
        return [own, *others]

    def show_metadata(self, user: User, kept: Kept) -> dict[str, dict[str, Any]]:
        """Return both kinds of metadata as they are by now."""
        shown = {name: kept.metadata.get(name) or {} for name in METADATA}
        if self.attributes:
            shown = copy.deepcopy(shown)
            for path, attribute in self.attributes.items():
                _settle(shown, path.split("."), user.attributes.get(attribute))
        return shown


def _list_any(ids: Sequence[int]) -> RawSQL:
    """Return the ids as one parameter, however many there are: thousands take long to bind."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


def _settle(shown: dict[str, dict[str, Any]], path: list[str], stored: Any) -> None:
    """Have a value of the metadata be what is stored, or not be there."""
    *parents, leaf = path
    node: Any = shown
    for name in parents:
        if stored is None and name not in node:
            return
        node = node.setdefault(name, {})
        if not isinstance(node, dict):
            return
    if stored is None:
        node.pop(leaf, None)
    else:
        node[leaf] = stored


def names_of(connection: Connection) -> tuple[str, str]:
    """Return what programs may call a connection."""
    return connection.source, connection.name


def write_time(time: datetime | None) -> str:
    if time is None:
        return ""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pick_fields(user: dict[str, Any], names: Sequence[str], *, is_kept: bool) -> dict[str, Any]:
    """Return a user with these members alone, or without them; all of them without names."""
    if not names:
        return user
    return {name: value for name, value in user.items() if (name in names) is is_kept}
