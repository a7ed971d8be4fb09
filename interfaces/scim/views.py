"""Answer the requests of SCIM clients: admit them, and have the library serve them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from scim2_models import (
    ForbiddenException,
    PayloadTooLargeException,
    Resource,
    ResourceType,
    SCIMException,
)
from scim2_server.conditions import Conditions
from scim2_server.errors import MethodNotAllowedException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Target, match
from scim2_server.service import ScimService

from imports.services.connections.people import ConnectionRefused
from interfaces.scim.access import admit
from interfaces.scim.forms import check_body, read_query, rewrite_body
from interfaces.scim.middleware import MEDIA_TYPE
from interfaces.scim.models import MOST_BYTES, PROVIDER, USER_MODEL
from interfaces.scim.storage import Storage

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Service(ScimService):
    """The protocol, with ids that may hold what URLs may not."""

    @staticmethod
    def match(request: ScimRequest) -> Target:
        found = match(request.method.upper(), request.path)
        if found.resource_id is None:
            return found
        return Target(found.operation, found.endpoint, unquote(found.resource_id), found.me)

    def apply_replacement(
        self, current: Any, replacement: Any, conditions: Conditions
    ) -> Resource[Any] | None:
        """Apply a PUT; one that does not say whether the user is active enables nobody."""
        if isinstance(replacement, USER_MODEL) and replacement.active is None:
            replacement.active = current.active
        return super().apply_replacement(current, replacement, conditions)

    def resource_location(
        self, base_url: str, resource_type: ResourceType, resource_id: str
    ) -> str:
        return super().resource_location(base_url, resource_type, quote(resource_id, safe=""))


SERVICE = Service(PROVIDER, secret=settings.SECRET_KEY)


@never_cache
def answer(request: HttpRequest, tenant: str, rest: str) -> HttpResponse:
    """Answer a request below the URL of a connection."""
    try:
        if request.method not in METHODS:
            raise MethodNotAllowedException(allowed=METHODS)
        connection = admit(request, tenant)
        content = request.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise PayloadTooLargeException(
                detail=f"A request can have {MOST_BYTES >> 20} MB. Send less at once."
            )
        check_body(content)
        asked = ScimRequest(
            method=request.method,
            base_url=request.build_absolute_uri(f"/scim/v2/{tenant}"),
            path=_quote_id(rest),
            query=read_query(request.GET.dict()),
            headers=request.headers,
            body=rewrite_body(content),
        )
        return _write(ScimHandler(SERVICE, Storage(connection)).handle(asked))
    except SCIMException as error:
        return _write(SERVICE.error_response(error), getattr(error, "headers", {}))
    except ConnectionRefused as error:
        return _write(SERVICE.error_response(ForbiddenException(detail=str(error))))


def _quote_id(rest: str) -> str:
    """Return a path in which the id is one segment, whatever it holds."""
    endpoint, slash, resource_id = rest.partition("/")
    if resource_id == ".search" or not resource_id:
        return f"/{rest}"
    return f"/{endpoint}{slash}{quote(resource_id, safe='')}"


def _write(response: ScimResponse, headers: Any = ()) -> HttpResponse:
    content = b"" if response.body is None else json.dumps(response.body).encode()
    answered = HttpResponse(content, status=response.status, content_type=MEDIA_TYPE)
    for name, value in (*response.headers.items(), *dict(headers).items()):
        answered[name] = value
    if response.body is None:
        del answered["Content-Type"]
    return answered
