"""What is done from time to time: keys are rotated, and what nobody can use is deleted."""

from __future__ import annotations

from celery import shared_task

from interfaces.oidc import keys
from interfaces.oidc.services import delete_ended_grants


@shared_task
def keep_keys() -> None:
    keys.rotate_old()
    keys.delete_expired()
    delete_ended_grants()
