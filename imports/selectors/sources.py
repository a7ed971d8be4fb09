"""Where users came from, how they are getting on, and who has not come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.hashing import PREFERRED_PREFIX, PREFIXES
from accounts.models import User
from imports.core.forecast import Forecast, forecast_return
from imports.models import SourceDay

DAYS_SHOWN = 90
UNUSABLE = Q(password="") | Q(password__startswith="!")  # noqa: S106 - the absence of one
HAS_LOGIN = Exists(SocialAccount.objects.filter(user=OuterRef("pk")))
HAS_PASSKEY = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type="webauthn"))


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A reason to look after somebody: its name in addresses, words for it, whom it holds for."""

    name: str
    label: str
    condition: Q


FOLLOW_UPS = {
    each.name: each
    for each in (
        FollowUp("never", "not yet signed in", Q(last_login=None)),
        FollowUp(
            "foreign",
            "legacy hash",
            ~UNUSABLE & ~Q(password__startswith=f"{PREFERRED_PREFIX}$"),
        ),
        FollowUp("passwordless", "without a password", UNUSABLE),
        FollowUp(
            "locked-out",
            "unable to sign in",
            UNUSABLE & Q(email=None) & ~Q(HAS_LOGIN) & ~Q(HAS_PASSKEY),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class SourceProgress:
    """A source as last counted, the days before, and what they lead one to expect."""

    latest: SourceDay
    days: list[SourceDay]
    forecast: Forecast | None

    @property
    def formats(self) -> list[tuple[str, int]]:
        """Return the foreign formats still in use by label, most frequent first."""
        ranked = sorted(self.latest.formats.items(), key=lambda item: -item[1])
        return [
            (PREFIXES[prefix].label if prefix in PREFIXES else prefix, count)
            for prefix, count in ranked
        ]


def list_sources() -> list[SourceDay]:
    """Return the latest count of every source, the largest first."""
    latest = SourceDay.objects.order_by("source", "-day").distinct("source")
    return sorted(latest, key=lambda day: (-day.users, day.source))


def get_source(source: str) -> SourceProgress | None:
    """Return how a source's users are getting on; None for a source never counted."""
    latest = SourceDay.objects.filter(source=source).order_by("-day").first()
    if latest is None:
        return None
    since = latest.day - timedelta(days=DAYS_SHOWN)
    days = list(SourceDay.objects.filter(source=source, day__gte=since).order_by("day"))
    missing: list[tuple[date, int]] = [(each.day, each.never_returned) for each in days]
    return SourceProgress(latest, days, forecast_return(missing, latest.users))


def list_follow_ups(source: str, kind: str) -> QuerySet[User]:
    """Return the users of a source whom one of STRAGGLERS holds for, in the order they came."""
    users = User.objects.filter(FOLLOW_UPS[kind].condition, source=source)
    return users.defer("attributes").order_by("pk")
