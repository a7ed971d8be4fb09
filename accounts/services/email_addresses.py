"""Keep allauth's list of e-mail addresses in step with a user's own one."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.models import User


def is_main_address_verified(user: User) -> bool:
    return (
        bool(user.email)
        and EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    )


@transaction.atomic
def set_main_address(user: User, previous: str | None, *, verified: bool) -> None:
    """Record the address of a saved user; the previous one no longer signs in."""
    addresses = EmailAddress.objects.filter(user=user)
    if previous and previous != user.email:
        addresses.filter(email=previous).delete()
    if not user.email:
        return
    addresses.filter(~Q(email=user.email), primary=True).update(primary=False)
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": verified}
    )
