"""allauth's hooks: phone look-up, secrets encrypted at rest, no self-registration."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts import encryption
from accounts.models import User

MFA_PURPOSE = b"mfa"


class AccountAdapter(DefaultAccountAdapter):
    """Users come from imports and administrators only; a phone number is one of their names."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)


class MFAAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery codes are stored encrypted."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt_text(text, purpose=MFA_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt_text(encrypted_text, purpose=MFA_PURPOSE)
