"""allauth's hooks: phone look-up, secrets encrypted at rest, mails in HTML, nobody signs up."""

from __future__ import annotations

import logging
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from accounts import throttling
from accounts.authenticators import external_logins
from accounts.authenticators.secrets import decrypt_secret, encrypt_secret
from accounts.emails import build_html
from accounts.encryption import DecryptionError
from accounts.hashers import spend_preferred_work, wait_out_failed_sign_in
from accounts.identifiers import normalise_phone
from accounts.models import User
from accounts.passwords.turns import TooManyVerifications, take_turn

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Users come from imports and administrators only; a phone number is one of their names."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        started = time.monotonic()
        try:
            user: User | None = super().authenticate(request, **credentials)
        except TooManyVerifications:
            # Nothing was verified: it is no failed attempt.
            self._rollback_login_failed_rl_usage()
            raise
        if user is None:
            wait_out_failed_sign_in(started)
            # A backend may know better than that name or password is wrong.
            if message := getattr(request, "sign_in_message", ""):
                raise ValidationError(message, code=getattr(request, "sign_in_code", ""))
        return user

    def fail(self, request: HttpRequest, password: str, **names: Any) -> None:
        """Go through a sign-in that finds nobody: counted, as costly and as long as any other."""
        started = time.monotonic()
        self.pre_authenticate(request, **names)
        try:
            with take_turn():
                spend_preferred_work(password)
        except TooManyVerifications:
            self._rollback_login_failed_rl_usage()
            raise
        wait_out_failed_sign_in(started)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt, or raise ValidationError."""
        key = self.name_attempts(request, **credentials)
        self._login_failed_rl_usage = throttling.count_attempt(request, key)
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the network address of whoever signs in; a system that asks may not tell it."""
        told: str | None = getattr(request, "person_address", None)
        address: str = super().get_client_ip(request) if told is None else told
        return address

    def name_attempts(self, request: HttpRequest, **credentials: Any) -> str:
        """Return what failed attempts with these names are counted under."""
        return self._get_login_attempts_cache_key(request, **credentials)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures by user: each identifier is no further chance to guess."""
        user = throttling.recall_user(request, **credentials)
        if user is not None:
            return throttling.name_password_key(user)
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return key

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where work begins for who works here; their own account is one link away."""
        if request.user.is_staff:
            return reverse("admin:index")
        url: str = super().get_login_redirect_url(request)
        return url

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "accounts.sign_in.stages.ExpiredPasswordStage"]

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        message = super().render_mail(template_prefix, email, context, headers)
        html = build_html(message.subject, message.body, context)
        message.attach_alternative(html, "text/html")
        return message

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=normalise_phone(phone)).first()

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
        return encrypt_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt_secret(encrypted_text)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """External logins lead to the users they are linked with, by provider and subject alone."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        context = {"provider": sociallogin.provider}
        page = render(request, "socialaccount/not_linked.html", context, status=403)
        raise ImmediateHttpResponse(page)

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Match nobody, whatever the settings of a provider say: an address proves no identity."""

    def get_app(self, request: HttpRequest, *args: Any, **kwargs: Any) -> SocialApp:
        app: SocialApp = super().get_app(request, *args, **kwargs)
        # Those of the settings are in clear.
        if app.pk and app.secret:
            try:
                app.secret = external_logins.decrypt_client_secret(app.secret)
            except DecryptionError:
                logger.error("The client secret of provider %s cannot be decrypted.", app)
                app.secret = ""
        return app
