"""What an import asks of the database does not grow with what is in it, nor with its chunks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import connection

from accounts.models import User
from imports.core.planning.conflicts import Mode
from imports.core.planning.matching import MATCHING_KEYS, SUBJECT_ID
from imports.core.records.keys import key_record
from imports.core.records.records import UserImportRecord
from imports.engine.context import load_context
from imports.engine.snapshot import read_snapshot
from imports.models import ImportJob
from imports.services.runs import runs
from tests.imports.conftest import MakeJob
from tests.imports.engine.conftest import CHUNK_ROWS, ROWS, expect_exact_statuses, is_finished
from tests.imports.engine.conftest import wait_for as wait_until
from tests.workers import running_worker

# Few enough for the planner to compare each with each, and so many that it would read them all.
STORED = (3000, 8000)
LOOKED_UP = 500


def count_sessions() -> int:
    """Return how many connections to the test's database there have ever been."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sessions FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def count_rows_read() -> int:
    """Return how many rows and entries of the large tables' indexes the transaction has read."""
    names = [model._meta.db_table for model in (User, EmailAddress, SocialAccount)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_returned(name::regclass)) + (SELECT"
            " sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]))"
            " FROM unnest(%s::text[]) AS name",
            [names, names],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_quick_sweeps")
def test_worker_keeps_its_connection_from_chunk_to_chunk(job: ImportJob) -> None:
    before = count_sessions()
    with running_worker(processes=1):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        wait_until(job, is_finished(job))

    expect_exact_statuses(job)
    assert count_sessions() - before < ROWS // CHUNK_ROWS // 2


@pytest.mark.django_db
@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_snapshot_of_tables_without_statistics_reads_what_it_asks_for(
    make_job: MakeJob, stored: int, mode: Mode
) -> None:
    users = User.objects.bulk_create(
        User(subject_id=f"u{number}", email=f"u{number}@example.com", username=f"u{number}")
        for number in range(stored)
    )
    EmailAddress.objects.bulk_create(EmailAddress(user=user, email=user.email) for user in users)
    SocialAccount.objects.bulk_create(
        SocialAccount(user=user, provider="google", uid=user.subject_id) for user in users
    )
    records = [
        UserImportRecord.model_validate(
            {
                "subject_id": f"u{number}" if number % 2 else f"new{number}",
                "profile": {"email": f"u{number}@example.com", "username": f"u{number}"},
                "authenticators": {
                    "external_logins": [{"provider": "google", "subject": f"u{number}"}]
                },
            }
        )
        for number in range(LOOKED_UP)
    ]
    context = load_context(make_job([{"subject_id": "new"}], mode=mode))
    before = count_rows_read()

    keyed = [key_record(record, frozenset()) for record in records]
    snapshot = read_snapshot(keyed, {}, context.options, lock=True)

    assert len(snapshot.users) == LOOKED_UP // 2
    # By id, e-mail in two places, name and login, with the user of each; and what users have.
    assert count_rows_read() - before < 12 * LOOKED_UP


@pytest.mark.django_db
@pytest.mark.parametrize("matching_key", [each for each in MATCHING_KEYS if each != SUBJECT_ID])
def test_users_are_matched_by_looking_each_value_up(make_job: MakeJob, matching_key: str) -> None:
    users = User.objects.bulk_create(
        User(
            subject_id=f"u{number}",
            email=f"u{number}@example.com",
            username=f"u{number}",
            phone=f"+44163296{number:06}",
        )
        for number in range(max(STORED))
    )
    SocialAccount.objects.bulk_create(
        SocialAccount(user=user, provider="google", uid=user.subject_id) for user in users
    )
    records = [
        UserImportRecord.model_validate(
            {
                "subject_id": f"new{number}",
                "profile": {
                    "email": f"u{number}@example.com",
                    "username": f"u{number}",
                    "phone": f"+44163296{number:06}",
                },
                "authenticators": {
                    "external_logins": [{"provider": "google", "subject": f"u{number}"}]
                },
            }
        )
        for number in range(LOOKED_UP)
    ]
    options = replace(
        load_context(make_job([{"subject_id": "new"}])).options, matching_key=matching_key
    )
    keyed = [key_record(record, frozenset()) for record in records]
    before = count_rows_read()

    snapshot = read_snapshot(keyed, {}, options, lock=True)

    assert len(snapshot.matches) == LOOKED_UP
    assert count_rows_read() - before < 12 * LOOKED_UP


@pytest.mark.django_db
def test_queries_of_a_chunk_are_not_compiled(make_job: MakeJob) -> None:
    """Where no index would do, PostgreSQL expects so much of reading a table that it would."""
    context = load_context(make_job([{"subject_id": "new"}]))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = on")
    read_snapshot([], {}, context.options, lock=True)

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE) SELECT phone FROM accounts_user WHERE given_name ~ 'x'")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "JIT" not in plan
