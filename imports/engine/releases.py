"""Keep the values that updates set free taken until the attempt ends, whichever chunk is first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence

from imports.core.planning.plans import Action, ExistingUser, Plan, PlanOptions, Snapshot
from imports.core.records.keys import (
    NAME_KINDS,
    Key,
    KeyedRecord,
    digest_key,
    username_key,
)
from imports.engine.copying import copy_rows
from imports.models import ImportChunk, ReleasedValue

# Records of a file add e-mail addresses, logins and passkeys to a user and never take one away; but
# an address may be what was somebody's user name.
RELEASABLE = (*NAME_KINDS, "attribute:")


def add_released(
    snapshot: Snapshot,
    records: Iterable[KeyedRecord],
    chunk: ImportChunk,
    options: PlanOptions,
) -> None:
    """Add to a snapshot's owners those that had a value when the attempt began.

    To be called after the snapshot was read: a value is in the one or the other.
    """
    keys = (key for record in records for key in record.keys)
    for key, owner in find_released(keys, chunk, options).items():
        snapshot.owners.setdefault(key, owner)


def find_released(keys: Iterable[Key], chunk: ImportChunk, options: PlanOptions) -> dict[Key, str]:
    """Return which of the keys had an owner when the attempt began, and have none since."""
    released = ReleasedValue.objects.filter(job_id=chunk.job_id, attempt=chunk.attempt)
    if not released.exists():
        return {}
    digests = {
        uuid.UUID(bytes=digest_key(key, options.salt)): key
        for key in keys
        if key.kind.startswith(RELEASABLE)
    }
    found = released.filter(digest__in=list(digests)).values_list("digest", "owner")
    return {digests[digest]: owner for digest, owner in found}


def write_released(plans: Sequence[Plan], chunk: ImportChunk, options: PlanOptions) -> None:
    """Note the values that the plans take from their own users, in the open transaction."""
    rows = [
        (
            chunk.job_id,
            chunk.attempt,
            uuid.UUID(bytes=digest_key(key, options.salt)),
            plan.existing.subject_id,
        )
        for plan in plans
        if plan.action is Action.UPDATE and plan.existing is not None
        for key in _list_released(plan, plan.existing)
    ]
    if rows:
        copy_rows(ReleasedValue, ("job_id", "attempt", "digest", "owner"), rows)


def _list_released(plan: Plan, user: ExistingUser) -> Iterator[Key]:
    username, phone = user.profile["username"], user.profile["phone"]
    if "username" in plan.profile and username:
        old = username_key(username)
        if old != username_key(plan.profile["username"]):
            yield old
    if "phone" in plan.profile and phone:
        yield Key("phone", phone)
    for name in plan.claimed_attributes:
        if name in user.attributes:
            yield Key(f"attribute:{name}", str(user.attributes[name]))
