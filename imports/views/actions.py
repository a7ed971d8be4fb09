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
from imports.services import notices, runs, undoing
from imports.views.access import StaffRequest, View, requires


def make_action(
    permission: str, act: Callable[..., object], page: str, model: type[Model] = ImportJob
) -> View:
    """Return the view of a button; what the service refuses is shown as a message.

    Its address holds the key of what is acted on, and of nothing else; so does that of the page.
    """

    @require_POST
    @requires(permission)
    def take_action(request: StaffRequest, **address: int) -> HttpResponse:
        [key] = address.values()
        try:
            act(get_object_or_404(model, pk=key), actor=request.user)
        except ImporterError as error:
            messages.error(request, str(error))
        return redirect(page, key)

    return take_action


follow = make_action("imports.view_importjob", notices.follow, "imports:run")
unfollow = make_action("imports.view_importjob", notices.unfollow, "imports:run")
start_check = make_action("imports.add_importjob", runs.start_check, "imports:check")
stop_check = make_action("imports.add_importjob", runs.stop_check, "imports:check")
start_run = make_action("imports.run_importjob", runs.start_run, "imports:run")
start_slice = make_action(
    "imports.run_importjob", partial(runs.start_run, first_slice=True), "imports:run"
)
pause = make_action("imports.run_importjob", runs.pause, "imports:run")
resume = make_action("imports.run_importjob", runs.resume, "imports:run")
cancel = make_action("imports.run_importjob", runs.cancel, "imports:run")
stop_undo = make_action("imports.undo_importjob", undoing.stop_undo, "imports:undo")
