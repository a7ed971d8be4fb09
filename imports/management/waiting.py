"""Wait for a job in the place of those who watch its page, and do what the scheduler does."""

from __future__ import annotations

import time
from typing import Any

from imports.core.errors import ImporterError
from imports.management.progress import ProgressDisplay
from imports.models import ImportJob
from imports.selectors import get_progress
from imports.services.leavers.disabling import sweep_disablings
from imports.services.runs import recovery
from imports.states import BUSY, JobState

POLL_SECONDS = 0.2
SWEEP_SECONDS = 5.0
WORKING = BUSY | {JobState.DISABLING}


def wait_for_end(job: ImportJob, pool: Any) -> None:
    """Return when the job is busy no more; meanwhile do what the scheduler does elsewhere."""
    display = ProgressDisplay()
    swept_at = time.monotonic()
    try:
        while True:
            job.refresh_from_db()
            if job.state not in WORKING:
                return
            require_workers(job, pool)
            display.show(get_progress(job))
            if time.monotonic() - swept_at > SWEEP_SECONDS:
                recovery.sweep()
                sweep_disablings()
                swept_at = time.monotonic()
            time.sleep(POLL_SECONDS)
    finally:
        display.close()


def require_workers(job: ImportJob, pool: Any) -> None:
    """Raise ImporterError when the workers that were started for the job have ended."""
    if pool is not None and pool.poll() is not None:
        raise ImporterError(
            f"The workers ended unexpectedly (status {pool.returncode}); their messages "
            f"are above. Resume with: manage.py import_users --resume {job.pk}"
        )
