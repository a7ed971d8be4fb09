"""How long pages take at the server when a job has very many records and the site as many users."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from benchmarks import jobs, reports, site

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

REPEATS = 5
# Of 1,000 rows 50 are skipped, one is updated, 40 fail in one error group and 9 in one of many.
ROLES = 150
CHUNK_COLUMNS = (
    "attempt, number, first_row, last_row, rows, state, claims, counts, reasons, finished_at"
)
FILL = """
INSERT INTO accounts_user (id, subject_id, password, username, email, phone_verified, given_name,
    family_name, display_name, locale, zoneinfo, picture, attributes, is_active, is_staff,
    is_superuser, created_at, updated_at, source)
SELECT n, 'page-' || lpad(n::text, 9, '0'), '!', 'page' || n, 'page' || n || '@example.com', FALSE,
    'Given', 'Family', '', '', '', '', '{}', TRUE, FALSE, FALSE, now(), now(), ''
FROM generate_series(1, %(count)s) n;
CREATE TEMPORARY TABLE page_error_group
    (number integer PRIMARY KEY, error_group uuid, problems jsonb);
INSERT INTO page_error_group SELECT * FROM json_to_recordset(%(error_groups)s)
    AS given(number integer, error_group uuid, problems jsonb);
INSERT INTO imports_importrecord (job_id, row_number, attempt, status, reason, subject_id,
    username, email, phone, user_id, problems, changes, written_at, error_group, stage)
SELECT %(job)s, n, 1,
    CASE WHEN n %% 1000 < 50 THEN 'skipped' WHEN n %% 1000 < 51 THEN 'updated'
        WHEN n %% 1000 < 100 THEN 'failed' ELSE 'created' END,
    CASE WHEN n %% 1000 < 50 THEN 'profile_exists' WHEN n %% 1000 < 51 THEN ''
        WHEN n %% 1000 < 91 THEN 'value_taken' WHEN n %% 1000 < 100 THEN 'role_missing' ELSE '' END,
    'page-' || lpad(n::text, 9, '0'), 'page' || n, 'page' || n || '@example.com',
    CASE WHEN n %% 1000 BETWEEN 51 AND 99 THEN '+49' || lpad(n::text, 9, '0') ELSE '' END, n,
    coalesce(c.problems, '[]'), '[]', now(), c.error_group,
    CASE WHEN c.number = 0 THEN 'profile' WHEN c.number > 0 THEN 'memberships' ELSE '' END
FROM generate_series(1, %(count)s) n LEFT JOIN page_error_group c ON c.number =
    CASE WHEN n %% 1000 < 51 OR n %% 1000 >= 100 THEN NULL WHEN n %% 1000 < 91 THEN 0
        ELSE 1 + n / 1000 %% %(roles)s END;
INSERT INTO imports_importchunk (job_id, {CHUNK_COLUMNS})
SELECT %(job)s, 1, n, n * 1000 - 999, n * 1000, 1000, 'done', 1,
    '{"created": 900, "updated": 1, "skipped": 50, "failed": 49}',
    jsonb_build_object('skipped', '{"profile_exists": 50}'::jsonb, 'failed', jsonb_build_object(
        'value_taken ' || replace(taken.error_group::text, '-', ''), 40,
        'role_missing ' || replace(missing.error_group::text, '-', ''), 9)),
    '2026-01-01T00:00Z'::timestamptz + n * interval '0.4 seconds'
FROM generate_series(1, %(count)s / 1000) n JOIN page_error_group taken ON taken.number = 0
    JOIN page_error_group missing ON missing.number = 1 + n %% %(roles)s;
DROP TABLE page_error_group;
""".replace("{CHUNK_COLUMNS}", CHUNK_COLUMNS)


def measure(count: int, other_jobs: int = 19) -> reports.Table:
    """Fill the tables by SQL, ask for each page several times, and tabulate the median."""
    from django.test import Client

    job_id, operator = fill(count, other_jobs)
    table = reports.Table(
        f"Pages at {count:,} records and users: milliseconds at the server",
        ("page", "median", "slowest", "queries"),
    )
    with site.override_for_requests():
        client = Client()
        client.force_login(operator)
        for name, address in list_pages(job_id, count):
            table.add(name, *_measure_page(client, address))
    return table


def fill(count: int, other_jobs: int) -> tuple[int, User]:
    """Make a large finished job, more with as many chunks, and as many users as it has records."""
    from django.db import connection

    from accounts.models import User
    from imports.core.inspection.inspection import Inspection
    from imports.core.readers import ReaderOptions
    from imports.models import ImportJob
    from imports.states import JobState

    jobs.empty_tables()
    operator = User.objects.create(
        id=count + 1, subject_id="operator", is_superuser=True, is_staff=True
    )
    made = [
        ImportJob.objects.create(
            name=f"Pages {number}",
            file_name="pages.ndjson",
            file_size=1,
            provider="native",
            inspection=Inspection(ReaderOptions("ndjson"), "native", (), ()).to_json(),
            created_by=operator,
            state=JobState.COMPLETED,
            total_rows=count,
            started_at="2026-01-01T00:00Z",
            finished_at="2026-01-01T00:10Z",
        )
        for number in range(other_jobs + 1)
    ]
    last = made[-1]
    error_groups = f"'{_list_error_groups()}'"
    with connection.connection.cursor() as cursor:
        for statement in FILL.split(";")[:-1]:
            names = {"count": count, "job": last.pk, "roles": ROLES, "error_groups": error_groups}
            cursor.execute(_inline(statement, names))
        for job in made[:-1]:
            cursor.execute(
                f"INSERT INTO imports_importchunk (job_id, {CHUNK_COLUMNS})"  # noqa: S608
                f" SELECT %s, {CHUNK_COLUMNS} FROM imports_importchunk WHERE job_id = %s",
                [job.pk, last.pk],
            )
        cursor.execute("ANALYZE")
    return last.pk, operator


def _list_error_groups() -> str:
    """Return as JSON what records fail for: a taken e-mail address, and so many missing roles."""
    from imports.core.problems import Problem, digest_error_group

    taken = {"what": "The e-mail address", "owner": "page-0"}
    found = [Problem("value_taken", "email", params=taken)]
    found += [Problem("role_missing", "roles", params={"key": f"role-{n}"}) for n in range(ROLES)]
    error_groups = [
        {
            "number": number,
            "error_group": str(digest_error_group(each)),
            "problems": [each.to_json()],
        }
        for number, each in enumerate(found)
    ]
    return json.dumps(error_groups)


def _inline(statement: str, values: dict[str, object]) -> str:
    for name, value in values.items():
        statement = statement.replace(f"%({name})s", str(value))
    return statement.replace("%%", "%")


def list_pages(job_id: int, count: int) -> Iterator[tuple[str, str]]:
    from django.urls import reverse

    results, listed = reverse("imports:results", args=[job_id]), reverse("imports:job_list")
    accounts = reverse("admin:accounts_user_changelist")
    yield "job list", listed
    yield "front page", reverse("admin:index")
    yield "results", results
    for status in ("all", "failed", "skipped", "created", "updated"):
        yield f"results, {status}", f"{results}?status={status}"
        yield f"results, {status}, last page", f"{results}?status={status}&after={count - 1100}"
    for status, reason in (("failed", "role_missing"), ("skipped", "profile_exists")):
        yield f"results, {reason}", f"{results}?status={status}&reason={reason}"
    for name, narrowed in (
        ("stage", "stage=memberships"),
        ("chunk", f"chunk={count // 2000}"),
        ("row range", f"from={count // 2}&to={count // 2 + 20_000}"),
        ("range and reason", f"reason=role_missing&from={count // 2}"),
    ):
        yield f"failed results, {name}", f"{results}?status=failed&{narrowed}"
    yield "error_group", reverse("imports:error_group", args=[job_id, _find_error_group(job_id)])
    row = 1000 * (count // 2000) + 60
    for name in ("run", "activity_log", "report", "corrected_files", "undo"):
        yield name, reverse(f"imports:{name}", args=[job_id])
    yield "record", reverse("imports:record", args=[job_id, row])
    yield "sources", reverse("imports:sources")
    for name, search in (
        ("e-mail", f"page{count // 2}@example.com"),
        ("subject id", f"page-{count // 2:09}"),
        ("row", str(count // 2)),
        ("phone", f"%2B49{1000 * (count // 2000) + 60:09}"),
        ("start of many phones", "%2B49"),
        ("one letter", "p"),
        ("start of many", "page1"),
        ("nobody", "nobody"),
    ):
        yield f"results, search: {name}", f"{results}?status=all&q={search}"
        yield f"failed results, search: {name}", f"{results}?status=failed&q={search}"
    yield "user list", accounts
    yield "user list, a later page", f"{accounts}?p={min(50, count // 200)}"
    yield "user list, inactive", f"{accounts}?is_active__exact=0"
    for name, search in (
        ("e-mail", f"page{count // 2}@"),
        ("one letter", "p"),
        ("nobody", "zz"),
    ):
        yield f"user list, search: {name}", f"{accounts}?q={search}"


def _find_error_group(job_id: int) -> str:
    """Return the error group that most of the job's records fail for."""
    from imports.models import ImportJob
    from imports.selectors import list_error_groups

    return list_error_groups(ImportJob.objects.get(pk=job_id))[0].digest


def _measure_page(client: Client, address: str) -> tuple[float, float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        response = client.get(address)
        times.append((time.perf_counter() - started) * 1000)
        if response.status_code != 200:
            raise SystemExit(f"{address} answers {response.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return statistics.median(times), max(times[1:]), len(queries)
