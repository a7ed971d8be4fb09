"""Correct a job's mapping for the retries of one error group, and undo such a correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.selectors.attributes import read_rules
from imports.core.corrections.amendments import Amendment, Repair, amend_mapping, read_amendments
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


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do otherwise than the mapping; its fields are those of an amendment."""

    repair: Repair
    target: str = ""
    key: str = ""
    value: str = ""


@transaction.atomic
def amend_and_retry(
    job: ImportJob,
    changes: Sequence[Change],
    *,
    chosen: RecordFilter,
    actor: User,
    shown: str | None = None,
) -> int:
    """Try the chosen failed records again with changes of the mapping; return how many those are.

    The changes hold for these records, now and whenever they are tried again; for no others.
    Raises MappingError, ImporterError when a group or role does not exist or nothing can be
    retried, InvalidTransition while the job is busy, and ChangedMeanwhile when it is not as it was
    `shown`.
    """
    lock_as_shown(job, shown, "correct", actor=actor)
    job = lock_retryable(job.pk)
    added = make_amendments(job, changes)
    if not added:
        raise ImporterError("Nothing was changed: say what is to be done otherwise.")
    earlier = read_amendments(job.amendments)
    _check(job, [*earlier, *added])
    job.amendments = [each.model_dump(mode="json") for each in (*earlier, *added)]
    job.save(update_fields=["amendments", "updated_at"])
    count = runs.retry(job, actor=actor, chosen=chosen)
    sentences = [each.sentence for each in added]
    note_event(job, "amend", actor=actor, detail={"sentences": sentences, "records": count})
    return count


def make_answers(answers: Mapping[str, Answer]) -> list[Change]:
    """Return answers to decisions as changes. Raises MappingError for what is not a choice."""
    if faults := list(find_answer_faults(answers)):
        raise MappingError(faults)
    return [
        Change(Repair.ANSWER, key, value, choice)
        for key, answer in answers.items()
        for value, choice in spread_answer(answer).items()
    ]


def make_amendments(job: ImportJob, changes: Sequence[Change]) -> list[Amendment]:
    """Return changes as amendments of the job's next attempt; it is not changed."""
    return [
        Amendment(
            number=number,
            attempt=job.attempt + 1,
            repair=each.repair,
            target=each.target,
            key=each.key,
            value=each.value,
        )
        for number, each in enumerate(changes, start=len(job.amendments) + 1)
    ]


@transaction.atomic
def take_back(job: ImportJob, number: int, *, actor: User, shown: str | None = None) -> None:
    """Let an amendment hold for no attempt from now on. Doing it twice is safe.

    Raises InvalidTransition while the job is busy, and ChangedMeanwhile when it is not as it was
    `shown`.
    """
    lock_as_shown(job, shown, "correct", actor=actor)
    job = lock_retryable(job.pk)
    kept = [
        each.model_copy(update={"is_taken_back": True}) if each.number == number else each
        for each in read_amendments(job.amendments)
    ]
    stored = [each.model_dump(mode="json") for each in kept]
    if stored == job.amendments:
        return
    job.amendments = stored
    job.save(update_fields=["amendments", "updated_at"])
    sentence = next(each.sentence for each in kept if each.number == number)
    note_event(job, "take back", actor=actor, detail={"sentences": [sentence]})


def lock_retryable(job_id: int) -> ImportJob:
    """Return the job, locked until the transaction ends; raise InvalidTransition if it is busy."""
    job = ImportJob.objects.select_for_update().get(pk=job_id)
    if not may(job, JobAction.RETRY):
        raise InvalidTransition("change its failed records", JobState(job.state).label)
    return job


def _check(job: ImportJob, amendments: Sequence[Amendment]) -> None:
    for each in amendments:
        kind = each.repair.value
        if kind in KEYS and each.value and not KEYS[kind].filter(key=each.value).exists():
            raise ImporterError(
                f"There is no {kind} “{each.value}” that “{each.key}” could become. Choose one of"
                " those that exist."
            )
    inspection = Inspection.from_json(job.inspection)
    mapping = amend_mapping(read_mapping(job), amendments)
    columns = [column.name for column in inspection.columns]
    is_table = inspection.options.is_table
    filled = [column.name for column in inspection.columns if column.filled]
    check_mapping(mapping, columns, read_rules(), columns_are_complete=is_table, filled=filled)


@transaction.atomic
def create_and_retry(
    job: ImportJob,
    kind: str,
    key: str,
    *,
    chosen: RecordFilter,
    actor: User,
    shown: str | None = None,
) -> int:
    """Create a group or role and try the chosen records again; return how many those are.

    Raises ImporterError when the actor may not create it or nothing can be retried, and
    ChangedMeanwhile when the job is not as it was `shown`.
    """
    lock_as_shown(job, shown, "correct", actor=actor)
    create_missing(job, Decision(kind, key, Choice.CREATE), actor)
    return runs.retry(job, actor=actor, chosen=chosen)
