"""Answer what would end in an error: identity providers, and passwords when there are too many."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.socialaccount.helpers import render_authentication_error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from requests import RequestException

from accounts.passwords.turns import TooManyVerifications

RETRY_AFTER_SECONDS = "5"


class BusyMiddleware:
    """Asks to try again where as many passwords are being verified as the server can bear."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooManyVerifications):
            return None
        response = render(request, "busy.html", status=503)
        response["Retry-After"] = RETRY_AFTER_SECONDS
        return response


class ExternalSignInMiddleware:
    """Turns a form's redirect to another site into a page, and a silent provider into a message.

    Browsers hold the redirects that follow a form to the policy's `form-action`, which names only
    this site; and where a provider leads to is not known beforehand.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseRedirect) or request.method != "POST":
            return response
        if urlsplit(response.url).netloc in {"", request.get_host()}:
            return response
        return render(request, "socialaccount/login_redirect.html", {"redirect_to": response.url})

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RequestException):
            return None
        response: HttpResponse = render_authentication_error(request, None, exception=exception)
        return response
