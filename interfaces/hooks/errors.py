"""Refuse requests, each in the error form of the system that asks."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse, JsonResponse

from interfaces.hooks.contract import Caller, Reply, refuse_plainly

# Soon enough for a system that asks again by itself.
RETRY_SECONDS = "1"


class Refusal(Exception):
    """A request that is refused before anything is decided.

    Its status is never 403, which tells some systems that the password is wrong.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers or {})


def write_reply(reply: Reply, headers: Mapping[str, str] | None = None) -> HttpResponse:
    if reply.body is None:
        return HttpResponse(status=reply.status, headers=headers)
    response = JsonResponse(reply.body, status=reply.status, headers=headers)
    if reply.status == 503 and "Retry-After" not in response:
        response["Retry-After"] = RETRY_SECONDS
    return response


def answer_error(refusal: Refusal, caller: Caller | None = None) -> HttpResponse:
    refuse = caller.refuse if caller else refuse_plainly
    return write_reply(refuse(refusal.status, refusal.message), refusal.headers)
