"""Let only so many passwords be verified at once in a process: each may take a gigabyte."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings

_held = threading.local()


class TooManyVerifications(Exception):
    """No turn came within the time that a sign-in waits for one; nothing was verified."""


@cache
def get_places() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(settings.PASSWORD_CHECKS_AT_ONCE)


@contextmanager
def take_turn() -> Iterator[None]:
    """Hold one of the process's turns; who holds one already in this thread takes no other.

    Raise TooManyVerifications when none is free in time.
    """
    if getattr(_held, "turn", False):
        yield
        return
    places = get_places()
    if not places.acquire(timeout=settings.PASSWORD_WAIT_SECONDS):
        raise TooManyVerifications
    _held.turn = True
    try:
        yield
    finally:
        _held.turn = False
        places.release()
