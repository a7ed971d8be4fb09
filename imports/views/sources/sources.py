"""The migration progress of each source, and whether it is ready for cut-over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from imports.models import SourceDay
from imports.selectors.sources import (
    FOLLOW_UPS,
    SourceProgress,
    get_source,
    list_follow_ups,
    list_sources,
)
from imports.services.sources.progress import count_sources
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import render_page
from imports.views.shared.user_lists import send_users

PAGE_SIZE = 50
# The chart, in units of its own: the page scales it.
CHART_WIDTH, CHART_HEIGHT = 720, 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to “can I switch the old system off?”"""

    kind: str
    answer: str
    reason: str


@require_safe
@requires("imports.view_importjob")
def show_sources(request: StaffRequest) -> HttpResponse:
    sources = list_sources()
    return render_page(
        request,
        "imports/sources/list.html",
        title="Sources",
        parents=[],
        sources=[(source, judge(source)) for source in sources],
        counted_at=max((source.counted_at for source in sources), default=None),
    )


@require_POST
@requires("imports.view_importjob")
def count_now(request: StaffRequest) -> HttpResponse:
    count_sources()
    messages.success(request, "All users counted.")
    source = request.POST.get("source", "")
    if not source:
        return redirect("imports:sources")
    return redirect(find_page(SourceDay(source=source)))


@require_safe
@requires("imports.view_importjob")
def show_source(request: StaffRequest) -> HttpResponse:
    source = request.GET.get("source", "")
    progress = get_source(source)
    if progress is None:
        # Connections and directories link here before their first users are counted.
        messages.warning(request, f"No users of “{source}” have been counted yet.")
        return redirect("imports:sources")
    latest = progress.latest
    return render_page(
        request,
        "imports/sources/source.html",
        title=latest.label,
        parents=[("Sources", reverse("imports:sources"))],
        progress=progress,
        latest=latest,
        verdict=judge(latest),
        chart=draw_chart(progress.days),
        follow_ups=[
            (FOLLOW_UPS["never"], latest.never_returned),
            (FOLLOW_UPS["foreign"], latest.foreign),
            (FOLLOW_UPS["passwordless"], latest.without_password),
            (FOLLOW_UPS["locked-out"], latest.locked_out),
        ],
        **_describe_forecast(progress),
    )


@require_safe
@requires("accounts.view_user")
def show_follow_ups(request: StaffRequest) -> HttpResponse:
    latest = _find(request).latest
    kind = _read_kind(request)
    users = list_follow_ups(latest.source, kind)
    after = request.GET.get("after", "")
    if after.isdecimal():
        users = users.filter(pk__gt=int(after))
    found = list(users[: PAGE_SIZE + 1])
    return render_page(
        request,
        "imports/sources/follow_up.html",
        title=f"{latest.label}: {FOLLOW_UPS[kind].label}",
        parents=[("Sources", reverse("imports:sources")), (latest.label, find_page(latest))],
        source=latest.source,
        kind=FOLLOW_UPS[kind],
        kinds=list(FOLLOW_UPS.values()),
        users=found[:PAGE_SIZE],
        is_first_page=not after,
        next_after=found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
    )


@require_safe
@requires("accounts.view_user")
def export_follow_ups(request: StaffRequest) -> StreamingHttpResponse:
    """Send everybody whom the kind holds for as CSV, read and written a portion at a time."""
    source, kind = _find(request).latest.source, _read_kind(request)
    name = f"{slugify(source) or 'source'}-{kind}.csv"
    return send_users(((user, ()) for user in list_follow_ups(source, kind).iterator(2000)), name)


def _find(request: StaffRequest) -> SourceProgress:
    progress = get_source(request.GET.get("source", ""))
    if progress is None:
        raise Http404("No users of this source have been counted.")
    return progress


def _read_kind(request: StaffRequest) -> str:
    kind = request.GET.get("kind", "never")
    if kind not in FOLLOW_UPS:
        raise Http404("This list does not exist.")
    return kind


def find_page(source: SourceDay) -> str:
    """Return the URL of the page of a source."""
    return f"{reverse('imports:source')}?{urlencode({'source': source.source})}"


def judge(source: SourceDay) -> Verdict:
    """Say whether everybody of a source could still sign in if the old system were gone."""
    if source.without_password == 0:
        return Verdict(
            "success",
            "Yes",
            "All users have a password here. Nobody needs the old system to sign in.",
        )
    if source.locked_out:
        return Verdict(
            "danger",
            "Not yet",
            "Some users have no password, no e-mail address and no other way to sign in. Only "
            "the old system can authenticate them.",
        )
    return Verdict(
        "warning",
        "After invitations",
        "Some users have no password here. Those without an external login have to choose a "
        "password by e-mail.",
    )


def draw_chart(days: list[SourceDay]) -> dict[str, Any] | None:
    """Return the lines of the chart as SVG points; None while there is only one day."""
    if len(days) < 2:
        return None
    first, span = days[0].day, max((days[-1].day - days[0].day).days, 1)
    highest = max(1, *(day.users for day in days))

    def place(name: str) -> str:
        points = (
            (
                (day.day - first).days / span * CHART_WIDTH,
                CHART_HEIGHT - getattr(day, name) / highest * CHART_HEIGHT,
            )
            for day in days
        )
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)

    return {
        "width": CHART_WIDTH,
        "height": CHART_HEIGHT,
        "highest": highest,
        "first": first,
        "last": days[-1].day,
        "users": place("users"),
        "never_returned": place("never_returned"),
        "foreign": place("foreign"),
    }


def _describe_forecast(progress: SourceProgress) -> dict[str, Any]:
    forecast = progress.forecast
    if forecast is None:
        return {"forecast": None}
    return {
        "forecast": forecast,
        "forecast_days": [(round(share * 100), day) for share, day in forecast.until.items()],
    }
