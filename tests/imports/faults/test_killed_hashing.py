"""A worker that hashes plain passwords is killed: nobody is lost, and no secret shows."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings as site_settings
from django.db import connection

from accounts.models import User
from accounts.passwords.background import count_waiting, hash_for_a_while
from imports.services.jobs.queue import enqueue_hashing
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, to_csv
from tests.workers import start_worker

pytestmark = pytest.mark.django_db(transaction=True)

USERS = 120
MARK = "no disk holds this horse"
PATIENCE = 400.0


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def find_marks() -> Iterator[str]:
    """Yield where a password stands in clear: tables, messages and values of the queue, files."""
    written, digits = MARK, MARK.encode().hex()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY(%s)',  # noqa: S608
                [[f"%{written}%", f"%{digits}%"]],
            )
            if cursor.fetchone()[0]:
                yield table
    queue = redis.Redis.from_url(site_settings.REDIS_URL)
    yield from (str(key) for key in queue.scan_iter() if MARK.encode() in (queue.dump(key) or b""))
    folder = Path(site_settings.STORAGES["default"]["OPTIONS"]["location"])
    for path in folder.rglob("*"):
        if path.is_file() and MARK.encode() in path.read_bytes():
            yield path.name


def test_killed_while_hashing_loses_nobody_and_shows_no_password(
    make_job: MakeJob, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = ([f"u{number}", f"user{number}", f"{MARK} {number}"] for number in range(USERS))
    job = make_job(to_csv(["subject_id", "username", "password"], rows), name="plain.csv")
    worker = start_worker(processes=1)
    try:
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        wait_until(lambda: User.objects.filter(subject_id__startswith="u").count() == USERS)
        enqueue_hashing()
        wait_until(lambda: 0 < count_waiting().count < USERS)
        os.killpg(worker.pid, signal.SIGSTOP)
        assert list(find_marks()) == []
    finally:
        worker.kill()

    imported = User.objects.filter(subject_id__startswith="u")
    before = dict(imported.values_list("pk", "password"))
    left = count_waiting().count
    assert 0 < left < USERS

    wait_until(lambda: not hash_for_a_while() and not count_waiting().count)

    after = dict(imported.values_list("pk", "password"))
    assert all(each.startswith("argon2$") for each in after.values())
    assert sum(before[pk] == after[pk] for pk in before) == USERS - left
    people = imported.order_by("pk")
    assert all(person.check_password(f"{MARK} {person.username[4:]}") for person in people[::10])
    assert not imported.exclude(password_changed_at=None).exists()
    assert list(find_marks()) == []
    assert MARK not in "".join(capfd.readouterr())
