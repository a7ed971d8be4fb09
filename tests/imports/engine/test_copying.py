"""COPY: what its errors are."""

import pytest
from django.db import IntegrityError

from accounts.models import Group
from imports.engine.copying import copy_rows


def test_copying_a_value_that_is_taken_raises_the_error_of_the_orm(db: None) -> None:
    rows = [("readers", "", "")] * 2

    with pytest.raises(IntegrityError):
        copy_rows(Group, ("key", "name", "description"), rows)
