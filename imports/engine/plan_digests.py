"""Keep a dry run's plan for each row, and find the rows for which a run plans otherwise.

A plan, not the store, is what is compared: a change of the store that no plan depends on is none.
What stays the same as long as file and mapping do, such as secrets, is left out of the digests.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from imports.core.errors import ImporterError
from imports.core.planning.plans import Action, Plan
from imports.core.planning.wording import ChangedRow, ChangedRows, describe_changed_row
from imports.models import ImportChunk

# Row number, first letter of the action, and a digest of the rest of the plan.
ENTRY = struct.Struct(">qc8s")
ACTIONS = {action.value[0].encode(): action for action in Action}
# Of each chunk; the first of all are shown.
MAX_EXAMPLES = 10


def _as_it_is(value: Any) -> Any:
    return value


def _is_there(value: Any) -> bool:
    """Tell of a secret no more than that it is written."""
    return value is not None


# What an approval covers: the fields of a plan, and what of each is compared.
COVERED: Mapping[str, Callable[[Any], Any]] = {
    "user_id": _as_it_is,
    "profile": _as_it_is,
    "updated_at": _as_it_is,
    "attributes": _as_it_is,
    "claimed_attributes": _as_it_is,
    "password": _is_there,
    "plaintext": _is_there,
    "password_expires_at": _as_it_is,
    "primary_email": _as_it_is,
    "new_emails": _as_it_is,
    "verified_emails": _as_it_is,
    "logins": lambda logins: [[login.provider, login.subject] for login in logins],
    "totp": _is_there,
    "recovery_codes": len,
    "replaced_authenticators": _as_it_is,
    "passkeys": lambda passkeys: [passkey.credential_id for passkey in passkeys],
    "group_ids": _as_it_is,
    "role_ids": _as_it_is,
    "other_ids": _as_it_is,
    "cleared": _as_it_is,
    "released_attributes": _as_it_is,
    "lost_emails": _as_it_is,
    "lost_group_ids": _as_it_is,
    "lost_role_ids": _as_it_is,
    "changes": lambda changes: [[change.field, change.old, change.new] for change in changes],
    "problems": lambda problems: [problem.to_json() for problem in problems],
    "stops": _as_it_is,
}
# The fields that it need not cover, and why.
EXCUSED: Mapping[str, str] = {
    "row_number": "The digest is found by it.",
    "action": "It is kept beside the digest.",
    "subject_id": "It is the same as long as file and mapping are, and the user is covered.",
    "removed_authenticators": "They are known only once they are removed; their kinds are covered.",
    "decided": "What was decided shows in the action and the problems.",
    "existing": "A change of the store counts where it changes the plan.",
}


class PlanChanged(ImporterError):
    """What was approved is not what would be done now; the message says for which rows."""


def pack_plans(plans: Iterable[Plan], salt: bytes) -> bytes:
    """Return what is kept of the plans of a chunk."""
    return b"".join(
        ENTRY.pack(plan.row_number, plan.action.value[0].encode(), _digest(plan, salt))
        for plan in plans
    )


def find_plan_changes(plans: Sequence[Plan], chunk: ImportChunk, salt: bytes) -> ChangedRows:
    """Return how many of the plans differ from what was approved, and how the first of them do."""
    approved = {
        row_number: (action, digest)
        for row_number, action, digest in ENTRY.iter_unpack(bytes(chunk.planned or b""))
    }
    changed = [
        plan
        for plan in plans
        if approved.get(plan.row_number) != (plan.action.value[0].encode(), _digest(plan, salt))
    ]
    return {
        "rows": len(changed),
        "examples": [_describe(plan, approved) for plan in changed[:MAX_EXAMPLES]],
    }


def refuse_changed_plan(plans: Sequence[Plan], chunk: ImportChunk, salt: bytes) -> None:
    """Raise PlanChanged if the plans are not those that were approved."""
    changes = find_plan_changes(plans, chunk, salt)
    if not changes["rows"]:
        return
    # The message stays with the job for longer than it may name people.
    examples = " ".join(describe_changed_row({**each, "who": ""}) for each in changes["examples"])
    raise PlanChanged(
        f"Since the import began, the store has changed so that {changes['rows']:,} of the next "
        f"{len(plans):,} records would not become what was approved. {examples} Nothing of them "
        "was written. Revert that change and resume the import; or cancel it and import its file "
        "again: the dry run will find what is imported already."
    )


def _describe(plan: Plan, approved: dict[int, tuple[bytes, bytes]]) -> ChangedRow:
    before = approved.get(plan.row_number)
    return {
        "row": plan.row_number,
        "who": plan.subject_id,
        "approved": ACTIONS[before[0]].value if before else "",
        "now": plan.action.value,
        "codes": sorted({problem.code for problem in plan.problems}),
        "fields": sorted({change.field for change in plan.changes}),
    }


def _digest(plan: Plan, salt: bytes) -> bytes:
    content = [write(getattr(plan, name)) for name, write in COVERED.items()]
    encoded = orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(encoded, digest_size=8, key=salt).digest()
