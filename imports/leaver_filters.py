"""Which of the users who are missing from a job's file are meant: by a list or a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import Q, QuerySet

from accounts.selectors.users import match_users
from imports.models import Leaver, LeaverKind

KINDS = {
    LeaverKind.ACTIVE: Q(is_active=True, is_linked=False),
    LeaverKind.LINKED: Q(is_active=True, is_linked=True),
    LeaverKind.INACTIVE: Q(is_active=False),
}


@dataclass(frozen=True, slots=True)
class LeaverFilter:
    """What missing users have in common; all that is set has to hold.

    `search` is the beginning of an identifier; `users` are single ids, unless it is None.
    """

    kind: LeaverKind | None = None
    search: str = ""
    users: tuple[int, ...] | None = None

    def select(self, job_id: int) -> QuerySet[Leaver]:
        """Return them in the order of their ids."""
        leavers = Leaver.objects.filter(job_id=job_id)
        if self.kind is not None:
            leavers = leavers.filter(KINDS[self.kind])
        if self.search:
            leavers = leavers.filter(match_users(self.search, "user__"))
        if self.users is not None:
            leavers = leavers.filter(user_id__in=self.users)
        return leavers.order_by("user_id")

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with a decision."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> LeaverFilter:
        """Return the filter that `to_json` wrote."""
        given = {item.name: stored[item.name] for item in fields(cls) if item.name in stored}
        if "users" in given:
            given["users"] = tuple(given["users"])
        if "kind" in given:
            given["kind"] = LeaverKind(given["kind"])
        return cls(**given)
