"""The configuration of a tenant: import it, export it, patch it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from exports.services.exporting import PermissionMissing
from interfaces.secureauth.access import ROOT, admit
from interfaces.secureauth.document import build_document
from interfaces.secureauth.dump import DumpError, parse_body, patch_dump, read_dump
from interfaces.secureauth.errors import Refusal, answering_errors
from interfaces.secureauth.export import begin_export
from interfaces.secureauth.export import write_dump as export_dump
from interfaces.secureauth.writing import MODES, write_dump

MAX_BODY = 32 << 20
MANAGE, READ = "manage_configuration", "read_configuration"
CREDENTIALS = "export_credentials"
DEFAULT_MODE = "ignore"


@csrf_exempt
@never_cache
@answering_errors
def configure(request: HttpRequest, tenant: str = ROOT) -> HttpResponseBase:
    """Answer PUT, PATCH and GET of a tenant's configuration."""
    if request.method in ("PUT", "PATCH"):
        return _change(request, tenant)
    if request.method == "GET":
        return _export(request, tenant)
    raise Refusal(405, "Use GET, PUT or PATCH.", headers={"Allow": "GET, PUT, PATCH"})


@csrf_exempt
@answering_errors
def refuse_unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer every other URL, among them those of workspaces and their clients."""
    raise Refusal(404, "There is nothing at this URL. Users are at …/configuration.")


def get_document(request: HttpRequest) -> JsonResponse:
    return JsonResponse(build_document())


def _change(request: HttpRequest, tenant: str) -> HttpResponse:
    connection = admit(request, tenant, [MANAGE]).connection
    _refuse_unknown_query(request, {"mode", "tid"})
    mode = request.GET.get("mode", DEFAULT_MODE)
    if mode not in MODES:
        raise Refusal(422, f"The mode must be one of {', '.join(MODES)}.", {"mode": mode})
    content = request.read(MAX_BODY + 1)
    if len(content) > MAX_BODY:
        raise Refusal(413, f"A request can have {MAX_BODY >> 20} MB. Send fewer users.")
    try:
        body: Any = parse_body(content)
    except DumpError as error:
        raise Refusal(400, str(error)) from None
    try:
        dump = read_dump(patch_dump(body) if request.method == "PATCH" else body)
    except DumpError as error:
        raise Refusal(422, str(error)) from None
    write_dump(connection, dump, mode)
    return HttpResponse(status=204)


def _export(request: HttpRequest, tenant: str) -> StreamingHttpResponse:
    secret = admit(request, tenant, [READ, MANAGE, CREDENTIALS])
    _refuse_unknown_query(request, {"tid"})
    connection, with_credentials = secret.connection, CREDENTIALS in secret.scopes
    try:
        begun = begin_export(connection, with_credentials=with_credentials)
    except PermissionMissing as error:
        raise Refusal(403, str(error)) from None
    return StreamingHttpResponse(export_dump(connection, begun), content_type="application/json")


def _refuse_unknown_query(request: HttpRequest, known: Collection[str]) -> None:
    if unknown := sorted(set(request.GET) - set(known)):
        raise Refusal(422, f"There is no parameter “{unknown[0]}”.", {"parameters": unknown})
