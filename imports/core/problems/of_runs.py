"""What stops a record while it is written."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ProblemKind, ProblemStage, Severity

error = partial(ProblemKind, ProblemStage.WRITE, Severity.ERROR)

DELETED_HERE = error(
    "deleted_here",
    "The user was deleted here",
    "A user with this subject id was deleted here, so the user of the legacy directory is not"
    " migrated.",
    "If that was a mistake, remove the id from the deleted users; then the user can sign in.",
)
JOB_STOPPED = error(
    "job_stopped",
    "The job stopped here",
    "The conflict policy says to stop at this conflict.",
    "Resolve the conflict, resume the job, and retry the record at the end.",
)
CRASHES_WORKERS = error(
    "crashes_workers",
    "The record crashes workers",
    "Every worker that started on this record crashed, so the record was not imported.",
    "Look at the workers' log, and report it with the number of the job and of this row."
    " Retrying is safe.",
)
ERRORED = error(
    "errored",
    "An error in Userferry",
    "The record could not be imported because of an error in Userferry: {detail}.",
    "Report it with the number of the job and of this row. Retrying is safe.",
)
