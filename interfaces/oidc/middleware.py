"""Let the forms of signing in lead to the application that somebody comes from.

Browsers hold the redirects that follow a form to the policy's `form-action`: after the password,
the code or the new password, the way goes on to the application without another page.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from interfaces.oidc.views.answers import TARGET, allow_target

PAGES = "/accounts/"


class ApplicationTargetMiddleware:
    """Widens the policy of these pages, for a session that an application has begun."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(PAGES) and (uri := request.session.get(TARGET)):
            allow_target(response, uri)
        return response
