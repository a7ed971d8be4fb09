"""Let staff with the right permission in, and tell everybody else what they lack."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse

from accounts.models import User
from accounts.permission_areas import describe_permission
from imports.views.shared.page import render_page


class StaffRequest(HttpRequest):
    """A request that `requires` let through."""

    user: User


View = Callable[..., HttpResponseBase]


def requires(permission: str, *, takes_files: bool = False) -> Callable[[View], View]:
    """Make a view one for staff who hold the permission.

    The body of a request to one that `takes_files` is read when its sender holds it, and only
    then; others take no more than a form: `importer_site.request_bodies`.
    """

    def refuse_sender(request: HttpRequest) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated:
            return _ask_to_sign_in(request)
        if not (user.is_staff and user.has_perm(permission)):
            return refuse(request, permission)
        return None

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refusal = refuse_sender(request)
            return view(request, *args, **kwargs) if refusal is None else refusal

        if takes_files:
            guarded.refuse_sender = refuse_sender  # type: ignore[attr-defined]
        return guarded

    return decorate


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # The page that asks for a part of itself is reloaded, and so leads to the sign-in.
        return HttpResponse(headers={"HX-Refresh": "true"})
    is_page = request.method in {"GET", "HEAD"}
    came_from = request.get_full_path() if is_page else reverse("imports:job_list")
    return redirect_to_login(came_from, resolve_url(settings.LOGIN_URL))


def refuse(request: HttpRequest, permission: str) -> HttpResponse:
    """Answer with a page that names the permission which is lacking."""
    return render_page(
        request,
        "imports/forbidden.html",
        title="Permission required",
        status=403,
        permission=permission,
        permission_name=describe_permission(permission),
    )
