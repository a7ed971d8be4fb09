"""Export users: who may, what is noted of it, and the stream of bytes."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permission_areas import describe_permission
from exports.engine.portions import Tally
from exports.engine.reading import (
    read_group_keys,
    read_portions,
    read_role_keys,
    taking_snapshot,
)
from exports.models import Channel, Export, ExportState
from exports.selection import (
    ADMINISTRATORS,
    Selection,
    exclude_administrators,
    exclude_more_powerful,
    find_more_powerful,
    select_users,
)
from exports.targets import Context, Shape, Target
from imports.core.errors import ImporterError

logger = logging.getLogger(__name__)

# Why users are not exported, as it is counted.
ADMINISTRATORS_EXCLUDED, MORE_POWERFUL_EXCLUDED = "administrators", "more_powerful"
VIEW_USER, EXPORT_CREDENTIALS = "accounts.view_user", "accounts.export_credentials"


class PermissionMissing(ImporterError):
    """Somebody may not export what they ask for; `permission` is what they lack."""

    def __init__(self, actor: User, permission: str) -> None:
        described = f"“{describe_permission(permission)}” ({permission})"
        super().__init__(f"{actor} needs the permission {described}.")
        self.permission = permission


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants exported, and in which form."""

    target: Target
    shape: str
    selection: Selection
    with_credentials: bool = False

    @property
    def form(self) -> Shape:
        return self.target.shapes[self.shape]


def list_needed(*, with_credentials: bool) -> list[str]:
    """Return the permissions that an export takes."""
    return [VIEW_USER, EXPORT_CREDENTIALS] if with_credentials else [VIEW_USER]


def require_permissions(actor: User, *, with_credentials: bool) -> None:
    """Raise PermissionMissing for the first permission that the actor lacks for an export."""
    for permission in list_needed(with_credentials=with_credentials):
        if not actor.has_perm(permission):
            raise PermissionMissing(actor, permission)


@dataclass(frozen=True, slots=True)
class Preview:
    """How many users an export would have, and how many it excludes, by reason."""

    users: int
    excluded: Mapping[str, int]


def preview_export(order: Order, actor: User) -> Preview:
    """Count what an export would have; raises SelectionError."""
    return Preview(choose_users(order, actor).count(), dict(_count_excluded(order, actor)))


def choose_users(order: Order, actor: User) -> QuerySet[User]:
    """Return the users of an export; raises SelectionError."""
    users = exclude_administrators(select_users(order.selection))
    return exclude_more_powerful(users, actor) if order.with_credentials else users


def _count_excluded(order: Order, actor: User) -> Iterator[tuple[str, int]]:
    """Yield for each reason how many users of the selection are excluded, unless there are none."""
    users = select_users(order.selection)
    if administrators := users.filter(ADMINISTRATORS).count():
        yield ADMINISTRATORS_EXCLUDED, administrators
    if order.with_credentials:
        others = find_more_powerful(exclude_administrators(users), actor)
        if count := others.count():
            yield MORE_POWERFUL_EXCLUDED, count


def begin_export(order: Order, *, actor: User, channel: Channel, taker: str = "") -> Export:
    """Note that users are exported; raises PermissionMissing and SelectionError, noting nothing."""
    require_permissions(actor, with_credentials=order.with_credentials)
    select_users(order.selection)
    return note_export(
        order.target.name,
        order.shape,
        order.selection,
        actor=actor,
        channel=channel,
        taker=taker,
        with_credentials=order.with_credentials,
    )


def note_export(
    target: str,
    shape: str,
    selection: Selection,
    *,
    actor: User,
    channel: Channel,
    taker: str,
    with_credentials: bool,
) -> Export:
    """Add the line of an export to their activity log, before the first user is sent."""
    return Export.objects.create(
        target=target,
        shape=shape,
        selection=selection.to_json(),
        actor=actor,
        channel=channel,
        taker=taker,
        with_credentials=with_credentials,
    )


def stream_export(export: Export, order: Order, actor: User) -> Generator[bytes, None, None]:
    """Yield the bytes of an export that has begun, and note how it ends.

    All of it is of one snapshot, taken when the first bytes are asked for. A stream that ends by
    an exception is incomplete.
    """
    tally = Tally()
    with noting_end(export, tally), taking_snapshot():
        tally.excluded.update(dict(_count_excluded(order, actor)))
        context = Context(order.with_credentials, read_group_keys(), read_role_keys(), tally)
        yield from _write(order, choose_users(order, actor), context)


def _write(order: Order, users: QuerySet[User], context: Context) -> Iterator[bytes]:
    target, shape = order.target, order.form
    columns, parts = [*target.columns], {*target.parts}
    if order.with_credentials:
        columns += target.credential_columns
        parts.add("authenticators")
    write = target.make_writer(context)
    before = shape.opening
    limit = order.selection.limit
    for portion in read_portions(users, columns, parts=parts, limit=limit):
        yield (before + shape.separator.join(write(portion))).encode()
        context.tally.users += len(portion.users)
        before = shape.separator
    yield (shape.closing if context.tally.users else shape.empty).encode()


@contextmanager
def noting_end(export: Export, tally: Tally) -> Iterator[None]:
    """Note how an export ends, whatever ends it: a receiver that hangs up counts as such."""
    state = ExportState.ERRORED
    try:
        yield
        state = ExportState.COMPLETE
    except GeneratorExit:
        state = ExportState.INTERRUPTED
        raise
    finally:
        _note_end(export, state, tally)


def _note_end(export: Export, state: ExportState, tally: Tally) -> None:
    export.state, export.ended_at = state, timezone.now()
    export.users, export.excluded = tally.users, dict(tally.excluded)
    try:
        export.save(update_fields=["state", "ended_at", "users", "excluded"])
    except DatabaseError:
        # Where the database is gone, it says “Not finished”.
        logger.error("The end of export %s (%s) could not be noted.", export.pk, state)
