"""The list of users of a source system who are missing from a job's file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from imports.core.planning.leavers import KeptReason
from imports.core.providers import label_source
from imports.leaver_filters import LeaverFilter
from imports.models import ImportJob, Leaver, LeaverKind
from imports.selectors import count_kinds, list_leavers
from imports.services.leavers.previews import judge
from imports.services.leavers.surveys import find_list
from imports.states import JobAction, JobState, may
from imports.views.leavers.filters import is_number, list_fields, read_filter, write_query
from imports.views.leavers.words import NOTES
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.live import ask_to_reload
from imports.views.shared.page import list_parents, render_page
from imports.views.shared.user_lists import send_users

PAGE_SIZE = 50
PORTION = 2_000
TABS = {
    LeaverKind.ACTIVE: "Active",
    LeaverKind.LINKED: "From other source systems",
    LeaverKind.INACTIVE: "Disabled already",
}


@dataclass(frozen=True, slots=True)
class ShownLeaver:
    """A missing user, where they came from, and why they could not be disabled."""

    user: User
    source: str
    note: str
    can_tick: bool


@dataclass(frozen=True, slots=True)
class LeaverPage:
    """Some missing users, with the links to those around them."""

    leavers: list[Leaver]
    previous: str
    next: str


@require_safe
@requires("imports.view_importjob")
@requires("accounts.view_user")
def show_leavers(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    survey, chosen = find_list(job), read_filter(request.GET)
    is_listed = survey is not None and survey.listed_at is not None
    may_disable = may(job, JobAction.DISABLE) and request.user.has_perm("imports.run_importjob")
    listed = _describe_list(job, chosen, request, may_disable=may_disable) if is_listed else {}
    return render_page(
        request,
        "imports/leavers/leavers.html",
        title="Users missing from the file",
        job=job,
        step="results" if job.has_begun else "dry_run",
        parents=list_parents(job),
        survey=survey,
        chosen=chosen,
        fields=list_fields(chosen),
        query=write_query(chosen),
        may_disable=may_disable,
        is_disabling=job.state == JobState.DISABLING,
        **listed,
    )


@require_safe
@requires("imports.view_importjob")
def show_listing(request: StaffRequest, job_id: int) -> HttpResponse:
    """Say that the list is being written; once it is, the page is to be loaded again."""
    survey = find_list(get_object_or_404(ImportJob, pk=job_id))
    if survey is None or survey.listed_at is not None:
        return ask_to_reload()
    return HttpResponse(status=204)


@require_POST
@requires("imports.view_importjob")
@requires("accounts.view_user")
def compare_again(request: StaffRequest, job_id: int) -> HttpResponse:
    """Have the users compared with the file once more, as they are now."""
    job = get_object_or_404(ImportJob, pk=job_id)
    find_list(job, again=True)
    return redirect("imports:leavers", job.pk)


@require_safe
@requires("imports.view_importjob")
@requires("accounts.view_user")
def export_leavers(request: StaffRequest, job_id: int) -> StreamingHttpResponse:
    """Send the part of the list that is shown, with the reason of each who is kept."""
    job = get_object_or_404(ImportJob, pk=job_id)
    find_list(job)
    chosen = read_filter(request.GET)
    found = list_leavers(job, chosen).iterator(PORTION)
    users = ((each.user, (each.source, each.note)) for each in _note_all(found, job, request.user))
    return send_users(users, f"job-{job.pk}-missing-{chosen.kind}.csv", ("source", "kept"))


def _describe_list(
    job: ImportJob, chosen: LeaverFilter, request: StaffRequest, *, may_disable: bool
) -> dict[str, Any]:
    counts = count_kinds(job)
    page = _read_page(job, chosen, request.GET.get("after", ""), request.GET.get("before", ""))
    shown = list(_note_all(page.leavers, job, request.user))
    return {
        "page": page,
        "shown": shown,
        "can_tick": may_disable and any(each.can_tick for each in shown),
        "total": sum(counts.values()),
        "counts": {kind.value: count for kind, count in counts.items()},
        "tabs": [
            (label, counts[kind], write_query(LeaverFilter(kind=kind)), kind == chosen.kind)
            for kind, label in TABS.items()
            if counts[kind] or kind in {LeaverKind.ACTIVE, chosen.kind}
        ],
    }


def _read_page(job: ImportJob, chosen: LeaverFilter, after: str, before: str) -> LeaverPage:
    """Return the page after or before a user: by id, so that page 10,000 costs the same."""
    leavers = list_leavers(job, chosen)
    if is_number(before):
        found = list(leavers.filter(user_id__lt=int(before)).reverse()[: PAGE_SIZE + 1])
        has_previous, has_next = len(found) > PAGE_SIZE, True
        found = found[:PAGE_SIZE][::-1]
    else:
        is_later = is_number(after)
        later = leavers.filter(user_id__gt=int(after)) if is_later else leavers
        found = list(later[: PAGE_SIZE + 1])
        has_previous, has_next = is_later, len(found) > PAGE_SIZE
        found = found[:PAGE_SIZE]
    return LeaverPage(
        found,
        write_query(chosen, before=found[0].user_id) if found and has_previous else "",
        write_query(chosen, after=found[-1].user_id) if found and has_next else "",
    )


def _note_all(leavers: Iterable[Leaver], job: ImportJob, actor: User) -> Iterator[ShownLeaver]:
    rest = iter(leavers)
    while portion := list(islice(rest, PORTION)):
        kept = judge(portion, job, actor=actor)
        yield from (_note(each, kept[each.user_id]) for each in portion)


def _note(leaver: Leaver, reason: KeptReason | None) -> ShownLeaver:
    return ShownLeaver(
        leaver.user,
        label_source(leaver.user.source) if leaver.user.source else "created here",
        NOTES[reason] if reason else "",
        can_tick=leaver.is_active and reason is None,
    )
