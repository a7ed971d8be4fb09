"""Count how the users of each source are getting on, and keep one count a day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.hashing import PREFERRED_PREFIX
from imports.engine.queries import fetch_rows
from imports.models import SourceDay

COUNTED = ("users", "returned", "migrated", "current", "foreign", "without_password", "locked_out")

# One pass over the users. A password that cannot be used begins with an exclamation mark.
COUNT = """
    SELECT u.source,
           CASE WHEN u.password = '' OR left(u.password, 1) = '!' THEN ''
                ELSE split_part(u.password, '$', 1) END AS prefix,
           count(*),
           count(u.last_login),
           count(*) FILTER (
               WHERE (u.password = '' OR left(u.password, 1) = '!') AND u.email IS NULL
               AND NOT EXISTS (
                   SELECT 1 FROM socialaccount_socialaccount s WHERE s.user_id = u.id)
               AND NOT EXISTS (
                   SELECT 1 FROM mfa_authenticator a
                   WHERE a.user_id = u.id AND a.type = 'webauthn'))
    FROM accounts_user u
    WHERE u.source <> ''
    GROUP BY u.source, prefix
"""
# Users whom a legacy directory vouched for: they are in the records of its continuous job, which
# has no file. Who was only looked up, and has set no password since, is not among them.
COUNT_MIGRATED = """
    SELECT u.source, count(DISTINCT u.id)
    FROM imports_importjob j
    JOIN imports_importrecord r ON r.job_id = j.id
    JOIN accounts_user u ON u.id = r.user_id
    WHERE j.file_sha256 = '' AND r.status IN ('created', 'updated')
    AND u.source <> '' AND u.password_changed_at IS NOT NULL
    GROUP BY u.source
"""


@transaction.atomic
def count_sources() -> list[SourceDay]:
    """Count every source's users as of now, in place of today's earlier count.

    A source of which no user is left gets a count of nothing, if it was ever counted.
    """
    now = timezone.now()
    known = SourceDay.objects.values_list("source", flat=True).distinct().order_by()
    counted = {source: Counter[str]() for source in known}
    formats: dict[str, dict[str, int]] = defaultdict(dict)
    for source, prefix, users, returned, locked_out in fetch_rows(COUNT):
        total = counted.setdefault(source, Counter())
        total.update(users=users, returned=returned, locked_out=locked_out)
        total[_name_password(prefix)] += users
        if _name_password(prefix) == "foreign":
            formats[source][prefix] = users
    for source, migrated in fetch_rows(COUNT_MIGRATED):
        counted.setdefault(source, Counter()).update(migrated=migrated)
    days = [_make_day(source, now, counts, formats[source]) for source, counts in counted.items()]
    return SourceDay.objects.bulk_create(
        days,
        update_conflicts=True,
        unique_fields=["source", "day"],
        update_fields=[*COUNTED, "formats", "counted_at"],
    )


def _name_password(prefix: str) -> str:
    if not prefix:
        return "without_password"
    return "current" if prefix == PREFERRED_PREFIX else "foreign"


def _make_day(
    source: str, now: datetime, counts: Counter[str], formats: dict[str, int]
) -> SourceDay:
    return SourceDay(
        source=source,
        day=now.date(),
        formats=formats,
        counted_at=now,
        **{name: counts[name] for name in COUNTED},
    )
