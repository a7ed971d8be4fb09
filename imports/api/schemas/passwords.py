"""Plain passwords that wait to be hashed."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field


class PasswordsInfo(Schema):
    """How many plain passwords are stored encrypted until they are hashed."""

    waiting: int = Field(
        description="Passwords that the background is going to hash. Their users can sign in.",
    )
    locked: int = Field(
        description="Passwords whose encryption key is not configured. Their users cannot sign in"
        " with a password until it is.",
    )
    remaining_seconds: int | None = Field(
        description="Estimate of the seconds until the last of them is hashed. Null if none waits.",
    )
