"""Finds users by the subject ids of records that were joined with theirs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from accounts.models import User
from imports.models import OtherSubjectId


def find_user(subject_id: str, users: QuerySet[User]) -> User | None:
    """Return whom a record with this subject id is of: by that id, or by one that was joined."""
    own = users.filter(subject_id=subject_id).first()
    return own or users.filter(other_subject_ids__subject_id=subject_id).first()


def read_users_of_several(subject_ids: Sequence[str]) -> dict[str, str]:
    """Return by subject id, for users who have several, the user's own."""
    if not OtherSubjectId.objects.exists():
        return {}
    known = OtherSubjectId.objects.values_list("subject_id", "user__subject_id")
    pairs = [
        *known.filter(subject_id__in=subject_ids),
        *known.filter(user__subject_id__in=subject_ids),
    ]
    return {each: own for other, own in pairs for each in (other, own)}
