"""Count failed sign-ins by user, whichever identifier is typed, and tell who is locked out."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.userkit import filter_users_by_email, filter_users_by_username
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from accounts.identifiers import normalise_phone
from accounts.models import User

APP, ACTION = "allauth.account", "login_failed"


def find_user(*, email: str = "", username: str = "", phone: str = "", **_: Any) -> User | None:
    """Return whom the identifiers of a sign-in form belong to, as signing in would find them."""
    found: list[User] = []
    if email:
        found = filter_users_by_email(email, prefer_verified=True, for_login=True)
    if not found and username:
        found = list(filter_users_by_username(username)[:1])
    if not found and phone:
        found = list(User.objects.filter(phone=normalise_phone(phone)))
    return found[0] if found else None


def recall_user(request: HttpRequest, **credentials: Any) -> User | None:
    """Return the same, looked for once in a request: its limits and its sign-in both ask."""
    names = _list_names(**credentials)
    asked, found = getattr(request, "named_user", (None, None))
    if asked != names:
        found = find_user(**names)
        request.named_user = (names, found)  # type: ignore[attr-defined]
    return found


def forget_user(request: HttpRequest, **credentials: Any) -> None:
    """Have the names of a request lead to nobody for its limits, as if nobody had them."""
    request.named_user = (_list_names(**credentials), None)  # type: ignore[attr-defined]


def _list_names(**credentials: Any) -> dict[str, str]:
    return {name: credentials.get(name) or "" for name in ("email", "username", "phone")}


def count_attempt(request: HttpRequest, key: str) -> ratelimit.RateLimitUsage | None:
    """Count an attempt as failed until it turns out not to be; None if there were too many.

    It counts by key and by the network address of whoever signs in. A system that asks on behalf
    of somebody may not know that address: `person_address` of the request is empty then, and the
    attempt counts by key alone. Its own address would lock out all of its users together.
    """
    rates = app_settings.RATE_LIMITS.get(ACTION) or ""
    if getattr(request, "person_address", None) == "":
        rates = ",".join(each for each in rates.split(",") if _is_by_key(each))
    return ratelimit.consume(request, app=APP, action=ACTION, config={ACTION: rates}, key=key)


def _is_by_key(rate: str) -> bool:
    return any(each.per == "key" for each in ratelimit.parse_rates(rate))


def name_password_key(user: User) -> str:
    """Return what failed passwords of a user are counted under."""
    return f"user-{user.pk}"


def find_lock_end(user: User) -> datetime | None:
    """Return until when not even the right password is accepted; None when it is."""
    return find_end(name_password_key(user))


def find_second_factor_lock_end(user: User) -> datetime | None:
    return find_end(f"mfa-auth-user-{user.pk}")  # allauth.mfa.base.internal.flows


def find_end(key: str) -> datetime | None:
    """Return when the oldest of the failures counted is forgotten, if there are too many.

    The limits by network address are left out: they are about whoever tries, not about a user.
    """
    ends = []
    for rate in ratelimit.get_rates(app=APP, action=ACTION):
        if rate.per == "key":
            place = ratelimit.get_cache_key(None, app=APP, action=ACTION, rate=rate, key=key)
            failures = cache.get(place, [])
            is_allowed, failures = ratelimit.apply_rate(failures, time.time(), rate, dry_run=True)
            if not is_allowed:
                ends.append(failures[-1] + rate.duration)
    return datetime.fromtimestamp(max(ends), UTC) if ends else None
