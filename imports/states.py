"""The states of an import job, every action that leads from one to another, and when it may.

    draft --> mapped --> dry run in progress --> dry run done --> running --> completed
                |                 |                    |          ^  |  ^        |
                |                 v                    |          |  v  |        |
                |              (mapped)                |       paused   +--------+ retry
                +--------------------------------------+--------> running

A job whose file is read again, or that takes its mapping from a template, is a draft until somebody
saves that mapping.

The continuous job of a legacy directory has no file: it is open for those who sign in until its
directory is closed, which completes it.

The job of a connection's day has no file either: it receives batches of records until the day is
over, somebody retries or undoes it, or the connection is changed. What comes later that day opens
another.

Where imports have to be approved, a run first compares what it would do with the approved plan, and
goes back to its dry run if that is not the same.

A job that is cancelled keeps what it has imported and can be run on. A job that errored stopped
because of a fault that is not a record's; once that is corrected, its dry run or its run is started
again. Any of them, and one that is completed, can be undone: undoing --> undone; a job of which
only some records were undone stays completed.

Once a job is completed, users of its source system who are missing from its file can be disabled:
completed --> disabling --> completed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.db import models


class JobState(models.TextChoices):
    """State of a job.

    `draft` (lacks a mapping), `mapped` (ready for a dry run), `dry_running`, `dry_run_done`,
    `running`, `paused`, `completed`, `cancelled`, `errored` (stopped by an error that is not a
    record's), `standing` (just-in-time migration, open for sign-ins), `receiving` (of a connection,
    open for the records of the day), `disabling` (users who are missing from its file), `undoing`
    or `undone`.
    """

    DRAFT = "draft", "needs a mapping"
    MAPPED = "mapped", "ready for a dry run"
    DRY_RUNNING = "dry_running", "dry run in progress"
    DRY_RUN_DONE = "dry_run_done", "dry run done"
    RUNNING = "running", "running"
    PAUSED = "paused", "paused"
    COMPLETED = "completed", "completed"
    CANCELLED = "cancelled", "cancelled"
    ERRORED = "errored", "stopped by an error"
    CONTINUOUS = "standing", "open for sign-ins"
    RECEIVING = "receiving", "receiving records"
    UNDOING = "undoing", "being undone"
    UNDONE = "undone", "undone"
    DISABLING = "disabling", "disabling users"


class JobPhase(models.TextChoices):
    """What the workers of a busy job are doing; each phase ends before the next begins.

    `staging` (reading the file), `indexing` (looking for duplicates), `correcting` (records before
    the run), `planning` (the dry run proper), `comparing` (with the approved plan) or `writing`.
    Empty while they do nothing.
    """

    NONE = "", "nothing"
    STAGING = "staging", "reading the file"
    INDEXING = "indexing", "looking for duplicates in the file"
    CORRECTING = "correcting", "correcting records"
    PLANNING = "planning", "comparing with existing users"
    COMPARING = "comparing", "comparing with the approved plan"
    WRITING = "writing", "writing users"


class ChunkState(models.TextChoices):
    """Where a chunk is in the job's present phase."""

    WAITING = "waiting"
    DONE = "done"


S = JobState
BUSY = frozenset({S.DRY_RUNNING, S.RUNNING})
EDITABLE = frozenset({S.DRAFT, S.MAPPED, S.DRY_RUN_DONE, S.ERRORED})
FINISHED = frozenset({S.COMPLETED, S.CANCELLED, S.ERRORED, S.UNDONE})


class JobAction(StrEnum):
    """What people and workers do to a job, by the words of the activity log."""

    MAP = "map"
    READ_AGAIN = "read again"
    APPLY_TEMPLATE = "apply template"
    SET_POLICIES = "set policies"
    DRY_RUN = "dry run"
    FINISH_DRY_RUN = "finish dry run"
    STOP_DRY_RUN = "stop dry run"
    RUN = "run"
    PAUSE = "pause"
    PAUSE_AUTOMATICALLY = "pause automatically"
    RESUME = "resume"
    CANCEL = "cancel"
    REFUSE = "refuse"
    COMPLETE = "complete"
    RETRY = "retry"
    CLOSE = "close"
    OPEN_AGAIN = "open again"
    UNDO = "undo"
    FINISH_UNDOING = "finish undoing"
    FINISH_UNDOING_SOME = "finish undoing some"
    STOP_UNDOING = "stop undoing"
    DISABLE = "disable"
    FINISH_DISABLING = "finish disabling"
    STOP_DISABLING = "stop disabling"
    STOP_WITH_ERROR = "stop with an error"


@dataclass(frozen=True, slots=True)
class Transition:
    """The states an action may be taken in, and the state it leads to.

    One that is `before_run` is over once the run has begun. `words` say what a job cannot do that
    is in none of the states, where the action's own name does not.
    """

    sources: frozenset[JobState]
    target: JobState
    before_run: bool = False
    words: str = ""


A = JobAction
TRANSITIONS: dict[JobAction, Transition] = {
    A.MAP: Transition(EDITABLE, S.MAPPED, before_run=True, words="change its mapping"),
    # What nobody has saved yet is not run.
    A.READ_AGAIN: Transition(EDITABLE, S.DRAFT, before_run=True, words="be read in another way"),
    A.APPLY_TEMPLATE: Transition(EDITABLE, S.DRAFT, before_run=True, words="take a template"),
    A.SET_POLICIES: Transition(
        EDITABLE, S.MAPPED, before_run=True, words="change its conflict policies"
    ),
    A.DRY_RUN: Transition(
        frozenset({S.MAPPED, S.DRY_RUN_DONE, S.ERRORED}),
        S.DRY_RUNNING,
        before_run=True,
        words="start a dry run",
    ),
    A.FINISH_DRY_RUN: Transition(frozenset({S.DRY_RUNNING}), S.DRY_RUN_DONE),
    A.STOP_DRY_RUN: Transition(frozenset({S.DRY_RUNNING}), S.MAPPED),
    A.RUN: Transition(frozenset({S.MAPPED, S.DRY_RUN_DONE, S.ERRORED}), S.RUNNING),
    A.PAUSE: Transition(frozenset({S.RUNNING}), S.PAUSED),
    A.PAUSE_AUTOMATICALLY: Transition(frozenset({S.RUNNING}), S.PAUSED),
    A.RESUME: Transition(frozenset({S.PAUSED, S.CANCELLED}), S.RUNNING),
    A.CANCEL: Transition(frozenset({S.RUNNING, S.PAUSED}), S.CANCELLED),
    A.REFUSE: Transition(frozenset({S.RUNNING}), S.DRY_RUN_DONE),
    A.COMPLETE: Transition(frozenset({S.RUNNING}), S.COMPLETED),
    A.RETRY: Transition(frozenset({S.COMPLETED, S.RECEIVING}), S.RUNNING),
    A.CLOSE: Transition(frozenset({S.CONTINUOUS, S.RECEIVING}), S.COMPLETED),
    A.OPEN_AGAIN: Transition(frozenset({S.COMPLETED}), S.CONTINUOUS),
    A.UNDO: Transition(
        frozenset({S.COMPLETED, S.RECEIVING, S.CANCELLED, S.ERRORED, S.UNDONE}), S.UNDOING
    ),
    A.FINISH_UNDOING: Transition(frozenset({S.UNDOING}), S.UNDONE),
    A.FINISH_UNDOING_SOME: Transition(frozenset({S.UNDOING}), S.COMPLETED),
    A.STOP_UNDOING: Transition(frozenset({S.UNDOING}), S.UNDONE),
    A.DISABLE: Transition(
        frozenset({S.COMPLETED}), S.DISABLING, words="disable users who are missing from its file"
    ),
    A.FINISH_DISABLING: Transition(frozenset({S.DISABLING}), S.COMPLETED),
    A.STOP_DISABLING: Transition(frozenset({S.DISABLING}), S.COMPLETED),
    A.STOP_WITH_ERROR: Transition(BUSY, S.ERRORED),
}


class HasState(Protocol):
    """What a job says of where it is."""

    @property
    def state(self) -> str: ...
    @property
    def started_at(self) -> datetime | None: ...


def may(job: HasState, action: JobAction) -> bool:
    """Return whether an action can be taken on a job as it is now, whoever takes it.

    Pages, API and commands all ask here; taking it asks again, in the database.
    """
    transition = TRANSITIONS[action]
    is_over = transition.before_run and job.started_at is not None
    return job.state in transition.sources and not is_over


def list_actions(job: HasState) -> set[JobAction]:
    """Return the actions that can be taken on a job as it is now."""
    return {action for action in JobAction if may(job, action)}
