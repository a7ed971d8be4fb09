"""Check the code of a second factor, from an app or a recovery code; each is used once."""

from __future__ import annotations

import logging
import time

from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction

from accounts.authenticators import recovery_codes, totp
from accounts.encryption import DecryptionError
from accounts.models import User

logger = logging.getLogger(__name__)

# Passkeys are asked by the browser, not by a code. The app comes first: it is the usual answer.
ENTERED_BY_HAND = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def list_authenticators(user: User) -> list[Authenticator]:
    """Return the user's authenticators that give codes, the main one first."""
    found = Authenticator.objects.filter(user=user, type__in=ENTERED_BY_HAND)
    return sorted(found, key=lambda each: ENTERED_BY_HAND.index(each.type))


def use_code(user: User, code: str) -> Authenticator | None:
    """Return the authenticator that `code` is right for, having used the code up."""
    for authenticator in list_authenticators(user):
        try:
            is_right = _use_code_of(authenticator, code)
        except DecryptionError:
            logger.error("The secret of authenticator %s cannot be decrypted.", authenticator.pk)
            is_right = False
        if is_right:
            return authenticator
    return None


def _use_code_of(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type == Authenticator.Type.TOTP:
        return _use_totp(authenticator, code)
    if recovery_codes.has_migrated_codes(authenticator.data):
        return _use_migrated_code(authenticator, code)
    return bool(authenticator.wrap().validate_code(code))


def _use_totp(authenticator: Authenticator, code: str) -> bool:
    counter = totp.find_counter(authenticator.data, code, time.time())
    if counter is None:
        return False
    # Remembered for as long as the clock's tolerance would let the same code pass again.
    period = totp.read_parameters(authenticator.data).period
    remembered = period * (2 * totp.TOLERATED_PERIODS + 1)
    return bool(cache.add(f"totp-used:{authenticator.pk}:{counter}", True, timeout=remembered))


@transaction.atomic
def _use_migrated_code(authenticator: Authenticator, code: str) -> bool:
    locked = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    remaining = recovery_codes.take_code(locked.data, code)
    if remaining is None:
        return False
    locked.data = remaining
    locked.save(update_fields=["data"])
    return True
