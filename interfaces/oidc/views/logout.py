"""Signing out of an application and of Userferry (OpenID Connect RP-Initiated Logout 1.0)."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.forms import RPInitiatedLogoutForm
from allauth.idp.oidc.views import LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from interfaces.oidc.models import Application, ApplicationUser, Grant
from interfaces.oidc.views.answers import allow_target, show_refusal


class LogoutForm(RPInitiatedLogoutForm):
    """allauth's form, with our applications, and their registered URLs alone."""

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        hint = cleaned.get("id_token_hint")
        client_id = cleaned.get("client_id") or (hint or {}).get("aud")
        if hint and hint.get("aud") != client_id:
            hint = cleaned["id_token_hint"] = None
        application = Application.objects.filter(pk=client_id or "", is_on=True).first()
        uri = cleaned.get("post_logout_redirect_uri")
        if uri and not (application and application.allows_post_logout(uri)):
            raise ValidationError("The URL is not registered.")
        return {**cleaned, "client": application}


class EndSession(LogoutView):
    """allauth's view: it ends this application's tokens, and the session if the user says so.

    A trusted application that shows the user's ID token is not asked about.
    """

    form_class = LogoutForm
    template_name = "idp/oidc/logout.html"

    def form_invalid(self, form: LogoutForm) -> HttpResponse:
        given = form.cleaned_data
        application = Application.objects.filter(pk=given.get("client_id", "")).first()
        uri = given.get("post_logout_redirect_uri", "")
        return show_refusal(self.request, "post_logout", 400, application, redirect_uri=uri)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **kwargs)
        if uri := context["form"].cleaned_data.get("post_logout_redirect_uri"):
            allow_target(response, uri)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "application": context["form"].cleaned_data.get("client")}

    def _must_ask(self, form: LogoutForm) -> bool:
        application, hint = form.cleaned_data["client"], form.cleaned_data["id_token_hint"]
        if self.request.user.is_anonymous:
            return False
        if not (application and application.is_trusted and hint):
            return True
        user = get_adapter().get_user_by_sub(application, hint["sub"])
        return user is None or user.pk != self.request.user.pk

    def _handle(self, form: LogoutForm, op_logout: bool) -> HttpResponse:
        application = form.cleaned_data["client"]
        if application and self.request.user.is_authenticated:
            end_grants(application, self.request)
        response: HttpResponse = super()._handle(form, op_logout)
        return response


def end_grants(application: Application, request: HttpRequest) -> None:
    """End every sign-in of the user to an application; allauth deletes the tokens."""
    accounts = ApplicationUser.objects.filter(application=application, user=request.user.pk)
    Grant.objects.filter(account__in=accounts).delete()
