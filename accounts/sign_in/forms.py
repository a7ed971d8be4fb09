"""The forms of signing in, where they differ from allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    LoginForm,
    RequestLoginCodeForm,
    SetPasswordForm,
)
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.socialaccount.forms import DisconnectForm
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError

from accounts.authenticators import external_logins
from accounts.identifiers import E164, normalise_email, normalise_phone
from accounts.models import SignInName, User
from accounts.services import second_factors


class SignInForm(LoginForm):
    """Name and password; the name is any of the user's identifiers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "User name, e-mail or phone"
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["remember"].label = "Stay signed in on this device"
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean_login(self) -> str:
        login: str = super().clean_login()
        phone = normalise_phone(login)
        return phone if E164.fullmatch(phone) else login


class RequestCodeForm(RequestLoginCodeForm):
    """An address to send a code to; only one that is known to be the user's gets any."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Nothing here sends text messages.
        del self.fields["phone"]
        self.fields["email"].required = True
        self.fields["email"].label = "E-mail"
        self.fields["email"].widget.attrs |= {"autofocus": True}
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        email: str = super().clean_email()
        verified = EmailAddress.objects.filter(
            email=normalise_email(email), verified=True, user__is_active=True
        )
        address = verified.select_related("user").first()
        self._user = address.user if address else None
        return email


class AddAddressForm(AddEmailForm):
    """A further address; one that another user signs in with is refused, verified or not.

    allauth would take it and tell nobody. Whoever is told here is signed in.
    """

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if SignInName.objects.filter(key=email).exclude(user_id=self.user.pk).exists():
            raise ValidationError(
                "This address is already in use by another account. Enter a different one."
            )
        return email


class CodeCheck(BaseAuthenticateForm):
    """Checks codes with each authenticator's own parameters, which allauth does not know."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code from your authenticator app, or a recovery code"
        self.fields["code"].widget.attrs |= {"autofocus": True}
        self.fields["code"].widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        clear_rate_limit = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        authenticator = second_factors.use_code(self.user, code)
        if authenticator is None:
            for main in second_factors.list_authenticators(self.user)[:1]:
                self._emit_authentication_failed(main)
            raise get_adapter().validation_error("incorrect_code")
        authenticator.user = self.user
        self.authenticator = authenticator
        clear_rate_limit()
        return code


class SecondFactorForm(CodeCheck, AuthenticateForm):
    """The second step of signing in."""


class ConfirmSecondFactorForm(CodeCheck, ReauthenticateForm):
    """Asked again before something that matters."""


class ReplaceExpiredPasswordForm(SetPasswordForm):
    """A new password for one that has expired, and not the same again."""

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        if self.user.check_password(password):
            raise ValidationError("Choose a password other than the expired one.")
        return password


class RemoveExternalLoginForm(DisconnectForm):
    """Lists the logins of providers set up here; allauth fails on those of any other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = external_logins.name_providers(self.request)
        self.accounts = SocialAccount.objects.filter(user=self.request.user, provider__in=known)
        self.fields["account"].queryset = self.accounts
