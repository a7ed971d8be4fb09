"""The answer to an error nobody expected: out of order when a server is away, else our fault."""

from __future__ import annotations

import sys

import redis
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string

OUT_OF_ORDER = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)
RETRY_AFTER_SECONDS = "60"


def show_error(request: HttpRequest) -> HttpResponse:
    """Render the page for the exception in flight, without the request: it may be the cause."""
    if isinstance(sys.exc_info()[1], OUT_OF_ORDER):
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
    return HttpResponseServerError(render_to_string("500.html"))
