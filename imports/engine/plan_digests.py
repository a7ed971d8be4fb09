"""Keeps what a check planned for each row, and finds the rows for which a run plans otherwise.

A plan, not the store, is what is compared: a change of the store that no plan depends on is none.
What stays the same as long as file and mapping do, such as secrets, is left out of the digests.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from imports.core.errors import ImporterError
from imports.core.planning.plans import Action, Plan
from imports.core.planning.wording import describe_drifted_row
from imports.models import ImportChunk

# Row number, first letter of the action, and a digest of the rest of the plan.
ENTRY = struct.Struct(">qc8s")
ACTIONS = {action.value[0].encode(): action for action in Action}
# Of each chunk; the first of all are shown.
MAX_EXAMPLES = 10


class PlanDrifted(ImporterError):
    """What was approved is not what would be done now; the message says for which rows."""


def pack_plans(plans: Iterable[Plan], salt: bytes) -> bytes:
    """Return what is kept of the plans of a chunk."""
    return b"".join(
        ENTRY.pack(plan.row_number, plan.action.value[0].encode(), _digest(plan, salt))
        for plan in plans
    )


def find_drift(plans: Sequence[Plan], chunk: ImportChunk, salt: bytes) -> dict[str, Any]:
    """Return how many of the plans differ from what was approved, and how the first of them do."""
    approved = {
        row_number: (action, digest)
        for row_number, action, digest in ENTRY.iter_unpack(bytes(chunk.planned or b""))
    }
    drifted = [
        plan
        for plan in plans
        if approved.get(plan.row_number) != (plan.action.value[0].encode(), _digest(plan, salt))
    ]
    return {
        "rows": len(drifted),
        "examples": [_describe(plan, approved) for plan in drifted[:MAX_EXAMPLES]],
    }


def refuse_drift(plans: Sequence[Plan], chunk: ImportChunk, salt: bytes) -> None:
    """Raise PlanDrifted if the plans are not those that were approved."""
    drift = find_drift(plans, chunk, salt)
    if not drift["rows"]:
        return
    # The message stays with the job for longer than it may name people.
    examples = " ".join(describe_drifted_row({**each, "who": ""}) for each in drift["examples"])
    raise PlanDrifted(
        f"Since the import began, the store has changed so that {drift['rows']:,} of the next"
        f" {len(plans):,} records would not become what was approved. {examples} Nothing of them"
        " was written. Take that change back and go on; or cancel the import and begin anew with"
        " its file: the check will meet what is imported already."
    )


def _describe(plan: Plan, approved: dict[int, tuple[bytes, bytes]]) -> dict[str, Any]:
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
    content = [
        plan.user_id,
        plan.profile,
        plan.updated_at,
        plan.attributes,
        plan.password_expires_at,
        plan.primary_email,
        plan.new_emails,
        plan.verified_emails,
        [[login.provider, login.subject] for login in plan.logins],
        [passkey.credential_id for passkey in plan.passkeys],
        plan.replaced_authenticators,
        plan.group_ids,
        plan.role_ids,
        [[change.field, change.old, change.new] for change in plan.changes],
        [problem.to_json() for problem in plan.problems],
        plan.stops,
        # What secrets are written at all.
        [plan.password is not None, plan.plaintext is not None, plan.totp is not None],
        len(plan.recovery_codes),
    ]
    encoded = orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(encoded, digest_size=8, key=salt).digest()
