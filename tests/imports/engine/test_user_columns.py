"""The table of a user's columns agrees with the model and with the profile of a record."""

import pytest
from django.db import models

from accounts.models import User
from imports.core.records.records import Profile
from imports.core.records.user_columns import (
    FLAG,
    KINDS,
    PROFILE_COLUMNS,
    TEXT,
    TIMESTAMP,
    ProfileColumn,
)

CLASSES = {TEXT: models.CharField, FLAG: models.BooleanField, TIMESTAMP: models.DateTimeField}
# What goes to tables of its own, or to the user in a way of its own.
ELSEWHERE = {"email_verified", "emails", "updated_at", "attributes"}


def by_field(column: ProfileColumn) -> str:
    return column.field


def test_every_field_of_a_profile_has_a_column() -> None:
    assert {each.field for each in PROFILE_COLUMNS} | ELSEWHERE == set(Profile.model_fields)


@pytest.mark.parametrize("column", PROFILE_COLUMNS, ids=by_field)
def test_column_is_of_the_kind_that_the_model_has(column: ProfileColumn) -> None:
    assert isinstance(User._meta.get_field(column.column), CLASSES[KINDS[column.column]])


@pytest.mark.parametrize("column", PROFILE_COLUMNS, ids=by_field)
def test_new_user_without_a_value_gets_what_the_model_would_give(column: ProfileColumn) -> None:
    field = User._meta.get_field(column.column)
    default = None if field.null else field.get_default()

    assert column.is_now or column.blank == default
