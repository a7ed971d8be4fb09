"""Offer the corrections of an error group that help its first records, tried without writing."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import User
from imports.core.corrections import Asks, Change, CorrectionKind, list_kinds
from imports.core.corrections.contract import TRIED
from imports.core.inspection.inspection import clean_text
from imports.core.mapping.sources import compile_source
from imports.core.planning.plans import IMPORTING, Action
from imports.core.problems import Problem, digest_error_group
from imports.core.providers import get_provider
from imports.core.transforms.contract import write_scalar
from imports.models import ImportJob
from imports.services.corrections.samples import ErrorGroup, Sample
from imports.services.dry_run.decisions import KEYS
from imports.services.mapping.previews import find_secret_targets

MAX_VALUES = 20
VALUE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change would do to the first records of an error group.

    Of `tried` records, `corrected` do not have the problem any more; `imported` of those succeed,
    `skipped` are not imported either, and `left` is what most of the others fail for next.
    """

    tried: int
    corrected: int
    imported: int
    skipped: int
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
    """What helps an error group, and what would be done with the first records as they are.

    Of `tried` records, `imported` succeed, and `skipped` do not fail any more, for `reason`.
    Before the run, `left` of the first records still fail for it, and `settled` no longer do.
    """

    tried: int
    imported: int
    skipped: int
    reason: Problem | None
    left: int
    settled: int
    found: list[Offer]


def list_offers(job: ImportJob, group: ErrorGroup, *, actor: User) -> Offers:
    """Return the corrections of an error group. Writes nothing.

    What asks nothing is offered only if it corrects any of the first records, and what asks for a
    choice only if there is one that helps.
    """
    sample = Sample(job, group, actor)
    plans = sample.plan_unchanged()
    failing = [plan.decisive if plan.action is Action.FAIL else None for plan in plans]
    found = [offer for kind in list_kinds(group.problem) for offer in _offer(sample, kind, failing)]
    skipped = [plan for plan in plans if plan.action is Action.SKIP]
    return Offers(
        tried=len(sample.first),
        imported=sum(1 for plan in plans if plan.action in IMPORTING),
        skipped=len(skipped),
        reason=_find_most_frequent([plan.decisive for plan in skipped if plan.problems]),
        left=len(sample.rows),
        settled=sample.settled,
        found=found,
    )


def _offer(
    sample: Sample, kind: CorrectionKind, failing: Sequence[Problem | None]
) -> Iterator[Offer]:
    """Yield what is offered of a kind, each with at least one change."""
    proposed = kind.propose(sample.failure)
    if kind.creates_membership:
        yield from (Offer(kind, [(each, 0)]) for each in proposed if _may_create(sample, each))
    elif kind.asks is Asks.NOTHING:
        trials = [(each, _try(sample, each, failing)) for each in proposed]
        yield from (Offer(kind, [(each, 0)], trial) for each, trial in trials if trial.corrected)
    elif kind.asks is Asks.CHOICE:
        changes = _rate(sample, kind, proposed)
        yield from [Offer(kind, changes)] if changes else []
    elif kind.asks is Asks.VALUES:
        values = [pair for each in proposed for pair in _list_values(sample, each)]
        yield from [Offer(kind, values)] if values else []
    else:
        yield from (Offer(kind, [(each, 0)]) for each in proposed)


def _may_create(sample: Sample, change: Change) -> bool:
    membership = sample.problem.kind.membership
    is_missing = not KEYS[membership].filter(key=change.key).exists()
    return is_missing and sample.actor.has_perm(f"accounts.add_{membership}")


def _rate(
    sample: Sample, kind: CorrectionKind, proposed: Sequence[Change]
) -> list[tuple[Change, int]]:
    """Return the changes that help any record, those that help the most first."""
    if kind.rate is None:
        return [(each, 0) for each in proposed]
    rated = [(each, kind.rate(sample.map_changed(each, kind.tried)[0])) for each in proposed]
    return sorted((each for each in rated if each[1]), key=lambda each: -each[1])


def _list_values(sample: Sample, change: Change) -> list[tuple[Change, int]]:
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


def _try(sample: Sample, change: Change, failing: Sequence[Problem | None]) -> Trial:
    mapped, context = sample.map_changed(change, TRIED)
    corrected = [
        plan
        for plan, problem in zip(sample.plan_changed(mapped, context), failing, strict=True)
        if problem and _strip(problem) not in map(_strip, plan.problems)
    ]
    others = [plan.decisive for plan in corrected if plan.action is Action.FAIL]
    imported = sum(1 for plan in corrected if plan.action in IMPORTING)
    skipped = len(corrected) - imported - len(others)
    return Trial(len(mapped), len(corrected), imported, skipped, _find_most_frequent(others))


def _strip(problem: Problem) -> uuid.UUID:
    """Return the error group whatever the column: without a rule for it, the field has none."""
    return digest_error_group(replace(problem, column=""))


def _find_most_frequent(problems: Sequence[Problem]) -> Problem | None:
    """Return one problem of the error group that most of them have."""
    counts = Counter(map(digest_error_group, problems))
    return max(problems, key=lambda each: counts[digest_error_group(each)], default=None)
