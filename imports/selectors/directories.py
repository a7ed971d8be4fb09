"""What the pages show of legacy directories: the latest questions to them, and the results."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from imports.directory_client.breaker import Breaker, read_breaker
from imports.directory_client.contract import Verdict
from imports.models import DirectoryAttempt, DirectoryMode, LegacyDirectory, Status
from imports.services.directories.marking import list_unmarked

LATEST = 30
REFUSALS = (
    Verdict.WRONG_PASSWORD,
    Verdict.UNKNOWN_USER,
    Verdict.REFUSED,
    Verdict.OTHER_PERSON,
)
PROVEN = (Verdict.MIGRATE, Verdict.REQUIRE_NEW_PASSWORD, Verdict.FOUND)


@dataclass(frozen=True, slots=True)
class Activity:
    """How often a directory was queried in a time, and the results; `slow` is in milliseconds.

    `slow` is what 95 of 100 answers took at most; None without answers.
    """

    asked: int
    migrated: int
    looked_up: int
    refused: int
    blocked: int
    failed: int
    unanswered: int
    slow: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How often, in shadow, a directory gave one answer where Userferry gave another."""

    local: str
    verdict: str
    status: str
    reason: str
    count: int

    @property
    def agrees(self) -> bool | None:
        """Return whether both say the same; None where Userferry has nothing to say."""
        if self.local == "none":
            return None
        return (self.local == "right") == (self.verdict in PROVEN)


@dataclass(frozen=True, slots=True)
class DirectoryStatus:
    """One directory as the list of directories shows it."""

    directory: LegacyDirectory
    breaker: Breaker
    today: Activity


def list_directory_statuses() -> list[DirectoryStatus]:
    return [get_status(each) for each in LegacyDirectory.objects.select_related("job")]


def get_status(directory: LegacyDirectory) -> DirectoryStatus:
    return DirectoryStatus(directory, read_breaker(directory.pk), get_activity(directory))


def get_activity(directory: LegacyDirectory, hours: int = 24) -> Activity:
    """Return what happened in the last hours."""
    since = timezone.now() - timedelta(hours=hours)
    attempts = DirectoryAttempt.objects.filter(directory=directory, at__gte=since)
    verdicts: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    looked_up: Counter[str] = Counter()
    grouped = attempts.order_by().values_list("verdict", "status", "mode", "is_look_up")
    for verdict, status, mode, is_look_up, count in grouped.annotate(count=Count("id")):
        verdicts[verdict] += count
        if mode != DirectoryMode.SHADOW:
            (looked_up if is_look_up else statuses)[status] += count
    answered = attempts.exclude(verdict="").order_by("milliseconds")
    number = sum(verdicts.values()) - verdicts[""]
    slowest = answered.values_list("milliseconds", flat=True)[number * 95 // 100 :]
    return Activity(
        asked=sum(verdicts.values()),
        migrated=statuses[Status.CREATED] + statuses[Status.UPDATED],
        looked_up=looked_up[Status.CREATED],
        refused=sum(verdicts[verdict] for verdict in REFUSALS),
        blocked=verdicts[Verdict.BLOCKED],
        failed=statuses[Status.FAILED] + looked_up[Status.FAILED],
        unanswered=verdicts[""],
        slow=slowest.first() if number else None,
    )


def list_attempts(directory: LegacyDirectory) -> QuerySet[DirectoryAttempt]:
    """Return the latest questions to a directory, newest first."""
    return DirectoryAttempt.objects.filter(directory=directory).order_by("-at", "-id")[:LATEST]


def compare_answers(directory: LegacyDirectory) -> list[Comparison]:
    """Return what asking in shadow has shown, most frequent first."""
    found = DirectoryAttempt.objects.filter(directory=directory, mode=DirectoryMode.SHADOW)
    grouped = found.exclude(verdict="").order_by().values("local", "verdict", "status", "reason")
    return [Comparison(**row) for row in grouped.annotate(count=Count("id")).order_by("-count")]


def count_unmarked(directory: LegacyDirectory) -> int:
    """Return of how many users who moved the directory was not told yet."""
    return list_unmarked(directory).count()
