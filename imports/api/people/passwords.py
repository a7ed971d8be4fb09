"""Passwords by API: how many plain ones imports have left to be hashed."""

from __future__ import annotations

from ninja import Router

from accounts.passwords.background import count_waiting, estimate_hashing
from imports.api.requests.access import VIEW, AccessToken, ApiRequest
from imports.api.schemas.passwords import PasswordsInfo

router = Router(tags=["passwords"])


@router.get("", auth=AccessToken(VIEW), response=PasswordsInfo)
def count_passwords(request: ApiRequest) -> PasswordsInfo:
    """Return how many imported plain passwords are still to be hashed, of the whole site."""
    waiting = count_waiting()
    remaining = estimate_hashing(waiting.left) if waiting.left else None
    return PasswordsInfo(
        waiting=waiting.left,
        locked=waiting.locked,
        remaining_seconds=round(remaining.total_seconds()) if remaining else None,
    )
