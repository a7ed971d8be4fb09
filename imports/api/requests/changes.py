"""Change what somebody has read: refuse it if that is not so any more."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from imports.api.requests.access import read_shown
from imports.api.schemas.given import Given
from imports.api.schemas.versions import Versioned
from imports.core.errors import ChangedMeanwhile


def require_unchanged(request: HttpRequest, now: Versioned) -> None:
    """Raise ChangedMeanwhile if the request's If-Match stands for something else than there is."""
    shown = read_shown(request)
    if shown is not None and shown != now.etag:
        raise ChangedMeanwhile("It was changed after you read it. Read it again.", [])


def apply(changes: Given, thing: Model, *, apart: str = "") -> Any:
    """Set the fields that are given; return the value of the field apart, None if it is not."""
    given = changes.model_dump(exclude_none=True)
    other = given.pop(apart, None)
    for name, value in given.items():
        setattr(thing, name, value)
    return other
