"""The applications that somebody has signed in to, and what they may take from them again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from interfaces.oidc.claims import OPENID, SCOPES
from interfaces.oidc.models import ApplicationUser
from interfaces.oidc.services import withdraw


@require_safe
@login_required
def list_own(request: HttpRequest) -> HttpResponse:
    found = ApplicationUser.objects.filter(user=request.user.pk, last_sign_in_at__isnull=False)
    rows = [
        (
            account,
            [SCOPES[scope] for scope in SCOPES if scope in account.scopes and scope != OPENID],
        )
        for account in found.select_related("application").order_by("application__name")
    ]
    return render(request, "idp/oidc/own_applications.html", {"rows": rows})


@require_POST
@login_required
def withdraw_own(request: HttpRequest, account_id: int) -> HttpResponse:
    accounts = ApplicationUser.objects.select_related("application")
    account = get_object_or_404(accounts, pk=account_id, user=request.user.pk)
    withdraw(account)
    messages.success(request, f"{account.application} has to sign you in again.")
    return redirect("own_applications")
