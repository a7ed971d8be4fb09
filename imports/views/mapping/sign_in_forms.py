"""The forms that test a password or a code on one record; nothing typed is kept."""

from __future__ import annotations

from django import forms

from accounts.passwords.length import validate_password_length


class SignInTestForm(forms.Form):
    """One record, and what is typed to test it: the field that `typed` names."""

    typed: str

    record = forms.CharField(
        max_length=300,
        label="Record",
        help_text="Row number, subject id, user name or e-mail address.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PasswordTestForm(SignInTestForm):
    """One record and the password it is known to have."""

    typed = "password"
    password = forms.CharField(
        validators=[validate_password_length],
        strip=False,
        label="Password",
        help_text="Used only for this test and never stored.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class UnkeptInput(forms.TextInput):
    """Text that is shown while it is typed, and never sent back."""

    def format_value(self, value: object) -> None:
        return None


class CodeTestForm(SignInTestForm):
    """One record and a code that its authenticator app shows now."""

    typed = "code"
    code = forms.RegexField(
        r"[0-9][0-9 -]{4,10}[0-9]",
        label="Current code",
        help_text="Six to eight digits. Used only for this test and never stored.",
        error_messages={"invalid": "Enter the digits that the app shows."},
        widget=UnkeptInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class CodeReadingForm(forms.Form):
    """How all secrets of a file are written and used."""

    notation = forms.ChoiceField(choices=[(name, name) for name in ("base32", "hex", "text")])
    algorithm = forms.ChoiceField(choices=[(name, name) for name in ("SHA1", "SHA256", "SHA512")])
    digits = forms.TypedChoiceField(coerce=int, choices=[(n, n) for n in (6, 7, 8)])
    period = forms.TypedChoiceField(coerce=int, choices=[(n, n) for n in (30, 60)])
