"""Links to choose a new password: they end with the password, not with the way it is stored."""

from __future__ import annotations

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator

from accounts.models import User


class PasswordResetTokenGenerator(EmailAwarePasswordResetTokenGenerator):
    """allauth's, which goes by the stored text: hashing a sealed password would end its links."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return str(super()._make_hash_value(user.name_password(), timestamp))
