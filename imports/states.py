"""The states of an import job and every transition between them.

    draft --> mapped --> checking --> checked --> running --> completed
                |            |           |        ^  |  ^        |
                |            v           |        |  v  |        |
                |         (mapped)       |     paused   +--------+ retry
                +------------------------+------> running

A job whose file is read again, or that takes its mapping from a template, is a draft until somebody
saves that mapping.

The standing job of a legacy directory has no file: it is open for those who sign in until its
directory is closed, which completes it.

Where imports have to be approved, a run first compares what it would do with the approved plan, and
goes back to checked if that is not the same.

A job that is cancelled keeps what it has imported and can be run on. A job that errored stopped
because of a fault that is not a record's; once that is mended it is checked or run again. Any of
them, and one that is completed, can be undone: undoing --> undone; a job of which only some records
were undone stays completed.
"""

from __future__ import annotations

from django.db import models


class JobState(models.TextChoices):
    DRAFT = "draft", "needs a mapping"
    MAPPED = "mapped", "ready to check"
    CHECKING = "checking", "being checked"
    CHECKED = "checked", "checked"
    RUNNING = "running", "running"
    PAUSED = "paused", "paused"
    COMPLETED = "completed", "completed"
    CANCELLED = "cancelled", "cancelled"
    ERRORED = "errored", "stopped by an error"
    STANDING = "standing", "open for sign-ins"
    UNDOING = "undoing", "being undone"
    UNDONE = "undone", "undone"


class JobStep(models.TextChoices):
    """What the workers of a busy job are doing; each step ends before the next begins."""

    NONE = "", "nothing"
    STAGING = "staging", "reading the file"
    INDEXING = "indexing", "looking for duplicates in the file"
    PLANNING = "planning", "comparing with existing users"
    COMPARING = "comparing", "comparing with the approved plan"
    WRITING = "writing", "writing users"


class ChunkState(models.TextChoices):
    """Where a chunk is in the job's present step."""

    WAITING = "waiting"
    DONE = "done"


S = JobState
BUSY = frozenset({S.CHECKING, S.RUNNING})
EDITABLE = frozenset({S.DRAFT, S.MAPPED, S.CHECKED, S.ERRORED})
FINISHED = frozenset({S.COMPLETED, S.CANCELLED, S.ERRORED, S.UNDONE})

# For each action: the states it may be taken in, and the state it leads to.
TRANSITIONS: dict[str, tuple[frozenset[JobState], JobState]] = {
    "map": (EDITABLE, S.MAPPED),
    # What nobody has saved yet is not run.
    "read again": (EDITABLE, S.DRAFT),
    "apply template": (EDITABLE, S.DRAFT),
    "set rules": (frozenset({S.MAPPED, S.CHECKED, S.ERRORED}), S.MAPPED),
    "check": (frozenset({S.MAPPED, S.CHECKED, S.ERRORED}), S.CHECKING),
    "finish checking": (frozenset({S.CHECKING}), S.CHECKED),
    "stop checking": (frozenset({S.CHECKING}), S.MAPPED),
    "run": (frozenset({S.MAPPED, S.CHECKED, S.ERRORED}), S.RUNNING),
    "pause": (frozenset({S.RUNNING}), S.PAUSED),
    "halt": (frozenset({S.RUNNING}), S.PAUSED),
    "resume": (frozenset({S.PAUSED, S.CANCELLED}), S.RUNNING),
    "cancel": (frozenset({S.RUNNING, S.PAUSED}), S.CANCELLED),
    "refuse": (frozenset({S.RUNNING}), S.CHECKED),
    "complete": (frozenset({S.RUNNING}), S.COMPLETED),
    "retry": (frozenset({S.COMPLETED}), S.RUNNING),
    "close": (frozenset({S.STANDING}), S.COMPLETED),
    "open again": (frozenset({S.COMPLETED}), S.STANDING),
    "undo": (frozenset({S.COMPLETED, S.CANCELLED, S.ERRORED, S.UNDONE}), S.UNDOING),
    "finish undoing": (frozenset({S.UNDOING}), S.UNDONE),
    "finish undoing some": (frozenset({S.UNDOING}), S.COMPLETED),
    "stop undoing": (frozenset({S.UNDOING}), S.UNDONE),
    "stop with an error": (BUSY, S.ERRORED),
}
