"""The users of a connection: those of its source, and those it was matched with."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from scim2_models import (
    ConflictException,
    Context,
    InvalidValueException,
    NotFoundException,
    Resource,
    UniquenessException,
)
from scim2_models.path import FilterNode

from accounts.models import User
from imports.models import Connection, OtherSubjectId, Status
from imports.services.connections.batches import Outcome
from interfaces.scim.filters import name_external, narrow, narrow_users
from interfaces.scim.resources import (
    ATTRIBUTE,
    Composer,
    Kept,
    check_external_id,
    read_kept,
    write_row,
)
from interfaces.scim.writing import KEPT, write_changes, write_new

# Who was deleted, and was not enabled again by an administrator or an undo.
IS_DELETED = Q(is_active=False, attributes__contains={ATTRIBUTE: {"deleted": True}})
# What is read together: one cannot be told without the others.
TOGETHER = (
    frozenset({"displayName", "name"}),
    frozenset({"locale", "preferredLanguage"}),
    frozenset({"phoneNumbers", "addresses"}),
)
# Of a resource what is not the client's to say, or says nothing of the user.
NOT_SAID = frozenset({"id", "meta", "schemas", "groups"})


class Users:
    """The users whom one request reads and writes."""

    view_permission = "accounts.view_user"

    def __init__(self, connection: Connection, composer: Composer) -> None:
        self.connection, self.composer = connection, composer
        # As they were read: by id, the user and their resource.
        self._read: dict[str, tuple[User, dict[str, Any]]] = {}

    def select_all(self) -> QuerySet[User]:
        """Return those who belong to the connection, also who was deleted."""
        source = self.connection.source
        linked = OtherSubjectId.objects.filter(source=source).values("user_id")
        people = User.objects.filter(is_staff=False, is_superuser=False)
        return people.filter(Q(source=source) | Q(pk__in=linked))

    def select(self, node: FilterNode | None) -> QuerySet[User]:
        """Return those among whom all are whom a filter matches, in the order of their making."""
        users = self.select_all().exclude(IS_DELETED)
        return narrow(users, narrow_users(node, self.composer)).order_by("pk")

    def compose(self, rows: Iterable[User], request: Any) -> list[Resource[Any]]:
        """Return the resources of users, in their order."""
        found = list(rows)
        prefetch_related_objects(found, "emailaddress_set", "groups", "roles")
        return [self.composer.compose_user(user) for user in found]

    def find(self, subject_id: str) -> User | None:
        return self.select(None).filter(subject_id=subject_id).first()

    def read(self, resource_id: str, parameters: Any) -> Resource[Any] | None:
        user = self.find(resource_id)
        if user is None:
            return None
        self._remember(user)
        return self.composer.compose_user(user)

    def _remember(self, user: User) -> None:
        self._read[user.subject_id] = user, write_sent(self.composer.compose_user(user))

    def create(self, resource: Resource[Any]) -> Resource[Any]:
        """Create a user, or bring back who was deleted; raises a SCIMException."""
        sent = write_sent(resource)
        deleted = self._find_deleted(sent)
        if deleted is not None:
            self._remember(deleted)
            self._change(deleted.subject_id, {"active": True, **sent})
            return self._read_again(deleted.pk)
        new_id = str(uuid.uuid4())

        def refuse_known(outcome: Outcome) -> None:
            if outcome.status is not Status.CREATED and self._is_known(outcome.user_id, new_id):
                raise UniquenessException(detail="userName: This user exists already.")

        row = write_row(self._drop_unknown_roles({"id": new_id, **sent}), kept=Kept(keep(sent)))
        return self._read_again(write_new(self.connection, row, refuse_known).user_id)

    def _is_known(self, user_id: int | None, new_id: str) -> bool:
        """Return whether a user belonged to the connection before this request."""
        if user_id is None:
            return False
        source = self.connection.source
        linked = OtherSubjectId.objects.filter(user_id=user_id, source=source)
        own = User.objects.filter(pk=user_id, source=source)
        return own.exists() or linked.exclude(subject_id=new_id).exists()

    def update(self, resource: Resource[Any]) -> Resource[Any]:
        user, _ = self._read[str(resource.id)]
        self._change(user.subject_id, write_sent(resource))
        return self._read_again(user.pk)

    def delete(self, resource_id: str) -> None:
        """Disable a user; they are hidden from now on, not removed."""
        user, before = self._read[resource_id]
        kept = Kept(keep(before), is_deleted=True)
        old = {"id": resource_id, "active": user.is_active}
        row = write_row({"id": resource_id, "active": False}, old, kept)
        self._write(resource_id, row)

    def _change(self, subject_id: str, sent: dict[str, Any]) -> None:
        """Write what differs from what was read, and what is gone of it."""
        _, before = self._read[subject_id]
        changed = list_changed(before, sent)
        old = {name: before[name] for name in changed if name in before}
        new = {name: sent[name] for name in changed if name in sent}
        if "password" in sent:
            new["password"] = sent["password"]
        if "active" in old and "active" not in new:
            new["active"] = True
        row = write_row(
            self._drop_unknown_roles({"id": subject_id, **new}),
            self._drop_unknown_roles({"id": subject_id, **old}),
            Kept(keep(sent)),
        )
        self._write(subject_id, row)

    def _write(self, subject_id: str, row: dict[str, Any]) -> None:
        user, _ = self._read[subject_id]
        known = read_kept(user).to_json() if ATTRIBUTE in user.attributes else None

        def refuse_changed(outcomes: list[Outcome]) -> None:
            for field, old, _ in outcomes[0].changes:
                if field == KEPT and old != known:
                    raise ConflictException(
                        detail="Somebody else has changed this user at the same time. Read the"
                        " user, then change it again."
                    )

        write_changes(self.connection, [row], refuse_changed)

    def _read_again(self, pk: int | None) -> Resource[Any]:
        user = None if pk is None else User.objects.filter(pk=pk).first()
        if user is None:
            raise NotFoundException(detail="The user was deleted in the meantime.")
        return self.composer.compose_user(user)

    def _find_deleted(self, sent: Mapping[str, Any]) -> User | None:
        """Return who was deleted and is meant again, by user name or by the client's own id."""
        deleted = self.select_all().filter(IS_DELETED)
        found = Q(username__iexact=sent["userName"])
        if external_id := sent.get("externalId"):
            found |= name_external(external_id)
        return deleted.filter(found).order_by("-updated_at").first()

    def _drop_unknown_roles(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return a resource with those roles alone that exist: of others nothing is given."""
        if not content.get("roles"):
            return content
        known = [each for each in content["roles"] if each.get("value") in self.composer.roles]
        return {**content, "roles": known}


def write_sent(resource: Any) -> dict[str, Any]:
    """Return what a client said of a user, as JSON: without what is not for it to say."""
    check_external_id(resource)
    if not (resource.user_name or "").strip():
        raise InvalidValueException(detail="userName: A value is required.")
    content = resource.model_dump(scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
    return {name: value for name, value in content.items() if name not in NOT_SAID}


def keep(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of it: everything but the password."""
    return {name: value for name, value in sent.items() if name != "password"}


def list_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """Return the attributes that differ, with those that are read together with them."""
    names = {*before, *after} - {"password"}
    changed = {name for name in names if before.get(name) != after.get(name)}
    return changed.union(*(each for each in TOGETHER if each & changed))
