"""What exporting users costs, and how much memory it takes at two sizes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from benchmarks import jobs, reports, site, users
from benchmarks.memory import read_peak, reset_peak
from benchmarks.stages import read_backend_seconds

if TYPE_CHECKING:
    from accounts.models import User

# How many times as many users the memory is compared with.
MORE = 10
PROFILES = """
INSERT INTO accounts_user (id, subject_id, password, username, email, phone_verified, given_name,
    family_name, display_name, locale, zoneinfo, picture, attributes, is_active, is_staff,
    is_superuser, created_at, updated_at, source)
SELECT n, 'bench-' || lpad(n::text, 9, '0'), 'aspnet_identity_v3$' || %s, 'user' || n,
    'user' || n || '@example.com', FALSE, 'Given', 'Family', '', '', '', '', '{}', TRUE, FALSE,
    FALSE, now(), now(), 'bench'
FROM generate_series(%s::bigint, %s::bigint) n
"""
BELONGINGS = (
    'INSERT INTO account_emailaddress (user_id, email, verified, "primary")'
    " SELECT id, email, TRUE, TRUE FROM accounts_user WHERE id BETWEEN %s AND %s",
    "INSERT INTO accounts_roleassignment (user_id, role_id, created_at) SELECT u.id, r.id, now()"
    " FROM accounts_user u, accounts_role r WHERE u.id BETWEEN %s AND %s",
    "INSERT INTO socialaccount_socialaccount"
    " (user_id, provider, uid, last_login, date_joined, extra_data)"
    " SELECT id, 'google', 'g' || id, now(), now(), '{}' FROM accounts_user"
    " WHERE id BETWEEN %s AND %s AND id %% 3 = 0",
    "INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
    " SELECT u.id, 'totp', data, now() FROM accounts_user u, bench_app"
    " WHERE u.id BETWEEN %s AND %s AND u.id %% 10 = 0",
)


def measure_all(count: int) -> Iterator[reports.Table]:
    """Yield a table of CPU time by what is exported how, and one of peak memory."""
    actor = fill(count)
    yield measure_cost(count, actor)
    yield measure_memory(count, actor)


def fill(count: int) -> User:
    """Make users with an address and a role, every third with a login, every tenth with an app."""
    from django.db import connection

    from accounts.authenticators import totp
    from accounts.models import Role, User

    jobs.empty_tables()
    actor = User.objects.create(id=10**9, subject_id="operator", is_superuser=True, is_staff=True)
    Role.objects.get_or_create(key=users.ROLE)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_app")
        cursor.execute("CREATE TEMPORARY TABLE bench_app (data jsonb)")
        data = connection.ops.adapt_json_value(totp.build_data("JBSWY3DPEHPK3PXP"), None)
        cursor.execute("INSERT INTO bench_app VALUES (%s)", [data])
    add_users(1, count)
    return actor


def add_users(first: int, last: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(PROFILES, [users.make_hash(1), first, last])
        for statement in BELONGINGS:
            cursor.execute(statement, [first, last])
        cursor.execute("ANALYZE")


def measure_cost(count: int, actor: User) -> reports.Table:
    table = reports.Table(
        f"Exporting {count:,} users: µs of CPU per user",
        ("", "Python", "PostgreSQL", "users/s for a core", "bytes per user"),
    )
    # What the first request loads is loaded once.
    for _ in chain(export(actor, with_credentials=True), fetch(make_token(actor), limit=1)):
        pass
    token = make_token(actor)
    ways = (
        ("native", lambda: export(actor)),
        ("native, with credentials", lambda: export(actor, with_credentials=True)),
        ("native, by API", lambda: fetch(token)),
        ("SecureAuth configuration, with credentials", lambda: export_dump(actor)),
    )
    for name, way in ways:
        python, database = time.process_time(), read_backend_seconds()
        size = sum(map(len, way()))
        python, database = time.process_time() - python, read_backend_seconds() - database
        rate = count / (python + database)
        table.add(name, python / count * 1e6, database / count * 1e6, rate, size / count)
    return table


def export(actor: User, *, with_credentials: bool = False) -> Iterable[bytes]:
    from exports.models import Channel
    from exports.selection import Selection
    from exports.services.exporting import Order, begin_export, stream_export
    from exports.targets import TARGETS

    order = Order(TARGETS["native"], "ndjson", Selection(), with_credentials)
    return stream_export(begin_export(order, actor=actor, channel=Channel.COMMAND), order, actor)


def fetch(token: str, **query: int) -> Iterable[bytes]:
    """Export by a request to the API."""
    from django.test import Client

    with site.override_for_requests():
        headers = {"Authorization": f"Bearer {token}"}
        answer = Client().get("/api/v1/exports/native", query, headers=headers)
        yield from answer


def make_token(actor: User) -> str:
    from datetime import timedelta

    from allauth.idp.oidc.models import Client, Token
    from django.utils import timezone

    from accounts.access_tokens import SCOPE

    client = Client.objects.create(name="Benchmark", owner=actor)
    token = Token(type=Token.Type.ACCESS_TOKEN, client=client)
    token.expires_at = timezone.now() + timedelta(hours=1)
    value = f"benchmark {client.pk}"
    token.set_value(value)
    token.set_scopes([SCOPE])
    token.save()
    return value


def export_dump(actor: User) -> Iterable[bytes]:
    from imports.models import Connection
    from interfaces.secureauth.export import begin_export, write_dump

    connection, _ = Connection.objects.get_or_create(
        name="bench",
        defaults={"kind": "secureauth", "source": "bench", "tenant": "bench", "owner": actor},
    )
    return write_dump(connection, begin_export(connection, with_credentials=True))


def measure_memory(count: int, actor: User) -> reports.Table:
    table = reports.Table("Peak resident memory of an export", ("users", "MB"))
    for last in (count, MORE * count):
        if last > count:
            add_users(count + 1, last)
        reset_peak()
        for _ in export(actor, with_credentials=True):
            pass
        table.add(f"{last:,}", read_peak("self"))
    return table
