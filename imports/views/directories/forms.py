"""The forms around legacy directories: a new password by mail, and the test console."""

from __future__ import annotations

import time

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from django import forms

from accounts.hashers import wait_out_failed_sign_in
from accounts.passwords.length import validate_password_length
from imports.services.directories.sign_in import has_look_up, look_up


class MigratingResetForm(ResetPasswordForm):
    """Asks the legacy directories for an address that nobody here has, before the mail is sent."""

    def clean_email(self) -> str:
        started = time.monotonic()
        email: str = super().clean_email()
        if not has_look_up(email):
            return email
        if not self.users and look_up(email, get_adapter().get_client_ip(context.request)):
            email = super().clean_email()
        # Otherwise the time would tell whether the address is known here.
        wait_out_failed_sign_in(started)
        return email


class TrialForm(forms.Form):
    """One question to a directory, to see what it answers."""

    identifier = forms.CharField(
        label="Sign-in name",
        max_length=254,
        help_text="E-mail address, user name or phone number.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label="Password",
        required=False,
        strip=False,
        validators=[validate_password_length],
        help_text="Leave empty to look the user up as for a password reset.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
