"""Work on one chunk: plan it for the dry run, or plan and write it for the import run."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from imports.core.columns import Table
from imports.core.dry_run.accepted import AcceptedRows, find_odd_places
from imports.core.dry_run.tally import MAX_EXAMPLES
from imports.core.mapping import MappedRow
from imports.core.planning.planner import plan_concurrent, plan_failure
from imports.core.planning.plans import Action, Duplicate, Plan, PlanOptions
from imports.core.planning.unlike_people import decide_unlike
from imports.core.problems import Problem
from imports.engine.columns.changing import change_users
from imports.engine.columns.creating import create_users
from imports.engine.columns.deciding import part_rows
from imports.engine.columns.parts import Form, KnownRows, NewRows
from imports.engine.columns.planning import plan_forms
from imports.engine.columns.skipping import skip_users
from imports.engine.context import JobContext, map_rows, read_columns, read_duplicates
from imports.engine.counting import (
    FindingsFull,
    add_accepted,
    count_plans,
    report_chunk,
    report_losses,
)
from imports.engine.earlier_attempts import find_imported_before, find_matched_before
from imports.engine.joining import (
    gather_rows,
    group_rows,
    halve_rows,
    list_other_ids,
    mark_joined,
    note_decisions,
    plan_group,
)
from imports.engine.leavers.meeting import begin_meeting, finish_meeting, note_met
from imports.engine.matching import add_matches, count_known, count_matches, count_new
from imports.engine.plan_digests import (
    PlanChanged,
    find_plan_changes,
    pack_plans,
    refuse_changed_plan,
)
from imports.engine.releases import add_released, write_released
from imports.engine.snapshot import read_snapshot
from imports.engine.statuses import write_statuses
from imports.engine.unlike_users import find_strangers
from imports.engine.writing import write_plans
from imports.models import ImportChunk, Status

logger = logging.getLogger(__name__)

# How often a chunk is planned again because one of its values has come into use meanwhile.
REPLANS = 3


def plan_chunk(chunk: ImportChunk, context: JobContext) -> None:
    """Plan the chunk and count what would happen. Writes to no account table."""
    encoded, firsts = gather_rows(chunk)
    # Plans that are kept are those of records; joined rows are told in another order than the file.
    is_plain = not (context.keeps_plans or firsts)
    table = _read_plain(encoded, firsts, chunk, context) if is_plain else Table()
    table = table.without(find_odd_places(table))
    try:
        _plan_chunk(encoded, firsts, table, chunk, context)
    except FindingsFull:
        _plan_chunk(encoded, firsts, Table(), chunk, context)


def _plan_chunk(
    encoded: Sequence[bytes],
    firsts: Mapping[int, int],
    table: Table,
    chunk: ImportChunk,
    context: JobContext,
) -> None:
    """Count the statuses of a table's rows by columns, and those of all others by plans."""
    begin_meeting(chunk)
    accepted = _accept(table, encoded, chunk, context, lock=False, leaving=MAX_EXAMPLES)
    rows = list(
        mark_joined(map_rows(accepted.pick_left(encoded), chunk, context, with_source=True), firsts)
    )
    plans = plan_rows(rows, chunk, context, lock=False) if rows else []
    finish_meeting(chunk, rows, plans)
    note_met(chunk, accepted.known.met)
    rows = note_decisions(rows, plans, read_duplicates(chunk), context)
    matches = add_matches(
        _count_matches(rows, context.options) if rows else {},
        count_new(accepted.new.table, context.options.unique_attributes),
        count_known(accepted.known.table, context.options.unique_attributes),
    )
    chunk.counts = report_chunk(plans, rows, accepted.listed, context.column_use, matches)
    chunk.planned = pack_plans(plans, context.options.salt) if context.keeps_plans else None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Rows whose status columns can tell: of new users, and of existing ones with their plans."""

    new: NewRows
    known: KnownRows
    plans: Mapping[Form, Plan]

    @property
    def kept(self) -> KnownRows:
        """Return the rows whose users stay as they are."""
        return self._pick(Action.SKIP)

    @property
    def changed(self) -> KnownRows:
        """Return the rows whose users get other values."""
        return self._pick(Action.UPDATE)

    @property
    def listed(self) -> list[AcceptedRows]:
        """Return the rows as they are counted."""
        known = ((Status.SKIPPED, self.kept), (Status.UPDATED, self.changed))
        found = [
            AcceptedRows(Status.CREATED.value, self.new.table),
            *(
                AcceptedRows(status.value, rows.table, [self.plans[form] for form in rows.forms])
                for status, rows in known
            ),
        ]
        return [each for each in found if each.table]

    def pick_left(self, encoded: Sequence[bytes]) -> list[bytes]:
        """Return those of all rows that are planned as records."""
        taken = {*self.new.table.places, *self.known.table.places}
        return [line for place, line in enumerate(encoded) if place not in taken]

    def _pick(self, action: Action) -> KnownRows:
        return self.known.pick(lambda _, form: self.plans[form].action is action)


def _accept(
    table: Table,
    encoded: Sequence[bytes],
    chunk: ImportChunk,
    context: JobContext,
    *,
    lock: bool,
    leaving: int = 0,
) -> Accepted:
    """Return which rows columns can tell the status of, but for the first of existing users."""
    new, known = part_rows(table, chunk, context, lock=lock, leaving=leaving)
    plans = plan_forms(known, encoded, context)
    return Accepted(new, known.pick(lambda _, form: form in plans), plans)


def compare_chunk(chunk: ImportChunk, context: JobContext) -> None:
    """Plan the chunk again and count the differences from what was approved. Writes nothing."""
    encoded, firsts = gather_rows(chunk)
    rows = list(mark_joined(map_rows(encoded, chunk, context), firsts))
    plans = plan_rows(rows, chunk, context, lock=False)
    changes = find_plan_changes(plans, chunk, context.options.salt)
    chunk.counts = {"statuses": count_plans(plans), "changes": changes}


def write_chunk(chunk: ImportChunk, context: JobContext) -> Plan | None:
    """Plan and write the chunk, with a status for every row, in the open transaction.

    Plain rows whose users are new, stay as they are, or change in fields of their own are written
    by columns, all others by their plans. Returns the first of the plans that ask the job to stop,
    or None.
    """
    encoded, firsts = gather_rows(chunk)
    table = _read_plain(encoded, firsts, chunk, context)
    try:
        with transaction.atomic():
            plans = _write_chunk(encoded, firsts, table, chunk, context)
    except (OperationalError, InterfaceError, PlanChanged):
        raise
    except Exception as error:
        if not table:
            raise
        # Somebody took a value since it was looked for; or what rows tell depends on their order;
        # or a column has a fault that nobody knows of. The plans of all rows will tell.
        if not isinstance(error, IntegrityError | FindingsFull):
            _log_error(error, chunk, len(encoded))
        plans = _write_chunk(encoded, firsts, Table(), chunk, context)
    chunk.payload = chunk.planned = None
    return next((plan for plan in plans if plan.stops), None)


def _read_plain(
    encoded: Sequence[bytes], firsts: Mapping[int, int], chunk: ImportChunk, context: JobContext
) -> Table:
    """Return the rows that are accepted as columns, but for those that repeat or join others."""
    table = read_columns(encoded, chunk, context)
    apart = {*map(int, chunk.duplicates), *firsts, *firsts.values()}
    numbers = enumerate(table.row_numbers)
    return (
        table.without({place for place, number in numbers if number in apart}) if apart else table
    )


def _write_chunk(
    encoded: Sequence[bytes],
    firsts: Mapping[int, int],
    table: Table,
    chunk: ImportChunk,
    context: JobContext,
) -> list[Plan]:
    """Write what columns can tell of the rows of a table, all others by plans; return these."""
    begin_meeting(chunk)
    now, tells = timezone.now(), context.tells_losses
    accepted = _accept(table, encoded, chunk, context, lock=True)
    new, kept, changed = accepted.new, accepted.kept, accepted.changed
    created = create_users(new, chunk, context.source, now) if new.table else []
    if kept.table:
        skip_users(kept, accepted.plans, encoded, chunk, now)
    if changed.table:
        change_users(changed, accepted.plans, chunk, now)
    left = accepted.pick_left(encoded)
    rows = list(mark_joined(map_rows(left, chunk, context, with_source=tells), firsts))
    plans = write_rows(left, rows, chunk, context)
    add_accepted(chunk, accepted.listed)
    finish_meeting(chunk, rows, plans)
    note_met(chunk, {*created, *accepted.known.met})
    losses = report_losses(plans, rows, accepted.listed, context.column_use) if tells else {}
    chunk.losses = losses
    return plans


def write_rows(
    encoded: Sequence[bytes],
    rows: Sequence[MappedRow],
    chunk: ImportChunk,
    context: JobContext,
) -> list[Plan]:
    """Plan and write rows that are mapped already, with a status for each, in the transaction.

    `encoded` are the same rows as they were read, in the same order.
    """
    now = timezone.now()
    plans = _write(rows, chunk, context, now) if rows else []
    write_statuses(chunk, plans, rows, encoded, now)
    return plans


def plan_rows(
    rows: Sequence[MappedRow], chunk: ImportChunk, context: JobContext, *, lock: bool
) -> list[Plan]:
    """Return what would be done with rows. Writes nothing."""
    groups = list(group_rows(rows, context.options.unique_attributes))
    records = [group.keyed for group in groups if group.keyed is not None]
    duplicates = _find_repeated(rows, chunk, context)
    other_ids = list_other_ids(rows)
    snapshot = read_snapshot(records, duplicates, context.options, lock=lock, other_ids=other_ids)
    note_met(chunk, snapshot.met)
    firsts = [(group.rows[0], group.keyed) for group in groups if group.keyed is not None]
    duplicates |= find_matched_before(chunk, firsts, snapshot, context.options)
    snapshot.strangers = find_strangers(firsts, snapshot, context)
    if context.options.conflicts.may_update:
        add_released(snapshot, records, chunk, context.options)
    plans = [plan for group in groups for plan in plan_group(group, snapshot, context.options)]
    for plan in plans:
        if plan.row_number in snapshot.strangers:
            plan.decided.append(snapshot.strangers[plan.row_number])
    return plans


def _count_matches(rows: Sequence[MappedRow], options: PlanOptions) -> dict[str, list[int]]:
    groups = group_rows(rows, options.unique_attributes)
    records = [group.keyed for group in groups if group.keyed is not None]
    return count_matches(records, options.unique_attributes)


def _find_repeated(
    rows: Sequence[MappedRow], chunk: ImportChunk, context: JobContext
) -> dict[int, Duplicate]:
    """Return the rows that repeat an earlier one, and what was decided if the two are unlike."""
    found = find_imported_before(chunk, rows, context.options) | read_duplicates(chunk)
    answers = {row.row_number: row.answers for row in rows}
    return {
        number: replace(each, choice=decide_unlike(each.unlike, answers[number]).choice)
        if each.unlike and number in answers
        else each
        for number, each in found.items()
    }


def _write(
    rows: Sequence[MappedRow], chunk: ImportChunk, context: JobContext, now: datetime
) -> list[Plan]:
    """Plan and write rows all together; where that fails, halve them down to the guilty one."""
    fault: Problem | None = None
    for _ in range(REPLANS):
        try:
            with transaction.atomic():
                plans = plan_rows(rows, chunk, context, lock=True)
                if context.applies_plan:
                    refuse_changed_plan(plans, chunk, context.options.salt)
                write_plans(plans, now, context.source)
                write_released(plans, chunk, context.options)
        except IntegrityError:
            # Somebody else wrote one of the values since the snapshot: the next one shows it.
            fault = None
        except (OperationalError, InterfaceError, PlanChanged):
            # The connection or the server: the whole chunk is done again, elsewhere if need be.
            # A plan that nobody approved stops the job.
            raise
        except Exception as error:
            _log_error(error, chunk, len(rows))
            fault = Problem("errored", params={"detail": type(error).__name__})
            break
        else:
            return plans
    halves = halve_rows(rows)
    if not halves:
        return [_give_up(row, fault, context) for row in rows]
    return [plan for half in halves for plan in _write(half, chunk, context, now)]


def _give_up(row: MappedRow, fault: Problem | None, context: JobContext) -> Plan:
    """Return the plan of a row that cannot be written: for its fault, or for what others write."""
    subject_id = row.identifiers.get("subject_id", "")
    if fault is None:
        return plan_concurrent(row.row_number, subject_id, context.options)
    return plan_failure(row.row_number, subject_id, [fault])


def _log_error(error: Exception, chunk: ImportChunk, rows: int) -> None:
    """Log where it happened, but not the exception's text: it may quote what was written."""
    logger.error(
        "%s while writing %s rows of chunk %s\n%s",
        type(error).__name__,
        rows,
        chunk.pk,
        "".join(traceback.format_tb(error.__traceback__)),
    )
