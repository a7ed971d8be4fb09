"""All that imports have written, in a form in which two runs of the same files compare equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.utils import timezone

from accounts.models import (
    GroupMembership,
    RoleAssignment,
    SignInName,
    UniqueAttributeValue,
    User,
)
from imports.engine.files.payloads import unpack_encoded
from imports.engine.undo.restoring import unpack_image
from imports.models import ImportChunk, ImportJob, ImportRecord, JoinedRow, OtherSubjectId

TABLES: tuple[type[models.Model], ...] = (
    *(User, EmailAddress, SocialAccount, Authenticator, GroupMembership, RoleAssignment),
    *(SignInName, UniqueAttributeValue, OtherSubjectId, ImportRecord, ImportChunk, JoinedRow),
)
# What differs between two runs whatever they do: numbers of rows, and what is kept encrypted until
# the end.
SALTED_HERE = ("argon2", UNUSABLE_PASSWORD_PREFIX)
ALWAYS_NEW = frozenset({"id", "salt", "claimed_at", "finished_at", "claims"})
RECENT = timedelta(hours=1)


def dump_store() -> dict[str, list[Any]]:
    """Return the rows of every table: users by subject ids, and what is encrypted in clear."""
    owners = dict(User.objects.values_list("pk", "subject_id"))
    jobs = {
        pk: place
        for place, pk in enumerate(ImportJob.objects.order_by("pk").values_list("pk", flat=True))
    }
    return {
        table.__name__: sorted(
            (_normalise(row, owners, jobs) for row in table.objects.values()), key=str
        )
        for table in TABLES
    }


def _normalise(
    row: Mapping[str, Any], owners: Mapping[int, str], jobs: Mapping[int, int]
) -> dict[str, Any]:
    named: dict[str, Callable[[Any], Any]] = {
        "user_id": owners.get,
        "job_id": jobs.get,
        "met": lambda ids: sorted(owners.get(each, "?") for each in ids or ()),
        "password": _cut_salted,
        # Of a user, the name of the system; of a status, the row.
        "source": lambda kept: kept if isinstance(kept, str) else unpack_encoded(kept),
        "payload": unpack_encoded,
        "before": _read_image,
        "data": sorted,
        # Digests are salted; their last byte is the kind of value.
        "duplicates": lambda found: {
            row: (first, digest[-2:], unlike) for row, (first, digest, unlike) in found.items()
        },
    }
    return {
        name: named[name](value) if name in named and value else _write(value)
        for name, value in row.items()
        if name not in ALWAYS_NEW
    }


def _cut_salted(text: str) -> str:
    return text[:1] if text.startswith(SALTED_HERE) else text


def _read_image(stored: bytes) -> dict[str, Any]:
    image: dict[str, Any] = {**unpack_image(stored)}
    if image["updated_at"]:
        image["updated_at"] = _write(datetime.fromisoformat(image["updated_at"]))
    values = image["values"]
    if "password" in values:
        image["values"] = values | {"password": [*map(_cut_salted, values["password"])]}
    return image


def _write(value: Any) -> Any:
    if isinstance(value, datetime) and abs(timezone.now() - value) < RECENT:
        return "now"
    return bytes(value) if isinstance(value, memoryview) else value
