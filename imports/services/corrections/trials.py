"""Try possible corrections on some records of an error group before all are retried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.hashing import FORMATS
from accounts.models import User
from imports.core.corrections.amendments import Repair, find_target
from imports.core.corrections.extra_cells import has_surplus_text, list_columns
from imports.core.decisions import write_key
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import clean_text
from imports.core.mapping import MappedRow
from imports.core.mapping.rules import PERSONAL_TARGETS, SECRET_CONSTANTS
from imports.core.mapping.sources import compile_source
from imports.core.planning.plans import Action, Plan
from imports.core.problems import Correction, Problem
from imports.core.providers import get_provider
from imports.core.readers import RawRow, ReaderOptions
from imports.core.transforms.contract import write_scalar
from imports.engine.chunks import plan_rows
from imports.engine.context import JobContext, load_context
from imports.engine.files.staging import list_retryable
from imports.engine.statuses import digest_cause, find_decisive
from imports.models import ImportChunk, ImportJob
from imports.record_filters import RecordFilter
from imports.services.corrections.corrections import Change, make_amendments
from imports.services.corrections.edits import read_row
from imports.services.mapping.previews import find_secret_targets

SAMPLE = 20
# On which all hash formats are tried.
FORMAT_SAMPLE = 5
# Of which the values are shown that could become others.
VALUE_SAMPLE = 200
MAX_VALUES = 20
VALUE_LENGTH = 200
# Columns that are tried as those whose value was cut.
MAX_JOINED = 60
# Parts of the record that are nothing without one of their fields.
WHOLE_PARTS = ("authenticators.password", "authenticators.totp")


@dataclass(frozen=True, slots=True)
class Cause:
    """What failed records have in common, how many they are, and the first of them."""

    digest: str
    problem: Problem
    count: int
    first_row: int


@dataclass(frozen=True, slots=True)
class Trial:
    """One change, and what it would do to the first records of a cause.

    Of `tried` records it takes away from `mended` what they fail for; `imported` of those then
    succeed, and `left` is what most of the others fail for next.
    """

    change: Change
    tried: int
    mended: int
    imported: int
    left: Problem | None


@dataclass(frozen=True, slots=True)
class Trials:
    """What would come of another try of `tried` records: as they are, and after changes."""

    tried: int
    imported: int
    changes: list[Trial]


def try_repairs(job: ImportJob, cause: Cause, *, actor: User) -> Trials:
    """Try the changes that need nothing to be filled in; those that mend nothing are left out."""
    rows = _read_rows(job, cause, SAMPLE)
    context = load_context(job, actor=actor)
    now = _plan(job, [context.map_row(row) for row in rows], context)
    failing = [find_decisive(plan) if plan.action is Action.FAIL else None for plan in now]
    changes = _propose(cause.problem, rows)
    trials = [_try(job, change, rows, failing, context) for change in changes]
    imported = sum(1 for problem in failing if problem is None)
    return Trials(len(rows), imported, [trial for trial in trials if trial.mended])


def _propose(problem: Problem, rows: Iterable[RawRow]) -> Iterator[Change]:
    if Correction.ANSWER in problem.kind.corrections:
        return  # to change the value could hide what the decision is about
    if Correction.CELLS in problem.kind.corrections:
        yield Change(Repair.CUT_BLANK)
        if any(map(has_surplus_text, rows)):
            yield Change(Repair.CUT)
    target = find_target(problem.field)
    if target:
        yield Change(Repair.TRIM, target)
        yield Change(Repair.LOWER, target)
    if ignored := find_ignorable(problem):
        yield Change(Repair.IGNORE, ignored)


def find_ignorable(problem: Problem) -> str:
    """Return what can be left out of the record so that it has this problem no more."""
    if Correction.ANSWER in problem.kind.corrections:
        return ""
    part = next((part for part in WHOLE_PARTS if problem.field.startswith(part)), "")
    if Correction.IGNORE in problem.kind.corrections:
        return problem.field
    target = part or find_target(problem.field)
    # Single groups and roles can be left behind; all of them would be too many.
    return "" if target == "subject_id" or target.startswith("memberships.") else target


def list_answers(job: ImportJob, cause: Cause) -> list[Change]:
    """Return the answers to the decision for want of which the cause's records failed, as changes.

    Nothing for any other cause. What is proposed comes first.
    """
    problem, context = cause.problem, load_context(job)
    if Correction.ANSWER not in problem.kind.corrections:
        return []
    concerns = [
        decided.concern
        for raw in _read_rows(job, cause, SAMPLE)
        for decided in context.map_row(raw).decided
        if decided.code == problem.code and decided.concern.column == problem.column
    ]
    value = str(problem.params.get("value", ""))
    key = write_key(problem.code, problem.column)
    return [
        Change(Repair.ANSWER, key, value, choice)
        for concern in [each for each in concerns if each.value == value][:1]
        for choice in sorted(concern.choices, key=lambda each: each != concern.proposal)
    ]


def can_default(problem: Problem) -> bool:
    """Return whether one value can be given to all of the cause's records that have none."""
    target = find_target(problem.field)
    is_open = target not in PERSONAL_TARGETS | SECRET_CONSTANTS
    return Correction.DEFAULT in problem.kind.corrections and bool(target) and is_open


def list_formats(job: ImportJob, cause: Cause) -> list[Change]:
    """Return the hash formats as which the first records of a cause could be read, as changes.

    Nothing for a cause that another format does not mend.
    """
    if Correction.FORMAT not in cause.problem.kind.corrections:
        return []
    rows, context = _read_rows(job, cause, FORMAT_SAMPLE), load_context(job)

    def is_possible(change: Change) -> bool:
        mapped, _ = _map_amended(job, change, rows, context)
        return not any(each.kind.summary_label for row in mapped for each in row.problems)

    return [change for change in _propose_formats() if is_possible(change)] if rows else []


def _propose_formats() -> Iterator[Change]:
    """Yield every format that needs nothing to be filled in."""
    for each in FORMATS:
        yield Change(Repair.FORMAT, value=each)


def list_joins(job: ImportJob, cause: Cause) -> list[tuple[Change, int]]:
    """Return the columns whose values may have been cut at delimiters that they hold, as changes.

    With each, how many of the first records it makes whole; the most first, none that makes none.
    Nothing for a cause that joining does not mend.
    """
    options = ReaderOptions.from_json(job.reader_options)
    if Correction.CELLS not in cause.problem.kind.corrections or options.syntax != "csv":
        return []
    rows = list(filter(has_surplus_text, _read_rows(job, cause, SAMPLE)))
    columns, context = (list_columns(rows[0]) if rows else []), load_context(job)
    found = []
    for column in columns[:MAX_JOINED]:
        change = Change(Repair.JOIN, key=column, value=options.delimiter)
        mapped, _ = _map_amended(job, change, rows, context)
        found.append((change, sum(1 for row in mapped if row.record is not None)))
    return sorted((each for each in found if each[1]), key=lambda each: -each[1])


def list_values(job: ImportJob, cause: Cause) -> list[tuple[str, int]]:
    """Return what the file has in the field of the cause, and how often, in its first records.

    Nothing for a field that holds secrets, or that several columns make up.
    """
    target = find_target(cause.problem.field)
    context = load_context(job)
    if not target or target.startswith("memberships."):
        return []
    if target in find_secret_targets(job, context.mapping):
        return []
    sources = [rule.source for rule in context.mapping.rules if rule.target == target]
    if not sources and get_provider(context.mapping.provider).is_record:
        sources = [target]
    counts: Counter[str] = Counter()
    reads = [compile_source(source) for source in sources if source]
    for raw in _read_rows(job, cause, VALUE_SAMPLE):
        row = context.map_row(raw)
        counts.update(text for read in reads for text in _list_texts(read(row.source)))
    return counts.most_common(MAX_VALUES)


def _list_texts(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        text = write_scalar(item)
        # What was changed on its way to the page and back would not be found again.
        if text and len(text) <= VALUE_LENGTH and text == clean_text(text):
            yield text


def _read_rows(job: ImportJob, cause: Cause, limit: int) -> list[RawRow]:
    found = list_retryable(job.pk, RecordFilter(cause=cause.digest))
    rows = []
    for record in found.defer("before")[:limit]:
        try:
            rows.append(read_row(record))
        except ImporterError:
            continue
    return rows


def _try(
    job: ImportJob,
    change: Change,
    rows: Sequence[RawRow],
    failing: Sequence[Problem | None],
    context: JobContext,
) -> Trial:
    mapped, amended = _map_amended(job, change, rows, context)
    mended = [
        plan
        for plan, problem in zip(_plan(job, mapped, amended), failing, strict=True)
        if problem and digest_cause(problem) not in map(digest_cause, plan.problems)
    ]
    others = [find_decisive(plan) for plan in mended if plan.action is Action.FAIL]
    imported = len(mended) - len(others)
    return Trial(change, len(rows), len(mended), imported, _find_most_frequent(others))


def _find_most_frequent(problems: Sequence[Problem]) -> Problem | None:
    """Return one problem of the cause that most of them have."""
    counts = Counter(map(digest_cause, problems))
    return max(problems, key=lambda each: counts[digest_cause(each)], default=None)


def _map_amended(
    job: ImportJob, change: Change, rows: Sequence[RawRow], context: JobContext
) -> tuple[list[MappedRow], JobContext]:
    """Return the rows as they would be with the change, and the context that has it."""
    added = make_amendments(job, [change])
    numbers = tuple(each.number for each in added)
    amended = replace(context, amendments=[*context.amendments, *added], _amended={})
    changed = [replace(row, amendments=(*row.amendments, *numbers)) for row in rows]
    return [amended.map_row(row) for row in changed], amended


def _plan(job: ImportJob, rows: Sequence[MappedRow], context: JobContext) -> list[Plan]:
    chunk = ImportChunk(job=job, attempt=job.attempt + 1)
    return plan_rows(rows, chunk, context, lock=False)[0]
