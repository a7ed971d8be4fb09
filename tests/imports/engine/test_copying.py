"""COPY: that what is written is what was given, and what its errors are."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Group
from imports.engine.copying import Same, copy_columns, copy_rows, take_ids
from imports.models import ImportJob, ImportRecord, Status

# All that PostgreSQL stores, often what COPY gives a meaning of its own.
TEXTS = st.text(
    st.sampled_from("\\N\t\n\r\b\v\f.x") | st.characters(exclude_characters="\0", codec="utf-8"),
    max_size=20,
)


@pytest.fixture(scope="module")
def cursor(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Yield a cursor in a transaction that is shared by the examples of one test."""
    with django_db_blocker.unblock(), connection.cursor() as found:
        found.execute("BEGIN")
        try:
            yield found
        finally:
            found.execute("ROLLBACK")


def test_copying_a_value_that_is_taken_raises_the_error_of_the_orm(db: None) -> None:
    rows = [("readers", "", "")] * 2

    with pytest.raises(IntegrityError):
        copy_rows(Group, ("key", "name", "description"), rows)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8))
def test_copied_text_is_stored_as_it_is(cursor: Any, pairs: list[tuple[str, str]]) -> None:
    cursor.execute("TRUNCATE accounts_group CASCADE")
    keys = [f"g{place}" for place in range(len(pairs))]
    names, descriptions = zip(*pairs, strict=True)

    copy_columns(Group, {"key": keys, "name": names, "description": descriptions})

    stored = Group.objects.order_by("id").values_list("key", "name", "description")
    assert list(stored) == list(zip(keys, names, descriptions, strict=True))


def test_copied_values_of_every_kind_are_stored_as_they_are(job: ImportJob) -> None:
    now = timezone.now()
    given: dict[str, Any] = {
        "job_id": Same(job.pk),
        "row_number": [1, 2],
        "line_number": [None, 7],
        "attempt": Same(1),
        "status": Same(Status.FAILED),
        "error_group": [None, uuid.UUID(int=5)],
        "problems": ["[]", '[{"code": "a\\\\b"}]'],
        "changes": Same("[]"),
        "reason": Same(""),
        "subject_id": ["\\N", "a\tb\\n"],
        "username": Same("same\\"),
        "email": Same(""),
        "source": [b"\\x00\x00\n", None],
        "written_at": Same(now),
        "stamped_at": [now, None],
    }

    copy_columns(ImportRecord, given)

    for place, record in enumerate(ImportRecord.objects.order_by("row_number")):
        for name, column in given.items():
            value = column.value if isinstance(column, Same) else column[place]
            stored = getattr(record, name)
            if name == "problems":
                value = json.loads(value)
            elif name == "changes":
                value = []
            elif isinstance(stored, memoryview):
                stored = bytes(stored)
            assert stored == value, name


def test_nothing_is_copied_of_no_rows(db: None) -> None:
    copy_rows(Group, ("key", "name", "description"), [])
    copy_columns(Group, {"key": [], "name": Same("n"), "description": Same("")})

    assert not Group.objects.exists()


def test_ids_taken_are_those_that_the_table_gives_next(db: None) -> None:
    taken = take_ids(Group, 3)

    assert len(set(taken)) == 3
    assert Group.objects.create(key="readers").pk == max(taken) + 1
