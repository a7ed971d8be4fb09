"""Note with a chunk whom its rows meet: nobody who is met is missing from the file."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from imports.core.mapping import MappedRow
from imports.core.planning.plans import Plan
from imports.engine.matching import read_presence
from imports.engine.snapshot import read_owners
from imports.models import ImportChunk


def begin_meeting(chunk: ImportChunk) -> None:
    """Forget whom the chunk met in an earlier phase: its rows are mapped again."""
    chunk.met = chunk.unknown = []


def note_met(chunk: ImportChunk, user_ids: Collection[int]) -> None:
    """Note that rows of the chunk mean these users, or have values of theirs; adds to others."""
    chunk.met = sorted({*(chunk.met or ()), *user_ids})


def finish_meeting(chunk: ImportChunk, rows: Sequence[MappedRow], plans: Sequence[Plan]) -> None:
    """Note whom rows mean that make no record, and those rows of which nothing tells that.

    The users whom the plans have created are met as well. A row that was excluded because it is not
    a person need not be anybody's.
    """
    note_met(chunk, _read_met([row for row in rows if row.record is None]))
    note_met(chunk, {plan.user_id for plan in plans if plan.user_id is not None})
    chunk.unknown = [
        row.row_number
        for row in rows
        if row.record is None and not row.keys and not row.is_excluded
    ]


def _read_met(rows: Sequence[MappedRow]) -> set[int]:
    keys = {key for row in rows for key in row.keys}
    if not keys:
        return set()
    named = read_presence([key.value for key in keys if key.kind == "subject_id"])
    usernames = [key.value for key in keys if key.kind == "username"]
    owners = read_owners(keys, usernames)
    return {user.id for user in named.values()} | {owner.user_id for owner in owners}
