"""Plan accepted rows of existing users: one row of each form for all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from imports.core.columns.table import HASH
from imports.core.planning.planner import plan_record
from imports.core.planning.plans import Action, Plan, Snapshot
from imports.core.planning.update import PASSWORD, plan_alike
from imports.core.readers.rows import decode_row
from imports.core.records.keys import key_record
from imports.engine.columns.comparing import CHANGEABLE
from imports.engine.columns.parts import Form, KnownRows
from imports.engine.context import JobContext

WRITTEN = frozenset({PASSWORD, *(f"profile.{name}" for name in CHANGEABLE)})


def plan_forms(rows: KnownRows, encoded: Sequence[bytes], context: JobContext) -> dict[Form, Plan]:
    """Return by form the plan of its first row, which is that of all of the form but for values.

    Only those that columns can write; `encoded` are all rows of the chunk.
    """
    plans: dict[Form, Plan | None] = {}
    for place, form in enumerate(rows.forms):
        if form not in plans:
            plans[form] = _plan(rows, place, encoded, context)
    return {form: plan for form, plan in plans.items() if plan and _is_written(plan)}


def _plan(
    rows: KnownRows, place: int, encoded: Sequence[bytes], context: JobContext
) -> Plan | None:
    row = context.map_row(decode_row(encoded[rows.table.places[place]]))
    if row.record is None:
        return None
    user = rows.users[place]
    keyed = key_record(row.record, context.options.unique_attributes)
    snapshot = Snapshot({user.subject_id: user}, {}, rows.groups, rows.roles, {})
    return plan_record(row.row_number, keyed, snapshot, context.options)


def _is_written(plan: Plan) -> bool:
    """Return whether columns can write what rows of the plan change, if anything."""
    if plan.stops or plan.action not in {Action.SKIP, Action.UPDATE}:
        return False
    return all(change.field in WRITTEN for change in plan.changes)


def plan_each(rows: KnownRows, plans: Mapping[Form, Plan]) -> Iterator[Plan]:
    """Yield the plan of each row, with its own values, in the order of the rows."""
    table = rows.table
    stamps, stored = table.get("profile.updated_at"), table.get(HASH)
    for place, (user, form) in enumerate(zip(rows.users, rows.forms, strict=True)):
        first = plans[form]
        yield plan_alike(
            first,
            table.row_numbers[place],
            user,
            {name: table.values[f"profile.{name}"][place] for name in first.profile},
            password=stored[place],
            updated_at=stamps[place],
        )
