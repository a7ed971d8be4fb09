"""What the page of a sign-in hook shows: how many people have moved, and what was answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncDate

from imports.models import Connection, HookAnswer, MovedUser

LATEST_DAYS = 31
# The verdicts that a day's answers are counted by; what no password was verified for, together.
COLUMNS = {
    "right": "right",
    "wrong": "wrong",
    "unknown": "unknown",
    "disabled": "disabled",
    "must_change": "expired",
    "locked": "locked",
    "too_many": "locked",
    "trouble": "trouble",
}


@dataclass(slots=True)
class HookDay:
    """How many people moved on a day (UTC), and what was answered how often."""

    day: date
    moved: int = 0
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> list[int]:
        return [self.answers[name] for name in dict.fromkeys(COLUMNS.values())]


def count_moved(connection: Connection) -> int:
    return MovedUser.objects.filter(connection=connection).count()


def list_hook_days(connection: Connection) -> list[HookDay]:
    """Return the latest days on which anything was answered, the latest first."""
    days: dict[date, HookDay] = {}
    day = TruncDate("at")
    moved = MovedUser.objects.filter(connection=connection).annotate(day=day)
    counted = moved.values_list("day").annotate(count=Count("pk")).order_by("-day")
    for when, count in counted[:LATEST_DAYS]:
        days.setdefault(when, HookDay(when)).moved = count
    answers = HookAnswer.objects.filter(connection=connection).annotate(day=day)
    by_verdict = answers.values_list("day", "verdict").annotate(count=Count("pk"))
    for when, verdict, count in by_verdict.order_by("-day")[: LATEST_DAYS * len(COLUMNS)]:
        days.setdefault(when, HookDay(when)).answers[COLUMNS[verdict]] += count
    return sorted(days.values(), key=lambda each: each.day, reverse=True)[:LATEST_DAYS]
