"""Let only so many passwords be verified at once in a process: each may take a gigabyte."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from math import inf

from django.conf import settings

_held = threading.local()


class TooManyVerifications(Exception):
    """No turn came within the time that a sign-in waits for one; nothing was verified."""


@cache
def get_places() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(settings.PASSWORD_CHECKS_AT_ONCE)


@contextmanager
def wait_at_most(seconds: float) -> Iterator[None]:
    """Have this thread wait no longer than this for a turn, whatever the setting allows.

    For who asks on behalf of a system that itself waits for an answer only so long.
    """
    _held.longest_wait = seconds
    try:
        yield
    finally:
        del _held.longest_wait


@contextmanager
def take_turn() -> Iterator[None]:
    """Hold one of the process's turns; who holds one already in this thread takes no other.

    Raise TooManyVerifications when none is free in time.
    """
    if getattr(_held, "turn", False):
        yield
        return
    places = get_places()
    wait = min(settings.PASSWORD_WAIT_SECONDS, getattr(_held, "longest_wait", inf))
    if not places.acquire(timeout=wait):
        raise TooManyVerifications
    _held.turn = True
    try:
        yield
    finally:
        _held.turn = False
        places.release()
