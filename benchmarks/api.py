"""What programs send to a real web server and read from it: users a second, seconds a request.

Clients, web server, database and workers share this machine. Each request has a connection of its
own, as curl makes it. A request that is not answered as it should be ends the run.
"""

from __future__ import annotations

import hashlib
import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from benchmarks import exporting, jobs, reports, site, sources, users
from benchmarks.processes import TICK, find_parent, read_family_seconds

TENANT = "bench"
# As SecureAuth documents it.
CLIENTS = 8
USERS_A_REQUEST = 100
PAGE_SIZE = 1000
# Users created one by one are a hundredth of the others, within these bounds.
LEAST_SINGLE, MOST_SINGLE = 4, 1000
# Requests that are sent first, and not measured: each web process loads what it needs.
WARM_UP = 16


class Request(NamedTuple):
    """A request, and the status that answers it when all is well."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]
    status: int


class Spent(NamedTuple):
    """What requests took: all of them by the clock, each by the clock, and CPU; in seconds."""

    elapsed: float
    each: list[float]
    web: float
    database: float

    def summarise(self) -> tuple[float, float]:
        """Return the median and the 95th percentile of a request, in ms."""
        p95 = sorted(self.each)[math.ceil(0.95 * len(self.each)) - 1]
        return statistics.median(self.each) * 1e3, p95 * 1e3


def measure_all(folder: Path, count: int, chunk_rows: int) -> Iterator[reports.Table]:
    """Yield tables of users sent in batches, of users created one by one, and of a list."""
    with site.running_web() as web, site.running_workers(2):
        yield measure_batches(web, folder, count, chunk_rows)
        yield measure_single(web, min(max(count // 100, LEAST_SINGLE), MOST_SINGLE))
        yield measure_list(web, count)


def measure_batches(web: site.Web, folder: Path, count: int, chunk_rows: int) -> reports.Table:
    """Tabulate users who are sent by many clients, against a file of them."""
    native, dump = folder / "users.ndjson", folder / "dump.json"
    users.write_users(native, count)
    dump.write_bytes(orjson.dumps(make_dump(range(count))))
    table = reports.Table(
        f"{count:,} new users by {CLIENTS} clients, {USERS_A_REQUEST} a request, and by a file",
        (
            *("", "users/s", "file, users/s", "ratio", "median, ms", "95th percentile, ms"),
            *("web, µs of CPU per user", "PostgreSQL, µs"),
        ),
    )
    for name, path, make_sender in (
        ("records API", native, prepare_records),
        ("SecureAuth", dump, prepare_dumps),
    ):
        jobs.empty_tables()
        by_file = count / jobs.run(path, "skip", chunk_rows)
        jobs.empty_tables()
        send = make_sender(web, count + WARM_UP)
        # Of one user each, who are none of those measured.
        warm_up = [send(range(n, n + 1)) for n in range(count, count + WARM_UP)]
        starts = range(0, count, USERS_A_REQUEST)
        batches = [send(range(n, min(n + USERS_A_REQUEST, count))) for n in starts]
        spent = spend(web, warm_up, batches, CLIENTS)
        rate = count / spent.elapsed
        cpu = (spent.web / count * 1e6, spent.database / count * 1e6)
        table.add(name, rate, by_file, rate / by_file, *spent.summarise(), *cpu)
    return table


def measure_single(web: site.Web, count: int) -> reports.Table:
    """Tabulate users whom one client creates by SCIM, without a password."""
    jobs.empty_tables()
    made = make_connection("scim")
    path = f"/scim/v2/{TENANT}/Users"
    requests = [
        Request("POST", path, make_scim_user(number), authorise(made["token"]), 201)
        for number in range(count + WARM_UP)
    ]
    spent = spend(web, requests[count:], requests[:count], 1)
    table = reports.Table(
        f"{count:,} users created by SCIM, one after the other: ms for each",
        ("", "median", "95th percentile", "web, CPU", "PostgreSQL, CPU"),
    )
    cpu = (spent.web / count * 1e3, spent.database / count * 1e3)
    table.add("without a password", *spent.summarise(), *cpu)
    return table


def measure_list(web: site.Web, count: int) -> reports.Table:
    """Tabulate users whom one client lists, page by page."""
    headers = authorise(exporting.make_token(exporting.fill(count)))
    path = f"/api/v1/users?limit={PAGE_SIZE}"
    # Their ids go from 1 to `count`.
    requests = [
        Request("GET", f"{path}&after={after}", b"", headers, 200)
        for after in range(0, count, PAGE_SIZE)
    ]
    spent = spend(web, [Request("GET", path, b"", headers, 200)] * WARM_UP, requests, 1)
    table = reports.Table(
        f"{count:,} users listed by API, {PAGE_SIZE:,} a page",
        (
            *("", "users/s for a core", "users/s", "median, ms", "95th percentile, ms"),
            *("web, µs of CPU per user", "PostgreSQL, µs"),
        ),
    )
    rates = (count / max(spent.web + spent.database, TICK), count / spent.elapsed)
    cpu = (spent.web / count * 1e6, spent.database / count * 1e6)
    table.add("list", *rates, *spent.summarise(), *cpu)
    return table


def spend(
    web: site.Web, warm_up: Iterable[Request], requests: Iterable[Request], clients: int
) -> Spent:
    """Send requests by so many clients at once, after those that are not measured."""
    send = partial(answer_in, web)
    database = find_server()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(send, warm_up))
    with ThreadPoolExecutor(clients) as pool:
        before = read_family_seconds(web.pid), read_family_seconds(database)
        started = time.perf_counter()
        each = list(pool.map(send, requests))
        elapsed = time.perf_counter() - started
        after = read_family_seconds(web.pid), read_family_seconds(database)
    return Spent(elapsed, each, after[0] - before[0], after[1] - before[1])


def answer_in(web: site.Web, request: Request) -> float:
    """Return the seconds from the opening of a connection to the end of the answer."""
    started = time.perf_counter()
    ask(web, request)
    return time.perf_counter() - started


def ask(web: site.Web, request: Request) -> bytes:
    with closing(HTTPConnection(web.host, web.port, timeout=60)) as connection:
        connection.request(request.method, request.path, request.body, request.headers)
        answer = connection.getresponse()
        content = answer.read()
    if answer.status != request.status:
        sys.exit(f"{request.method} {request.path}: {answer.status} {content[:1000]!r}")
    return content


def find_server() -> int:
    """Return the process above all backends of PostgreSQL."""
    from django.db import connection

    connection.ensure_connection()
    return find_parent(connection.connection.info.backend_pid)


def make_connection(kind: str, tenant: str = TENANT) -> dict[str, str]:
    """Return what a program needs to use a new connection of an administrator's."""
    from django.core.management import call_command

    jobs.get_operator()
    output = StringIO()
    call_command("create_connection", kind, name=TENANT, tenant=tenant, json=True, stdout=output)
    made: dict[str, str] = json.loads(output.getvalue())
    return made


def authorise(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def prepare_records(_web: site.Web, count: int) -> Callable[[range], Request]:
    """Return what makes a request of the records API with users of these numbers."""
    records = list(users.make_records(count, 0))
    token = make_connection("records", tenant="")["token"]
    headers = {**authorise(token), "Content-Type": "application/x-ndjson"}

    def make(numbers: range) -> Request:
        body = b"\n".join(orjson.dumps(records[number]) for number in numbers)
        return Request("POST", "/api/v1/records", body, headers, 200)

    return make


def prepare_dumps(web: site.Web, _count: int) -> Callable[[range], Request]:
    """Return what makes SecureAuth's documented request with users of these numbers."""
    made = make_connection("secureauth")
    form = {name: made[name] for name in ("client_id", "client_secret")}
    body = urlencode({"grant_type": "client_credentials", **form}).encode()
    # The documented command labels its JSON as a form, too.
    label = {"Content-Type": "application/x-www-form-urlencoded"}
    asked = Request("POST", f"/{TENANT}/system/oauth2/token", body, label, 200)
    headers = {**authorise(json.loads(ask(web, asked))["access_token"]), **label}
    path = f"/api/identity/system/{TENANT}/configuration?mode=update"
    return lambda numbers: Request("PUT", path, orjson.dumps(make_dump(numbers)), headers, 204)


def make_dump(numbers: Iterable[int]) -> dict[str, list[dict[str, Any]]]:
    """Return the dump of users with a bcrypt hash and a verified e-mail address."""
    dump: dict[str, list[dict[str, Any]]] = {
        "users": [],
        "user_credentials": [],
        "user_identifiers": [],
        "user_verifiable_addresses": [],
    }
    for number in numbers:
        made_up = hashlib.sha512(f"user {number}".encode()).digest()
        # Each 16 bytes, so that no two ids are the same.
        ids = [sources.make_uuid(made_up[start : start + 16]) for start in (0, 16, 32, 48)]
        address, owner = f"user{number}@example.com", {"user_id": ids[0]}
        names = {"given_name": "Given", "family_name": f"Family {number}"}
        hashed = {
            "value": f"$2b$10${made_up.hex()[:52]}.",
            "config": {"method": "bcrypt", "bcrypt": {"cost": 10}},
        }
        parts: list[dict[str, Any]] = [
            {"user_pool_id": "pool", "status": "active", "payload": names, "metadata": {}},
            {**owner, "type": "password", "payload": {"hashed_password": hashed}},
            {**owner, "type": "email", "identifier": address},
            {**owner, "type": "email", "address": address, "status": "active", "verified": True},
        ]
        for entries, part_id, part in zip(dump.values(), ids, parts, strict=True):
            entries.append({"id": part_id, **part})
    return dump


def make_scim_user(number: int) -> bytes:
    address = f"user{number}@example.com"
    return orjson.dumps(
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "externalId": f"bench-{number}",
            "userName": address,
            "name": {"givenName": "Given", "familyName": f"Family {number}"},
            "emails": [{"value": address, "type": "work", "primary": True}],
            "active": True,
        }
    )
