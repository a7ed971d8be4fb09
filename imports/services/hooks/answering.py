"""Answer a system that asks about a password, or about a user: the one place that decides."""

from __future__ import annotations

import time

from django.db import transaction
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.sign_in.judging import Judgement, Verdict, find_named, judge
from imports.models import Connection, HookAnswer, MovedUser

# What a failed sign-in takes at least: accounts.hashers.
FAILURE_SECONDS = 1.0


@sensitive_variables("password")
def answer_password(
    connection: Connection,
    caller: str,
    request: HttpRequest,
    *,
    name: str,
    password: str,
    address: str,
    seconds: float,
) -> Judgement:
    """Return what is to be said of a name and a password, and note it.

    `seconds` is how long the system waits for the answer. Half of what a failure leaves of them is
    spent on waiting for a turn; the other half is for the verification.
    """
    started = time.monotonic()
    wait = max(seconds - FAILURE_SECONDS, 0) / 2
    judged = judge(request, name, password, address=address, seconds=wait)
    _note(connection, caller, judged, started)
    return judged


def find_user(name: str) -> User | None:
    """Return whom a system may be told of without a password: nobody disabled, no administrator."""
    user = find_named(name)
    return user if user is not None and user.is_active and not user.is_administrator else None


@transaction.atomic
def _note(connection: Connection, caller: str, judged: Judgement, started: float) -> None:
    user_id = judged.user.pk if judged.user else None
    HookAnswer.objects.create(
        connection=connection,
        caller=caller,
        verdict=judged.verdict,
        milliseconds=round((time.monotonic() - started) * 1000),
        user_id=user_id,
    )
    if judged.verdict is Verdict.RIGHT and user_id is not None:
        moved = MovedUser(connection=connection, caller=caller, user_id=user_id)
        MovedUser.objects.bulk_create([moved], ignore_conflicts=True)
