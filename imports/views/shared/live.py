"""Show the progress of a busy job: the part of a page that is reloaded while it is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse

from imports.models import ImportJob
from imports.selectors import Progress, get_progress
from imports.services.runs.phases import list_phases
from imports.states import JobPhase, JobState

# htmx reloads the whole page: the job moved on, and with it what can be done.
MOVED_ON = {"HX-Refresh": "true"}


@dataclass(frozen=True, slots=True)
class LiveProgress:
    """The progress of a job's present phase, in words."""

    progress: Progress
    phase_number: int
    phase_count: int
    remaining: str


def describe_progress(job: ImportJob) -> LiveProgress | None:
    """Return how far a busy or paused job is, its undo or disabling; None for any other."""
    progress = get_progress(job)
    if progress is None:
        return None
    if job.state in {JobState.UNDOING, JobState.DISABLING}:
        return put_in_words(progress)
    phases = list_phases(job)
    return put_in_words(progress, phases.index(JobPhase(job.phase)) + 1, len(phases))


def put_in_words(progress: Progress, phase_number: int = 1, phase_count: int = 1) -> LiveProgress:
    remaining = progress.remaining
    left = describe_duration(remaining) if remaining is not None else ""
    return LiveProgress(progress, phase_number, phase_count, left)


def describe_duration(duration: timedelta) -> str:
    """Return a duration in its two largest units, such as “2 min 5 s”."""
    seconds = max(0, round(duration.total_seconds()))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def ask_to_reload() -> HttpResponse:
    return HttpResponse(headers=MOVED_ON)
