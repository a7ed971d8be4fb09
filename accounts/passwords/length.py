"""Refuse passwords that are too long to be hashed, wherever one is set or asked for in a form."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from accounts import hashing

LIMIT = f"{hashing.MAXIMUM_PASSWORD_BYTES:,}"


class PasswordTooLong(ValidationError):
    """A password has more bytes than any hash function is entered with."""

    def __init__(self) -> None:
        super().__init__(
            f"The password is too long. Choose one of at most {LIMIT} bytes: as many letters of"
            " the English alphabet, or half as many with accents.",
            code="password_too_long",
        )


def validate_password_length(password: str) -> None:
    """Raise PasswordTooLong for a password that no sign-in would verify."""
    if hashing.is_too_long(password):
        raise PasswordTooLong


class MaximumLengthValidator:
    """For AUTH_PASSWORD_VALIDATORS: every form and command that sets a password."""

    def validate(self, password: str, user: Any = None) -> None:
        validate_password_length(password)

    def get_help_text(self) -> str:
        return f"Your password must contain at most {LIMIT} characters."
