"""Undo all that a connection has written, or what it wrote on a day."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from imports.core.errors import ImporterError
from imports.core.planning.undo import UndoOptions
from imports.models import Connection
from imports.selectors.connections import list_days
from imports.services.connections.shown import write_connection
from imports.services.connections.undoing import undo_connection
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown, render_page

OPTIONS = {
    "signed_in": "Undo users who have signed in since too",
    "changed": "Undo users who were changed here since too",
    "touched_later": "Undo users whom a later job has changed too",
}


@require_safe
@requires("imports.undo_importjob")
def show_undo(request: StaffRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection, pk=connection_id)
    day = _read_day(request.GET)
    days = [each for each in list_days(connection) if day in (None, each.day)]
    return render_page(
        request,
        "imports/connections/undo.html",
        title=f"Undo {connection}",
        parents=[
            ("Connections", reverse("connections:list")),
            (connection.name, reverse("connections:connection", args=[connection.pk])),
        ],
        connection=connection,
        day=day,
        days=days,
        options=OPTIONS.items(),
        as_shown=write_connection(connection),
    )


@require_POST
@requires("imports.undo_importjob")
def start(request: StaffRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection, pk=connection_id)
    options = UndoOptions(**{name: name in request.POST for name in OPTIONS})
    day = _read_day(request.POST)
    try:
        undos = undo_connection(
            connection, options, actor=request.user, day=day, shown=read_shown(request)
        )
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        count = len(undos)
        messages.success(
            request, f"{count} job{'s are' if count > 1 else ' is'} being undone, the latest first."
        )
    return redirect("connections:connection", connection_id)


def _read_day(given: QueryDict) -> date | None:
    if not (text := given.get("day", "")):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
