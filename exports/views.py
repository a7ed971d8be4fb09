"""The pages of exports: which users, how many, the download, and who took which."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.permission_areas import describe_permission
from accounts.sign_in.reauthentication import find_confirmation_page, is_sign_in_recent
from exports.forms import ExportForm, list_groups, list_jobs, list_sources
from exports.models import Channel, Export
from exports.selection import SelectionError
from exports.services.exporting import (
    EXPORT_CREDENTIALS,
    VIEW_USER,
    Order,
    begin_export,
    preview_export,
    stream_export,
)
from exports.targets import TARGETS
from exports.words import describe_excluded, describe_selection
from imports.views.shared.access import StaffRequest, refuse, requires
from imports.views.shared.page import render_page

VIEW_EXPORT = "exports.view_export"
PAGE_SIZE = 50
SIGN_IN_AGAIN = (
    "Password hashes and authenticators can only be exported shortly after signing in. Sign out,"
    " sign in again, and come back to this page."
)


@require_safe
@requires(VIEW_USER)
def list_exports(request: StaffRequest) -> HttpResponse:
    """Show who exported which users; without the permission for that, one's own exports."""
    exports = Export.objects.select_related("actor")
    if not request.user.has_perm(VIEW_EXPORT):
        exports = exports.filter(actor=request.user)
    before = request.GET.get("before", "")
    if before.isdecimal():
        exports = exports.filter(pk__lt=min(int(before), 2**63 - 1))
    found = list(exports[: PAGE_SIZE + 1])
    return render_page(
        request,
        "exports/list.html",
        title="Exports",
        parents=[],
        exports=[
            (each, describe_selection(each.selection), list(describe_excluded(each.excluded)))
            for each in found[:PAGE_SIZE]
        ],
        sees_all=request.user.has_perm(VIEW_EXPORT),
        is_first_page=not before,
        next_before=found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
    )


@require_safe
@requires(VIEW_USER)
def choose_users(request: StaffRequest) -> HttpResponse:
    """Show the form; once it is sent, how many users it means, and the button to download them."""
    form = _read_form(request, is_sent="form" in request.GET)
    preview = None
    if form.is_valid():
        try:
            preview = preview_export(form.read_order(), request.user)
        except SelectionError as error:
            form.add_error(None, str(error))
    return render_page(
        request,
        "exports/new.html",
        title="Export users",
        parents=[("Exports", reverse("exports:list"))],
        form=form,
        preview=preview,
        excluded=list(describe_excluded(preview.excluded)) if preview else [],
        lacks=[line for target in TARGETS.values() for line in target.lacks],
        may_take_credentials="with_credentials" in form.fields,
        credentials_words=describe_permission(EXPORT_CREDENTIALS),
        sources=list_sources(),
        groups=list_groups(),
        jobs=list_jobs(),
    )


@require_POST
@requires(VIEW_USER)
def download(request: StaffRequest) -> HttpResponseBase:
    """Send the users that the form means; credentials only shortly after signing in."""
    if "with_credentials" in request.POST and not request.user.has_perm(EXPORT_CREDENTIALS):
        return refuse(request, EXPORT_CREDENTIALS)
    form = _read_form(request, is_sent=True)
    page = f"{reverse('exports:new')}?{_write_query(request)}"
    if not form.is_valid():
        return redirect(page)
    order = form.read_order()
    if order.with_credentials and not is_sign_in_recent(request):
        if question := find_confirmation_page(request, then=page):
            return redirect(question)
        messages.error(request, SIGN_IN_AGAIN)
        return redirect(page)
    try:
        begun = begin_export(order, actor=request.user, channel=Channel.PAGE)
    except SelectionError as error:
        messages.error(request, str(error))
        return redirect(page)
    return StreamingHttpResponse(
        stream_export(begun, order, request.user),
        content_type=order.form.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{_name_file(order)}"',
            "Cache-Control": "no-store",
        },
    )


def _read_form(request: StaffRequest, *, is_sent: bool) -> ExportForm:
    given = request.POST if request.method == "POST" else request.GET
    may_take = request.user.has_perm(EXPORT_CREDENTIALS)
    # What a page links with, such as a source, is there before anything was sent.
    initial = None if is_sent else given.dict()
    return ExportForm(given if is_sent else None, initial=initial, may_take_credentials=may_take)


def _write_query(request: StaffRequest) -> str:
    query = request.POST.copy()
    query.pop("csrfmiddlewaretoken", None)
    return query.urlencode()


def _name_file(order: Order) -> str:
    ending = "-with-passwords" if order.with_credentials else ""
    return f"users-{timezone.now():%Y-%m-%d}{ending}.{order.form.ending}"
