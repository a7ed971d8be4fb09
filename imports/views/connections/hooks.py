"""What the page of a sign-in hook has beyond that of a connection: token issuer, keys, answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from imports.core.errors import ImporterError
from imports.models import Connection, DecryptionKey, TokenIssuer
from imports.selectors.hooks import COLUMNS, count_moved, list_hook_days
from imports.services.connections.kinds import HOOK
from imports.services.connections.setups import list_setups
from imports.services.hooks.issuers import save_issuer
from imports.services.hooks.keys import (
    MOST_AT_ONCE,
    list_keys,
    make_key,
    read_certificate,
    revoke_key,
)
from imports.views.shared.access import StaffRequest, requires

VIEW, CHANGE = "imports.view_connection", "imports.change_connection"


class IssuerForm(forms.ModelForm):
    """Whose tokens a system shows that gets none from here."""

    class Meta:
        model = TokenIssuer
        fields = ["issuer", "audience", "keys_url"]


def show_hook(request: HttpRequest, connection: Connection) -> dict[str, Any]:
    """Return what the page shows of a hook."""
    keys = list(list_keys(connection).select_related("created_by"))
    return {
        "setups": list_setups(connection, request.build_absolute_uri("/")),
        "moved": count_moved(connection),
        "hook_days": list_hook_days(connection),
        "hook_columns": list(dict.fromkeys(COLUMNS.values())),
        "issuer_form": IssuerForm(instance=_find_issuer(connection)),
        "keys": [(key, read_certificate(key)) for key in keys],
        "may_create_key": len(keys) < MOST_AT_ONCE,
    }


@require_POST
@requires(CHANGE)
def change_issuer(request: StaffRequest, connection_id: int) -> HttpResponse:
    connection = _get_hook(connection_id)
    form = IssuerForm(request.POST, instance=_find_issuer(connection))
    if not form.is_valid():
        faults = [str(fault) for found in form.errors.values() for fault in found]
        messages.error(request, " ".join(faults))
    else:
        try:
            save_issuer(form.save(commit=False), actor=request.user)
        except ImporterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The token issuer was saved.")
    return redirect("connections:connection", connection_id)


@require_POST
@requires(CHANGE)
def create_key(request: StaffRequest, connection_id: int) -> HttpResponse:
    try:
        key = make_key(_get_hook(connection_id), actor=request.user)
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The key {key} was created. Register its certificate.")
    return redirect("connections:connection", connection_id)


@require_safe
@requires(VIEW)
def download_certificate(request: StaffRequest, connection_id: int, key_id: int) -> HttpResponse:
    key = get_object_or_404(DecryptionKey, pk=key_id, connection=connection_id)
    response = HttpResponse(key.certificate, content_type="application/x-pem-file")
    response["Content-Disposition"] = f'attachment; filename="userferry-{key}.pem"'
    return response


@require_POST
@requires(CHANGE)
def revoke(request: StaffRequest, connection_id: int, key_id: int) -> HttpResponse:
    keys = DecryptionKey.objects.select_related("connection")
    key = keys.filter(pk=key_id, connection=connection_id).first()
    if key is None:
        messages.info(request, "This key was revoked already.")
    else:
        revoke_key(key, actor=request.user)
        messages.success(request, f"The key {key.key_id} was revoked.")
    return redirect("connections:connection", connection_id)


def _get_hook(connection_id: int) -> Connection:
    connection: Connection = get_object_or_404(Connection, pk=connection_id)
    if connection.kind != HOOK.name:
        raise Http404
    return connection


def _find_issuer(connection: Connection) -> TokenIssuer:
    found = TokenIssuer.objects.filter(connection=connection).first()
    return found or TokenIssuer(connection=connection)
