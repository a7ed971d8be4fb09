"""Export in the test's own transaction, and forget everybody."""

from __future__ import annotations

from typing import Any

import orjson
from allauth.account.models import EmailAddress

from accounts.models import User
from exports.models import Channel, Export
from exports.selection import Selection
from exports.services.exporting import Order, begin_export, stream_export
from exports.targets import TARGETS


def make_order(*, shape: str = "ndjson", with_credentials: bool = False, **selection: Any) -> Order:
    return Order(TARGETS["native"], shape, Selection(**selection), with_credentials)


def export(actor: User, **options: Any) -> bytes:
    """Return all bytes of an export in the native format."""
    order = make_order(**options)
    begun = begin_export(order, actor=actor, channel=Channel.COMMAND)
    return b"".join(stream_export(begun, order, actor))


def export_records(actor: User, **options: Any) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in export(actor, **options).splitlines()]


def get_latest() -> Export:
    return Export.objects.latest("pk")


def delete_users() -> None:
    """Delete everybody whom an import could make again."""
    EmailAddress.objects.filter(user__is_staff=False).delete()
    User.objects.filter(is_staff=False).delete()
