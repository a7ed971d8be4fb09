"""Offer the corrections of an error group that help its first records, tried without writing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import User
from imports.core.corrections import KINDS, Asks, Change, CorrectionKind, Failure
from imports.core.corrections.contract import TRIED
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import clean_text
from imports.core.mapping import MappedRow
from imports.core.mapping.sources import compile_source
from imports.core.planning.plans import Action, Plan
from imports.core.problems import Problem
from imports.core.providers import get_provider
from imports.core.readers import RawRow, ReaderOptions
from imports.core.transforms.contract import write_scalar
from imports.engine.chunks import plan_rows
from imports.engine.context import JobContext, load_context
from imports.engine.files.staging import list_retryable
from imports.engine.statuses import digest_error_group, find_decisive
from imports.models import ImportChunk, ImportJob
from imports.record_filters import RecordFilter
from imports.services.corrections.corrections import make_corrections
from imports.services.corrections.edits import read_row
from imports.services.dry_run.decisions import KEYS
from imports.services.mapping.previews import find_secret_targets

# Of which the values are shown that can be replaced.
VALUE_SAMPLE = 200
MAX_VALUES = 20
VALUE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """What failed records have in common, how many they are, and the first of them."""

    digest: str
    problem: Problem
    count: int
    first_row: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change would do to the first records of an error group.

    Of `tried` records, `corrected` do not have the problem any more; `imported` of those succeed,
    and `left` is what most of the others fail for next.
    """

    tried: int
    corrected: int
    imported: int
    left: Problem | None


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of correction and the changes to choose from.

    Each comes with how many of the first records it helps, or of a value, how many have it. `trial`
    is there for a kind that asks nothing and changes something.
    """

    kind: CorrectionKind
    changes: list[tuple[Change, int]]
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """What helps an error group, and how many of its first records succeed as they are by now."""

    tried: int
    imported: int
    found: list[Offer]


class _Sample:
    """The first records of an error group, on which corrections are tried."""

    def __init__(self, job: ImportJob, group: ErrorGroup, actor: User) -> None:
        self.job = job
        self.problem = group.problem
        self.actor = actor
        self.context = load_context(job, actor=actor)
        self.rows = _read_rows(job, group, VALUE_SAMPLE)
        self.first = self.rows[:TRIED]
        self.failure = Failure(
            group.problem,
            self.first,
            [self.context.map_row(row) for row in self.first],
            ReaderOptions.from_json(job.reader_options),
        )

    def map_changed(self, change: Change, count: int) -> tuple[list[MappedRow], JobContext]:
        """Return the first rows as they would be with a change, and the context that has it."""
        added = make_corrections(self.job, [change])
        numbers = tuple(each.number for each in added)
        context = replace(
            self.context, corrections=[*self.context.corrections, *added], _corrected={}
        )
        changed = [
            replace(row, corrections=(*row.corrections, *numbers)) for row in self.first[:count]
        ]
        return [context.map_row(row) for row in changed], context

    def plan(self, rows: Sequence[MappedRow], context: JobContext) -> list[Plan]:
        chunk = ImportChunk(job=self.job, attempt=self.job.attempt + 1)
        return plan_rows(rows, chunk, context, lock=False)

    def find_failing(self) -> list[Problem | None]:
        """Return for each of the first rows what it fails for if it is tried again as it is."""
        plans = self.plan(self.failure.mapped, self.context)
        return [find_decisive(plan) if plan.action is Action.FAIL else None for plan in plans]


def list_offers(job: ImportJob, group: ErrorGroup, *, actor: User) -> Offers:
    """Return the corrections of an error group. Writes nothing.

    What asks nothing is offered only if it corrects any of the first records, and what asks for a
    choice only if there is one that helps.
    """
    sample = _Sample(job, group, actor)
    failing = sample.find_failing()
    found = [
        offer
        for kind in KINDS.values()
        if kind.applies(group.problem)
        for offer in _offer(sample, kind, failing)
    ]
    imported = sum(1 for problem in failing if problem is None)
    return Offers(len(sample.first), imported, found)


def list_changes(job: ImportJob, group: ErrorGroup, name: str, *, actor: User) -> list[Change]:
    """Return the changes that a kind of correction offers; none for one that there is not."""
    kind = KINDS.get(name)
    if kind is None or not kind.applies(group.problem):
        return []
    sample = _Sample(job, group, actor)
    if kind.asks is Asks.CHOICE:
        return [change for change, _ in _list_choices(sample, kind)]
    return list(kind.propose(sample.failure))


def _offer(
    sample: _Sample, kind: CorrectionKind, failing: Sequence[Problem | None]
) -> Iterator[Offer]:
    """Yield what is offered of a kind, each with at least one change."""
    proposed = list(kind.propose(sample.failure)) if kind.asks is not Asks.CHOICE else []
    if kind.creates_membership:
        yield from (Offer(kind, [(each, 0)]) for each in proposed if _may_create(sample, each))
    elif kind.asks is Asks.NOTHING:
        trials = [(each, _try(sample, each, failing)) for each in proposed]
        yield from (Offer(kind, [(each, 0)], trial) for each, trial in trials if trial.corrected)
    elif kind.asks is Asks.CHOICE:
        changes = _list_choices(sample, kind)
        yield from [Offer(kind, changes)] if changes else []
    elif kind.asks is Asks.VALUES:
        values = [pair for each in proposed for pair in _list_values(sample, each)]
        yield from [Offer(kind, values)] if values else []
    else:
        yield from (Offer(kind, [(each, 0)]) for each in proposed)


def _may_create(sample: _Sample, change: Change) -> bool:
    membership = sample.problem.kind.membership
    is_missing = not KEYS[membership].filter(key=change.key).exists()
    return is_missing and sample.actor.has_perm(f"accounts.add_{membership}")


def _list_choices(sample: _Sample, kind: CorrectionKind) -> list[tuple[Change, int]]:
    """Return the changes that help any record, those that help the most first."""
    proposed = kind.propose(sample.failure)
    if kind.rate is None:
        return [(each, 0) for each in proposed]
    rated = [(each, kind.rate(sample.map_changed(each, kind.tried)[0])) for each in proposed]
    return sorted((each for each in rated if each[1]), key=lambda each: -each[1])


def _list_values(sample: _Sample, change: Change) -> list[tuple[Change, int]]:
    """Return what the file has in the field, and how often, in the first records.

    Nothing for a field that holds secrets, or that several columns make up.
    """
    context, target = sample.context, change.target
    if target in find_secret_targets(sample.job, context.mapping):
        return []
    sources = [rule.source for rule in context.mapping.rules if rule.target == target]
    if not sources and get_provider(context.mapping.provider).is_record:
        sources = [target]
    counts: Counter[str] = Counter()
    reads = [compile_source(source) for source in sources if source]
    for raw in sample.rows:
        row = context.map_row(raw)
        counts.update(text for read in reads for text in _list_texts(read(row.source)))
    return [(replace(change, key=text), count) for text, count in counts.most_common(MAX_VALUES)]


def _list_texts(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        text = write_scalar(item)
        # What was changed on its way to the page and back would not be found again.
        if text and len(text) <= VALUE_LENGTH and text == clean_text(text):
            yield text


def _read_rows(job: ImportJob, group: ErrorGroup, limit: int) -> list[RawRow]:
    found = list_retryable(job.pk, RecordFilter(error_group=group.digest))
    rows = []
    for record in found.defer("before")[:limit]:
        try:
            rows.append(read_row(record))
        except ImporterError:
            continue
    return rows


def _try(sample: _Sample, change: Change, failing: Sequence[Problem | None]) -> Trial:
    mapped, context = sample.map_changed(change, TRIED)
    corrected = [
        plan
        for plan, problem in zip(sample.plan(mapped, context), failing, strict=True)
        if problem and digest_error_group(problem) not in map(digest_error_group, plan.problems)
    ]
    others = [find_decisive(plan) for plan in corrected if plan.action is Action.FAIL]
    imported = len(corrected) - len(others)
    return Trial(len(mapped), len(corrected), imported, _find_most_frequent(others))


def _find_most_frequent(problems: Sequence[Problem]) -> Problem | None:
    """Return one problem of the error group that most of them have."""
    counts = Counter(map(digest_error_group, problems))
    return max(problems, key=lambda each: counts[digest_error_group(each)], default=None)
