"""The database itself refuses a second row of each key, whoever writes it and however."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models
from django.utils import timezone

from accounts.models import User
from imports.models import Notification, Webhook

# Rows that a key is for, by its constraint.
CONDITIONS: Mapping[str, dict[str, Any]] = {
    "disabling_one_at_a_time": {"state": "running"},
    "job_receiving_once": {"state": "receiving"},
    "undo_one_at_a_time": {"state": "running"},
}
# Of an expression; tests/accounts/models/test_user_model.py shows it.
SHOWN_ELSEWHERE = {"user_username_unique"}
NUMBERS = count(1)


def list_keys() -> Iterator[Any]:
    """Yield the model of each key, its fields, and what a message of the database calls it."""
    for app in ("accounts", "imports"):
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                if field.unique and not field.auto_created:
                    name = f"{model.__name__}.{field.name}"
                    yield pytest.param(model, [field.name], field.column, id=name)
            for constraint in model._meta.constraints:
                if (
                    isinstance(constraint, models.UniqueConstraint)
                    and constraint.name not in SHOWN_ELSEWHERE
                ):
                    yield pytest.param(
                        model, constraint.fields, constraint.name, id=constraint.name
                    )


def make(model: type[models.Model], **given: Any) -> models.Model:
    """Store a row that has nothing in common with another but what is given."""
    if model is Notification:
        given["webhook"] = make(Webhook)
    invented = {
        field.name: invent(field)
        for field in model._meta.concrete_fields
        if field.name not in given and needs_value(field)
    }
    return model._base_manager.bulk_create([model(**invented, **given)])[0]


def needs_value(field: models.Field[Any, Any]) -> bool:
    if field.auto_created:
        return False
    return field.unique or not (field.null or field.has_default())


def invent(field: models.Field[Any, Any]) -> Any:
    number = next(NUMBERS)
    match field:
        case models.ForeignKey():
            return make(field.related_model)
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return date(2026, 1, 1) + timedelta(days=number)
        case models.JSONField() | ArrayField():
            return []
        case models.BooleanField():
            return False
        case models.IntegerField():
            return number
        case models.UUIDField():
            return UUID(int=number)
        case models.BinaryField():
            return b""
        case _:
            return str(number)


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "fields", "name"), list(list_keys()))
def test_second_row_of_a_key_is_refused_by_the_database(
    model: type[models.Model], fields: list[str], name: str
) -> None:
    key = {each: invent(model._meta.get_field(each)) for each in fields}
    key |= CONDITIONS.get(name, {})
    make(model, **key)
    make(model, **CONDITIONS.get(name, {}))

    with pytest.raises(IntegrityError, match=name):
        make(model, **key)


@pytest.mark.django_db
@pytest.mark.parametrize("recipients", [0, 2])
def test_notification_without_one_recipient_is_refused_by_the_database(recipients: int) -> None:
    person, webhook = (make(User), make(Webhook)) if recipients else (None, None)

    with pytest.raises(IntegrityError, match="notification_has_one_recipient"):
        Notification.objects.create(person=person, webhook=webhook, due_at=timezone.now())
