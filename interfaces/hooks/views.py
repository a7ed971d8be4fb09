"""Answer the systems that ask: admit them, read what they ask, decide, and spell the answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables

from accounts.sign_in.judging import Judgement, Verdict
from imports.models import Connection
from imports.services.hooks.answering import answer_password, find_user
from imports.services.hooks.keys import NotDecrypted, decrypt
from imports.services.hooks.nonces import is_replayed
from interfaces.hooks.access import admit
from interfaces.hooks.contract import TOLD, Asked, BodyError, Caller, Operation, Reply
from interfaces.hooks.document import build_document
from interfaces.hooks.errors import Refusal, answer_error, write_reply
from interfaces.hooks.people import describe_person
from interfaces.hooks.registry import CALLERS

MOST_BYTES = 64 << 10


@csrf_exempt
@never_cache
@sensitive_variables()
def answer(request: HttpRequest, tenant: str, name: str, path: str = "") -> HttpResponse:
    """Answer a request of one of the callers; each has its own URL below a connection's."""
    caller = CALLERS.get(name)
    operation = caller.find_operation(path) if caller else None
    if caller is None or operation is None:
        return answer_error(Refusal(404, "No system asks at this URL. See the connection's page."))
    if request.method == "GET" and caller.has_health_check:
        return HttpResponse()
    try:
        if request.method != "POST":
            allowed = "GET, POST" if caller.has_health_check else "POST"
            raise Refusal(405, "Use POST.", {"Allow": allowed})
        connection = admit(request, tenant, caller, operation)
        asked = _read(request, connection, operation)
        return write_reply(_decide(request, connection, caller, operation, asked))
    except Refusal as refusal:
        return answer_error(refusal, caller)


@csrf_exempt
def refuse_unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer every other URL."""
    return answer_error(Refusal(404, "No system asks at this URL. See the connection's page."))


def get_document(request: HttpRequest) -> JsonResponse:
    return JsonResponse(build_document())


@sensitive_variables()
def _read(request: HttpRequest, connection: Connection, operation: Operation) -> Asked:
    if not (request.content_type or "").endswith("json"):
        raise Refusal(415, "The content type has to be application/json.")
    content = request.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refusal(413, f"A request can have {MOST_BYTES >> 10} kB.")
    try:
        body: Any = orjson.loads(content)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, Mapping):
        raise Refusal(400, "The body is not a JSON object.")
    try:
        asked = operation.read(body, partial(decrypt, connection))
    except (BodyError, NotDecrypted) as error:
        raise Refusal(400, str(error)) from None
    if asked.nonce and is_replayed(connection, asked.nonce):
        raise Refusal(400, "The request has been answered before.")
    return asked


@sensitive_variables()
def _decide(
    request: HttpRequest, connection: Connection, caller: Caller, operation: Operation, asked: Asked
) -> Reply:
    if asked.password is None:
        found = find_user(asked.name)
        judged = Judgement(Verdict.RIGHT if found else Verdict.UNKNOWN, found)
    else:
        judged = answer_password(
            connection,
            caller.name,
            request,
            name=asked.name,
            password=asked.password,
            address=asked.address,
            seconds=caller.seconds,
        )
    is_told = judged.verdict in TOLD and judged.user is not None
    person = describe_person(judged.user) if is_told and judged.user else None
    return operation.answer(judged.verdict, asked, person)
