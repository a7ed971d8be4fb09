"""What stops a record while it is written."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ProblemKind, Severity, Stage

error = partial(ProblemKind, Stage.WRITE, Severity.ERROR)

DELETED_HERE = error(
    "deleted_here",
    "The user was deleted here",
    "A user with this subject id was deleted here, so the legacy directory's is not migrated.",
    "If that was a mistake, remove the id from the deleted users; then they can sign in.",
)
JOB_STOPPED = error(
    "job_stopped",
    "The job stopped here",
    "The job's table of conflicts says to stop at this conflict.",
    "Settle the conflict, let the job go on, and retry the record at its end.",
)
CRASHES_WORKERS = error(
    "crashes_workers",
    "The record makes workers crash",
    "Whenever a worker began with this record, it died; so the record was left out.",
    "Look at the workers' log, and report it with the job's number and this row; retrying is safe.",
)
ERRORED = error(
    "errored",
    "An error in Userferry",
    "The record could not be imported because of an error in Userferry: {detail}.",
    "Report it with the job's number and this row; retrying is safe.",
)
