"""Correct a job's mapping for the retries of one error group, and undo such a correction."""

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
from imports.core.mapping import check_mapping
from imports.engine.answers import read_mapping
from imports.models import ImportJob
from imports.record_filters import RecordFilter
from imports.services.dry_run.decisions import KEYS, Choice, Decision, create_missing
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import note_event
from imports.services.runs import runs
from imports.states import JobAction, JobState, may


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
        raise ImporterError("Nothing was changed. Choose a correction and fill in its fields.")
    creations = [each for each in changes if KINDS[each.kind].creates_membership]
    for each in creations:
        create_missing(job, Decision(NAMES[each.target], each.key, Choice.CREATE), actor)
    added = make_corrections(job, [each for each in changes if each not in creations])
    if added:
        _store(job, added)
    count = runs.retry(job, actor=actor, chosen=chosen)
    if added:
        sentences = [each.sentence for each in added]
        note_event(job, "correct", actor=actor, detail={"sentences": sentences, "records": count})
    return count


def _store(job: ImportJob, added: Sequence[Correction]) -> None:
    corrections = [*read_corrections(job.corrections), *added]
    _check(job, corrections)
    job.corrections = [each.to_json() for each in corrections]
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


def make_corrections(job: ImportJob, changes: Sequence[Change]) -> list[Correction]:
    """Return changes as corrections of the job's next attempt; it is not changed."""
    return [
        Correction(
            each.kind,
            each.target,
            each.key,
            each.value,
            number=number,
            attempt=job.attempt + 1,
        )
        for number, each in enumerate(changes, start=len(job.corrections) + 1)
    ]


@transaction.atomic
def undo_correction(job: ImportJob, number: int, *, actor: User, shown: str | None = None) -> None:
    """Let a correction hold for no attempt from now on. Doing it twice is safe.

    Raises InvalidTransition while the job is busy, and ChangedMeanwhile when it is not as it was
    `shown`.
    """
    lock_as_shown(job, shown, "correct", actor=actor)
    job = lock_retryable(job.pk)
    kept = [
        each.undo() if each.number == number else each for each in read_corrections(job.corrections)
    ]
    stored = [each.to_json() for each in kept]
    if stored == job.corrections:
        return
    job.corrections = stored
    job.save(update_fields=["corrections", "updated_at"])
    sentence = next(each.sentence for each in kept if each.number == number)
    note_event(job, "undo correction", actor=actor, detail={"sentences": [sentence]})


def lock_retryable(job_id: int) -> ImportJob:
    """Return the job, locked until the transaction ends; raise InvalidTransition if it is busy."""
    job = ImportJob.objects.select_for_update().get(pk=job_id)
    if not may(job, JobAction.RETRY):
        raise InvalidTransition("correct its failed records", JobState(job.state).label)
    return job


def _check(job: ImportJob, corrections: Sequence[Correction]) -> None:
    for each in corrections:
        if KINDS[each.kind].asks is Asks.MEMBERSHIP:
            _check_membership(each)
    inspection = Inspection.from_json(job.inspection)
    mapping = correct_mapping(read_mapping(job), corrections)
    columns = [column.name for column in inspection.columns]
    is_table = inspection.options.is_table
    filled = [column.name for column in inspection.columns if column.filled]
    check_mapping(mapping, columns, read_rules(), columns_are_complete=is_table, filled=filled)


def _check_membership(correction: Correction) -> None:
    name = NAMES[correction.target]
    if not KEYS[name].filter(key=correction.value).exists():
        raise ImporterError(
            f"The {name} “{correction.value}” does not exist. Choose an existing"
            f" {name} for “{correction.key}”."
        )
