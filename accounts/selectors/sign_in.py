"""How a user would sign in: each authenticator described, none of its secrets shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import identify_hasher
from django.utils import timezone

from accounts import hashing
from accounts.authenticators import recovery_codes, totp
from accounts.models import User


@dataclass(frozen=True, slots=True)
class PasswordSummary:
    """A stored password without its salt and digest."""

    label: str
    parameters: Mapping[str, str]
    is_usable: bool
    is_readable: bool
    is_weak: bool
    is_upgraded_at_sign_in: bool
    is_expired: bool
    expires_at: datetime | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """An authenticator app or passkey: its name, its parameters, when it was last used."""

    name: str
    detail: str
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignInSummary:
    """Everything that a user can prove their identity with."""

    password: PasswordSummary
    emails: list[EmailAddress]
    external_logins: list[SocialAccount]
    apps: list[SecondFactor]
    passkeys: list[SecondFactor]
    recovery_codes_left: int | None

    @property
    def has_second_factor(self) -> bool:
        return bool(self.apps or self.passkeys)


def summarise_sign_in(user: User) -> SignInSummary:
    authenticators = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    return SignInSummary(
        password=summarise_password(user),
        emails=list(EmailAddress.objects.filter(user=user).order_by("-primary", "email")),
        external_logins=list(SocialAccount.objects.filter(user=user).order_by("provider", "uid")),
        apps=_describe_apps(authenticators),
        passkeys=_describe_passkeys(authenticators),
        recovery_codes_left=_count_recovery_codes(authenticators),
    )


def summarise_password(user: User) -> PasswordSummary:
    expires_at = user.password_expires_at
    is_usable = user.has_usable_password()
    label, parameters, is_weak, is_readable = "none", {}, False, is_usable
    if is_usable:
        try:
            found = hashing.describe(user.password)
            label, parameters, is_weak = found.label, dict(found.parameters), found.weak
            if not found.is_affordable:
                label, is_readable = (
                    f"{label}: verification exceeds the cost limits of this site",
                    False,
                )
        except hashing.HashError:
            label, is_readable = "unreadable; the password cannot be used", False
    return PasswordSummary(
        label=label,
        parameters=parameters,
        is_usable=is_usable,
        is_readable=is_readable,
        is_weak=is_weak,
        is_upgraded_at_sign_in=is_usable and _needs_rehash(user.password),
        is_expired=expires_at is not None and expires_at <= timezone.now(),
        expires_at=expires_at,
        changed_at=user.password_changed_at,
    )


def _needs_rehash(stored: str) -> bool:
    try:
        return bool(identify_hasher(stored).must_update(stored))
    except ValueError:
        return False


def _describe_apps(authenticators: Iterable[Authenticator]) -> list[SecondFactor]:
    return [
        SecondFactor(
            name=each.data.get("name") or "Authenticator app",
            detail=str(totp.read_parameters(each.data)),
            last_used_at=each.last_used_at,
        )
        for each in authenticators
        if each.type == Authenticator.Type.TOTP
    ]


def _describe_passkeys(authenticators: Iterable[Authenticator]) -> list[SecondFactor]:
    return [
        SecondFactor(
            name=each.data.get("name") or "Passkey", detail="", last_used_at=each.last_used_at
        )
        for each in authenticators
        if each.type == Authenticator.Type.WEBAUTHN
    ]


def _count_recovery_codes(authenticators: Iterable[Authenticator]) -> int | None:
    for each in authenticators:
        if each.type == Authenticator.Type.RECOVERY_CODES:
            if recovery_codes.has_migrated_codes(each.data):
                return recovery_codes.count_codes(each.data)
            return len(each.wrap().get_unused_codes())
    return None
