"""Remember who was deleted here, so that no legacy directory brings them back."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from imports.models import Tombstone


def bury(instance: User, **signal: Any) -> None:
    """Note the subject id of a user who is about to be deleted. Doing it twice is safe."""
    Tombstone.objects.get_or_create(subject_id=instance.subject_id)
