"""Remember who was deleted here, so that no legacy directory brings them back."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from imports.models import Tombstone


def bury(instance: User, **signal: Any) -> None:
    """Note all subject ids of a user who is about to be deleted. Doing it twice is safe."""
    others = instance.other_subject_ids.values_list("subject_id", flat=True)
    for subject_id in (instance.subject_id, *others):
        Tombstone.objects.get_or_create(subject_id=subject_id)
