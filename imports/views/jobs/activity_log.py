"""The job's activity log: who did what and when, the file and options, how fast it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from imports.core.corrections import read_corrections
from imports.models import ImportJob
from imports.selectors import Minute, count_minutes, list_grantors
from imports.selectors.activity_log import list_activity_log
from imports.views.results.results import can_retry
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import find_step, list_parents, render_page

# The chart, in units of its own: the page scales it.
CHART_WIDTH, CHART_HEIGHT = 720, 160
MAX_BARS = 120
WIDEST_BAR = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """The records of one span of time, as a rectangle of the chart."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """How many records were written over time, in bars of so many minutes each."""

    bars: list[Bar]
    minutes: int
    highest: int
    first: datetime
    last: datetime
    width: int = CHART_WIDTH
    height: int = CHART_HEIGHT

    @property
    def end(self) -> float:
        """Return where the last bar ends, with room for the words below it."""
        return max(self.bars[-1].x + self.bars[-1].width, self.width / 2)


@require_safe
@requires("imports.view_importjob")
def show_activity_log(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob.objects.select_related("created_by", "operator"), pk=job_id)
    minutes = count_minutes(job)
    return render_page(
        request,
        "imports/jobs/activity_log.html",
        title="Activity log",
        job=job,
        step="results" if job.started_at else find_step(job),
        grantors=list_grantors(job),
        activity_log=list_activity_log(job),
        corrections=read_corrections(job.corrections),
        can_retry=can_retry(job, request),
        minutes=minutes,
        chart=draw_chart(minutes),
        parents=list_parents(job),
    )


def draw_chart(minutes: list[Minute]) -> Chart | None:
    """Return the bars of the chart; None while nothing was written."""
    if not minutes:
        return None
    first, last = minutes[0].at, minutes[-1].at
    spans = int((last - first) / timedelta(minutes=1)) + 1
    each = -(-spans // MAX_BARS)
    counts = [0] * -(-spans // each)
    for minute in minutes:
        counts[int((minute.at - first) / timedelta(minutes=each))] += minute.records
    highest, width = max(counts), min(CHART_WIDTH / len(counts), WIDEST_BAR)
    bars = []
    for number, count in enumerate(counts):
        height = count / highest * CHART_HEIGHT
        bars.append(Bar(number * width, CHART_HEIGHT - height, width * 0.9, height))
    return Chart(bars, each, highest, first, last)
