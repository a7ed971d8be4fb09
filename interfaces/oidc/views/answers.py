"""What goes back to an application by way of the browser, and what is said where nothing may."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from allauth.idp.oidc.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from interfaces.oidc.models import Application
from interfaces.oidc.redirects import find_origin

# Where a form on a page of ours may lead, besides to us: see `interfaces.oidc.middleware`.
TARGET = "application_origin"


def answer_application(
    request: HttpRequest,
    redirect_uri: str,
    answer: Mapping[str, str],
    *,
    response_mode: str | None = None,
) -> HttpResponse:
    """Send the browser to a registered URL, with parameters and whose they are (RFC 9207)."""
    parameters = {**answer, "iss": get_adapter().get_issuer()}
    request.session.pop(TARGET, None)
    if response_mode == "form_post":
        page = render(
            request,
            "idp/oidc/form_post.html",
            {"redirect_uri": redirect_uri, "parameters": parameters},
        )
        allow_target(page, redirect_uri)
        page["Cache-Control"] = "no-store"
        return page
    return redirect_to(add_parameters(redirect_uri, parameters))


def add_parameters(uri: str, parameters: Mapping[str, str]) -> str:
    """Return a URL with parameters; what was registered of its query stays."""
    parts = urlsplit(uri)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()])
    return f"{uri.partition('?')[0]}?{query}"


def redirect_to(uri: str) -> HttpResponse:
    """Redirect to a URL of any scheme: those of native applications are their own."""
    response = HttpResponse(status=302)
    response["Location"] = uri
    response["Cache-Control"] = "no-store"
    return response


def allow_target(response: HttpResponse, uri: str) -> None:
    """Let the forms of a page lead to the site of a URL: browsers count redirects after a form."""
    response._csp_update = {"form-action": [find_origin(uri)]}  # type: ignore[attr-defined]


def show_refusal(
    request: HttpRequest, kind: str, status: int, application: Application | None, **more: object
) -> HttpResponse:
    """Show why there is no way on, and what to do; nobody is sent anywhere.

    `kind` names what happened, as the template has it.
    """
    context = {"kind": kind, "application": application, **more}
    return render(request, "idp/oidc/error.html", context, status=status)
