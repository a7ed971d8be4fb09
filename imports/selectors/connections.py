"""What the pages show of connections: their last use, their jobs by day, their activity log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Count, Max, Q
from django.utils import timezone

from imports.models import Connection, ConnectionEvent, ImportJob, SecretUse
from imports.selectors.jobs import get_totals
from imports.services.connections.kinds import KINDS, ConnectionKind

LATEST_DAYS = 31
LATEST_EVENTS = 50


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """A connection as the list of connections shows it; `today` counts records by status."""

    connection: Connection
    kind: ConnectionKind
    last_used_at: datetime | None
    secrets: int
    today: dict[str, int]


@dataclass(frozen=True, slots=True)
class Day:
    """What a connection wrote on a day, job by job, the latest first."""

    day: date
    jobs: list[tuple[ImportJob, dict[str, int]]]

    @property
    def written(self) -> int:
        """Return how many users were created or updated."""
        return sum(totals["created"] + totals["updated"] for _, totals in self.jobs)


def list_connections() -> list[ConnectionStatus]:
    now = timezone.now()
    valid = Q(secrets__expires_at=None) | Q(secrets__expires_at__gt=now)
    own = ~Q(secrets__use=SecretUse.ACCESS)
    connections = Connection.objects.select_related("owner").annotate(
        last_used_at=Max("secrets__last_used_at"),
        secret_count=Count("secrets", filter=valid & own),
    )
    return [
        ConnectionStatus(
            each,
            KINDS[each.kind],
            each.last_used_at,
            each.secret_count,
            _count_day(each, now.date()),
        )
        for each in connections
    ]


def list_days(connection: Connection) -> list[Day]:
    """Return the latest days on which the connection wrote, with the statuses of its records."""
    jobs = connection.jobs.filter(started_at__isnull=False, day__isnull=False)
    found = jobs.defer("inspection", "dry_run_report").order_by("-day", "-pk")
    return list(_group(found[: LATEST_DAYS * 4]))[:LATEST_DAYS]


def list_events(connection: Connection) -> list[ConnectionEvent]:
    """Return the latest lines of a connection's activity log, the latest first."""
    return list(connection.events.select_related("actor")[:LATEST_EVENTS])


def _group(jobs: Iterable[ImportJob]) -> Iterator[Day]:
    for day, found in groupby(jobs, key=_get_day):
        yield Day(day, [(job, get_totals(job)) for job in found])


def _count_day(connection: Connection, day: date) -> dict[str, int]:
    totals: dict[str, int] = {}
    for job in connection.jobs.filter(day=day, started_at__isnull=False):
        for name, count in get_totals(job).items():
            totals[name] = totals.get(name, 0) + count
    return totals


def _get_day(job: ImportJob) -> date:
    if job.day is None:
        raise ValueError(f"Job {job.pk} is no day's of a connection.")
    return job.day
