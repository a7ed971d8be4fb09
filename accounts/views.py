"""The pages of our own for everybody: one's account and addresses, and expired passwords."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.views import EmailView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.generic import FormView

from accounts.sign_in.forms import ReplaceExpiredPasswordForm
from accounts.sign_in.races import LooksAgainAtForm
from accounts.sign_in.stages import ExpiredPasswordStage


@login_required
def show_home(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/home.html")


class OwnAddresses(LooksAgainAtForm, EmailView):
    """allauth's page of one's e-mail addresses."""


@method_decorator(
    login_stage_required(stage=ExpiredPasswordStage.key, redirect_urlname="account_login"),
    name="dispatch",
)
class ReplaceExpiredPassword(FormView):
    """Reached in the middle of signing in only; the user is not signed in yet."""

    template_name = "account/password_expired.html"
    form_class = ReplaceExpiredPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.stage.login.user}

    def form_valid(self, form: ReplaceExpiredPasswordForm) -> HttpResponse:
        form.save()
        response: HttpResponse = self.stage.exit()
        return response

    @property
    def stage(self) -> ExpiredPasswordStage:
        """Return the stage that the decorator has found in the session."""
        stage: ExpiredPasswordStage = self.request._login_stage  # type: ignore[attr-defined]
        return stage
