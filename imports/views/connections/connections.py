"""The pages of connections: what each writes, its secrets, and whether it is on."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.sign_in.reauthentication import find_confirmation_page, is_sign_in_recent
from imports.core.errors import ImporterError
from imports.core.planning.conflicts import Mode
from imports.core.planning.matching import label_matching_key
from imports.models import Connection, ConnectionSecret, SecretUse
from imports.selectors.connections import list_connections, list_days, list_events
from imports.services.connections.connections import require_usable, switch
from imports.services.connections.kinds import KINDS, ConnectionKind
from imports.services.connections.people import ConnectionRefused, list_people
from imports.services.connections.secrets import (
    MOST_AT_ONCE,
    issue_secret,
    list_secrets,
    revoke_secret,
)
from imports.services.connections.shown import write_connection
from imports.views.connections.hooks import show_hook
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown, render_page

VIEW, ADD = "imports.view_connection", "imports.add_connection"
CHANGE = "imports.change_connection"
MODES = {
    Mode.SKIP: "are skipped",
    Mode.UPDATE: "are updated",
    Mode.FAIL: "fail",
}
EVENTS = {
    "create": "created the connection",
    "change connection": "changed the settings",
    "take over connection": "took the connection over",
    "switch on": "switched the connection on",
    "switch off": "switched the connection off",
    "create secret": "created a secret",
    "revoke secret": "revoked a secret",
    "undo": "started an undo",
    "create key": "created a key",
    "revoke key": "revoked a key",
    "change issuer": "changed the token issuer",
}
VALIDITIES = {"": "does not expire", "30": "30 days", "90": "90 days", "365": "1 year"}


SIGN_IN_AGAIN = (
    "This scope can only be given shortly after signing in. Sign out, sign in again, and come back"
    " to this page."
)


class SecretForm(forms.Form):
    """What a new secret is limited to."""

    validity = forms.ChoiceField(required=False, choices=list(VALIDITIES.items()))

    def __init__(self, kind: ConnectionKind, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["scopes"] = forms.MultipleChoiceField(
            widget=forms.CheckboxSelectMultiple,
            choices=list(kind.scopes.items()),
            initial=kind.default_scopes,
        )


@require_safe
@requires(VIEW)
def list_all(request: StaffRequest) -> HttpResponse:
    return render_page(
        request,
        "imports/connections/list.html",
        title="Connections",
        parents=[],
        statuses=list_connections(),
    )


@require_safe
@requires(ADD)
def choose_kind(request: StaffRequest) -> HttpResponse:
    return render_page(
        request,
        "imports/connections/choose_kind.html",
        title="Add connection",
        parents=_list_parents(),
        kinds=KINDS.values(),
    )


@require_safe
@requires(VIEW)
def show_connection(request: StaffRequest, connection_id: int) -> HttpResponse:
    connection = _get_connection(connection_id)
    kind = KINDS[connection.kind]
    secrets = list_secrets(connection).select_related("created_by")
    return render_page(
        request,
        "imports/connections/show.html",
        title=connection.name,
        parents=_list_parents(),
        connection=connection,
        kind=kind,
        urls=_list_urls(request, connection),
        obstacle=_find_obstacle(connection),
        mode=MODES[Mode(connection.mode)],
        matching_key=label_matching_key(connection.matching_key),
        secrets=secrets,
        secret_label=kind.secret_use.label,
        form=SecretForm(kind) if len(secrets) < MOST_AT_ONCE else None,
        days=list_days(connection),
        **({} if kind.writes else show_hook(request, connection)),
        events=[(event, EVENTS[event.action]) for event in list_events(connection)],
        may_change=request.user.has_perm(CHANGE),
        as_shown=write_connection(connection),
    )


@require_POST
@requires(CHANGE)
def switch_connection(request: StaffRequest, connection_id: int) -> HttpResponse:
    connection = _get_connection(connection_id)
    is_on = "on" in request.POST
    try:
        switch(connection, is_on=is_on, actor=request.user, shown=read_shown(request))
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{connection}” is {'on' if is_on else 'off'}.")
    return redirect("connections:connection", connection_id)


@require_POST
@requires(CHANGE)
def create_secret(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Show a new secret in the answer itself: a message would keep it in a cookie or session."""
    connection = _get_connection(connection_id)
    kind = KINDS[connection.kind]
    form = SecretForm(kind, request.POST)
    if not form.is_valid():
        messages.error(request, "Choose at least one scope and how long the secret is valid.")
        return redirect("connections:connection", connection_id)
    is_guarded = not kind.guarded_scopes.keys().isdisjoint(form.cleaned_data["scopes"])
    if is_guarded and (answer := _ask_for_sign_in(request, connection)):
        return answer
    days = form.cleaned_data["validity"]
    expires_at = timezone.now() + timedelta(days=int(days)) if days else None
    try:
        value = issue_secret(
            connection,
            actor=request.user,
            scopes=form.cleaned_data["scopes"],
            expires_at=expires_at,
        )
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("connections:connection", connection_id)
    response = render_page(
        request,
        "imports/connections/secret.html",
        title=kind.secret_use.label,
        parents=[*_list_parents(), (connection.name, _find_page(connection))],
        connection=connection,
        kind=kind,
        urls=_list_urls(request, connection),
        secret=value,
        expires_at=expires_at,
    )
    response["Cache-Control"] = "no-store"
    return response


def _ask_for_sign_in(request: StaffRequest, connection: Connection) -> HttpResponse | None:
    """Return what is answered to somebody who did not sign in a short while ago; else None."""
    if is_sign_in_recent(request):
        return None
    page = _find_page(connection)
    if question := find_confirmation_page(request, then=page):
        return redirect(question)
    messages.error(request, SIGN_IN_AGAIN)
    return redirect(page)


@require_POST
@requires(CHANGE)
def revoke(request: StaffRequest, connection_id: int, secret_id: int) -> HttpResponse:
    secrets = ConnectionSecret.objects.exclude(use=SecretUse.ACCESS).select_related("connection")
    secret = secrets.filter(pk=secret_id, connection=connection_id).first()
    if secret is None:
        messages.info(request, "This secret was revoked already.")
    else:
        revoke_secret(secret, actor=request.user)
        messages.success(request, f"The secret {secret.hint}… was revoked.")
    return redirect("connections:connection", connection_id)


def _get_connection(connection_id: int) -> Connection:
    connections = Connection.objects.select_related("owner")
    found: Connection = get_object_or_404(connections, pk=connection_id)
    return found


def _find_obstacle(connection: Connection) -> str:
    """Return why programs are refused although the connection is on; empty if they are not."""
    try:
        if connection.is_on:
            require_usable(connection)
        else:
            list_people(connection)
    except ConnectionRefused as error:
        return str(error)
    return ""


def _list_urls(request: HttpRequest, connection: Connection) -> list[tuple[str, str]]:
    """Return what the program calls, by label."""
    kind = KINDS[connection.kind]
    urls = [("URL", request.build_absolute_uri(kind.get_path(connection.tenant)))]
    if kind.token_path:
        token = kind.get_token_path(connection.tenant)
        urls.append(("Token URL", request.build_absolute_uri(token)))
    return urls


def _list_parents() -> list[tuple[str, str]]:
    return [("Connections", reverse("connections:list"))]


def _find_page(connection: Connection) -> str:
    return reverse("connections:connection", args=[connection.pk])
