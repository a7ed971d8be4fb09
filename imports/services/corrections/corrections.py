"""Correct the records of one error group, before the run or by a retry, and undo a correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from accounts.models import User
from accounts.selectors.attributes import read_rules
from imports.core.corrections import (
    KINDS,
    Asks,
    Change,
    Correction,
    correct_mapping,
    read_corrections,
)
from imports.core.corrections.kinds import answer
from imports.core.corrections.memberships import NAMES
from imports.core.decisions import Answer, find_answer_faults, spread_answer
from imports.core.errors import ImporterError, InvalidTransition, MappingError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.mapping import check_mapping
from imports.core.problems import Problem, group_problem
from imports.engine.answers import read_mapping
from imports.models import ImportJob
from imports.record_filters import RecordFilter
from imports.services.dry_run.decisions import KEYS, Choice, Decision, create_missing
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import note_event, require
from imports.services.mapping.mappings import read_options, save_mapping
from imports.services.runs import runs
from imports.states import JobAction, JobState, may

NOTHING_CHANGED = "Nothing was changed. Choose a correction and fill in its fields."


@transaction.atomic
def add_corrections(
    job: ImportJob,
    changes: Sequence[Change],
    problem: Problem,
    *,
    actor: User,
    shown: str | None = None,
) -> None:
    """Have the run correct the records that fail for a problem, as the next dry run will show.

    What means the same in all records goes to the mapping instead; a missing group or role is
    created at once. Raises MappingError, ImporterError when a group or role does not exist or the
    actor may not create it, InvalidTransition while the job is busy and once its run has begun,
    and ChangedMeanwhile when it is not as it was `shown`.
    """
    lock_as_shown(job, shown, "correct", actor=actor)
    require(job, JobAction.DRY_RUN)
    if not changes:
        raise ImporterError(NOTHING_CHANGED)
    changes = _create_memberships(job, changes, actor)
    added = make_corrections(job, changes, problem)
    _check(job, added)
    if for_all := [each for each in added if KINDS[each.kind].is_for_all]:
        mapping = correct_mapping(ColumnMapping.model_validate(job.mapping), for_all)
        save_mapping(job, mapping, read_options(job), actor=actor)
    _store(job, [each for each in added if each not in for_all])
    if added:
        sentences = [each.sentence for each in added]
        detail = {"sentences": sentences, "problem": problem.kind.title}
        note_event(job, "add correction", actor=actor, detail=detail)


@transaction.atomic
def correct_and_retry(
    job: ImportJob,
    changes: Sequence[Change],
    *,
    chosen: RecordFilter,
    actor: User,
    shown: str | None = None,
) -> int:
    """Retry the chosen failed records with changes of the mapping; return how many those are.

    The changes hold for these records, now and whenever they are retried; for no others. Raises
    MappingError, ImporterError when a group or role does not exist, the actor may not create it, or
    nothing can be retried; InvalidTransition while the job is busy, and ChangedMeanwhile when it is
    not as it was `shown`.
    """
    lock_as_shown(job, shown, "correct", actor=actor)
    job = lock_retryable(job.pk)
    if not changes:
        raise ImporterError(NOTHING_CHANGED)
    added = make_corrections(job, _create_memberships(job, changes, actor))
    _check(job, added)
    _store(job, added)
    count = runs.retry(job, actor=actor, chosen=chosen)
    if added:
        sentences = [each.sentence for each in added]
        note_event(job, "correct", actor=actor, detail={"sentences": sentences, "records": count})
    return count


def _create_memberships(job: ImportJob, changes: Sequence[Change], actor: User) -> list[Change]:
    """Create the groups and roles that are to be created; return the other changes."""
    creations = [each for each in changes if KINDS[each.kind].creates_membership]
    for each in creations:
        create_missing(job, Decision(NAMES[each.target], each.key, Choice.CREATE), actor)
    return [each for each in changes if each not in creations]


def _store(job: ImportJob, added: Sequence[Correction]) -> None:
    if added:
        job.corrections = [*job.corrections, *(each.to_json() for each in added)]
        job.save(update_fields=["corrections", "updated_at"])


def make_answers(answers: Mapping[str, Answer]) -> list[Change]:
    """Return answers to decisions as changes. Raises MappingError for what is not a choice."""
    if faults := list(find_answer_faults(answers)):
        raise MappingError(faults)
    return [
        Change(answer.KIND.name, key, value, choice)
        for key, given in answers.items()
        for value, choice in spread_answer(given).items()
    ]


def make_corrections(
    job: ImportJob, changes: Sequence[Change], problem: Problem | None = None
) -> list[Correction]:
    """Return changes as corrections of the job, which is not changed.

    Before the run, they are for the records that fail for the problem, else for those of the job's
    next attempt.
    """
    first = max((each.number for each in read_corrections(job.corrections)), default=0) + 1
    is_for_run = problem is not None and not job.has_begun
    return [
        Correction(
            each.kind,
            each.target,
            each.key,
            each.value,
            number=number,
            attempt=1 if is_for_run else job.attempt + 1,
            choice=first,
            problem=group_problem(problem).to_json() if problem and is_for_run else {},
        )
        for number, each in enumerate(changes, start=first)
    ]


@transaction.atomic
def undo_correction(job: ImportJob, number: int, *, actor: User, shown: str | None = None) -> None:
    """Let a correction hold for no attempt from now on. Doing it twice is safe.

    Before the run, the next dry run and the run do without it. Raises InvalidTransition while the
    job is busy, and ChangedMeanwhile when it is not as it was `shown`.
    """
    lock_as_shown(job, shown, "correct", actor=actor)
    require_correctable(job)
    kept = [
        each.undo() if each.number == number else each for each in read_corrections(job.corrections)
    ]
    stored = [each.to_json() for each in kept]
    if stored == job.corrections:
        return
    job.corrections = stored
    job.save(update_fields=["corrections", "updated_at"])
    sentence = next(each.sentence for each in kept if each.number == number)
    action = "undo correction" if job.has_begun else "remove correction"
    note_event(job, action, actor=actor, detail={"sentences": [sentence]})


def require_correctable(job: ImportJob) -> None:
    """Raise InvalidTransition unless corrections of the job can be chosen or undone now."""
    if job.has_begun:
        _require_retryable(job)
    else:
        require(job, JobAction.DRY_RUN)


def _require_retryable(job: ImportJob) -> None:
    if not may(job, JobAction.RETRY):
        raise InvalidTransition("correct its failed records", JobState(job.state).label)


def lock_retryable(job_id: int) -> ImportJob:
    """Return the job, locked until the transaction ends; raise InvalidTransition if it is busy."""
    job = ImportJob.objects.select_for_update().get(pk=job_id)
    _require_retryable(job)
    return job


def _check(job: ImportJob, corrections: Sequence[Correction]) -> None:
    """Raise ImporterError for what the mapping cannot be corrected by."""
    for each in corrections:
        if KINDS[each.kind].asks is Asks.MEMBERSHIP:
            _check_membership(each)
    inspection = Inspection.from_json(job.inspection)
    mapping = correct_mapping(read_mapping(job), corrections)
    columns = [column.name for column in inspection.columns]
    is_table = inspection.options.is_table
    check_mapping(mapping, columns, read_rules(), columns_are_complete=is_table)


def _check_membership(correction: Correction) -> None:
    name = NAMES[correction.target]
    if not KEYS[name].filter(key=correction.value).exists():
        raise ImporterError(
            f"The {name} “{correction.value}” does not exist. Choose an existing"
            f" {name} for “{correction.key}”."
        )
