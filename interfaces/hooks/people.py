"""Describe users to systems that create them on their side."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from accounts.models import User
from interfaces.hooks.contract import Person


def describe_person(user: User) -> Person:
    addresses = EmailAddress.objects.filter(user=user, email=user.email or "", verified=True)
    return Person(
        subject_id=user.subject_id,
        email=user.email or "",
        email_verified=addresses.exists(),
        phone=user.phone or "",
        phone_verified=bool(user.phone) and user.phone_verified,
        username=user.username or "",
        given_name=user.given_name,
        family_name=user.family_name,
        name=user.display_name or f"{user.given_name} {user.family_name}".strip(),
        locale=user.locale,
        zoneinfo=user.zoneinfo,
        picture=user.picture,
    )
