"""Read from a record what planning asks of it, for new users and existing ones alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from imports.core.records.records import ExternalLogin, Password, UserImportRecord

# A password that expired in 1970 has to be changed at the next sign-in, whenever that is.
EXPIRED = datetime(1970, 1, 1, tzinfo=UTC)


def is_phone_verified(record: UserImportRecord) -> bool:
    """Return whether the old system had verified the primary phone number."""
    return bool(record.profile.phone_verified) or any(
        address.type == "phone" and address.value == record.profile.phone
        for address in record.authenticators.verified_addresses
    )


def claim_attributes(attributes: dict[str, Any], unique: frozenset[str]) -> dict[str, str]:
    """Return those of the attributes that have to be unique, as text."""
    return {name: str(attributes[name]) for name in unique & attributes.keys()}


def find_expiry(password: Password) -> datetime | None:
    """Return when the password has to be replaced, or None for never."""
    return EXPIRED if password.must_change else password.expires_at


def drop_repeated_logins(logins: list[ExternalLogin]) -> list[ExternalLogin]:
    """Return each login once; of two with one subject the later counts."""
    return list({(login.provider, login.subject): login for login in logins}.values())
