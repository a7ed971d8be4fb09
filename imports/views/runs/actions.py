"""Buttons that call one service and return to a page; those that move a job on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from imports.core.errors import ImporterError
from imports.models import ImportJob
from imports.services.jobs import notifications
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.views.shared.access import StaffRequest, View, requires
from imports.views.shared.page import read_shown


def make_action(
    permission: str,
    act: Callable[..., object],
    page: str,
    model: type[Model] = ImportJob,
    *,
    is_bound: bool = True,
) -> View:
    """Return the view of a button; what the service refuses is shown as a message.

    Its address holds the key of what is acted on, and of nothing else; so does that of the page.
    One that is bound depends on what its page showed; stopping never does.
    """

    @require_POST
    @requires(permission)
    def take_action(request: StaffRequest, **address: int) -> HttpResponse:
        [key] = address.values()
        try:
            bond = {"shown": read_shown(request)} if is_bound else {}
            act(get_object_or_404(model, pk=key), actor=request.user, **bond)
        except ImporterError as error:
            messages.error(request, str(error))
        return redirect(page, key)

    return take_action


VIEW, ADD = "imports.view_importjob", "imports.add_importjob"
RUN, UNDO = "imports.run_importjob", "imports.undo_importjob"
follow = make_action(VIEW, notifications.follow, "imports:run", is_bound=False)
unfollow = make_action(VIEW, notifications.unfollow, "imports:run", is_bound=False)
start_dry_run = make_action(ADD, runs.start_dry_run, "imports:dry_run")
stop_dry_run = make_action(ADD, runs.stop_dry_run, "imports:dry_run", is_bound=False)
start_pilot = make_action(RUN, partial(runs.start_run, pilot=True), "imports:run")
start_run = make_action(RUN, runs.start_run, "imports:run")
start_without_dry_run = make_action(
    RUN, partial(runs.start_run, without_dry_run=True), "imports:run"
)
pause = make_action(RUN, runs.pause, "imports:run", is_bound=False)
resume = make_action(RUN, runs.resume, "imports:run")
cancel = make_action(RUN, runs.cancel, "imports:run", is_bound=False)
stop_undo = make_action(UNDO, undoing.stop_undo, "imports:undo", is_bound=False)
