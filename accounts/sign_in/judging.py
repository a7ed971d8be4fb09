"""Say what signing in would make of a name and a password, without signing anybody in.

For systems that ask on behalf of their own users. It is the form of the sign-in page that decides:
with its limits, its locks, its costs and how long a failure takes. Administrators are never found.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts import throttling
from accounts.models import User
from accounts.passwords.turns import TooManyVerifications, wait_at_most
from accounts.selectors.users import find_holder
from accounts.sign_in.adapters import AccountAdapter
from accounts.sign_in.forms import SignInForm
from accounts.sign_in.stages import is_password_expired


class Verdict(StrEnum):
    """What is made of a name and a password."""

    RIGHT = "right"
    WRONG = "wrong"
    # Told from `wrong` only in the log of an operator.
    UNKNOWN = "unknown"
    # The user, or the name, has too many failed attempts.
    LOCKED = "locked"
    # Right, but the account is disabled.
    DISABLED = "disabled"
    # Right, but expired.
    MUST_CHANGE = "must_change"
    # The network address has too many failed attempts.
    TOO_MANY = "too_many"
    # Nothing was verified, or not to the end: try again.
    TROUBLE = "trouble"


# By the code with which the sign-in refuses; any other says that name or password is wrong.
BY_CODE = {
    "too_many": Verdict.TOO_MANY,
    "trouble": Verdict.TROUBLE,
    "unmade": Verdict.TROUBLE,
    "blocked": Verdict.DISABLED,
}
TOO_MANY_ATTEMPTS = "too_many_login_attempts"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the user it is about; None where there is nobody who may be told of."""

    verdict: Verdict
    user: User | None = None


class AskedForm(SignInForm):
    """The form of the sign-in page, filled in by another system. It never finds administrators."""

    named: User | None = None
    is_locked = False

    def _clean_with_password(self, credentials: dict[str, Any]) -> Any:
        names = {name: value for name, value in credentials.items() if name != "password"}
        found = find_named(self.cleaned_data["login"])
        adapter = AccountAdapter(self.request)
        try:
            if found is not None and found.is_administrator:
                # Counted by name: from there, nobody can lock an administrator out.
                throttling.forget_user(self.request, **names)
                adapter.fail(self.request, credentials["password"], **names)
                raise adapter.validation_error("username_password_mismatch")
            self.named = found
            return super()._clean_with_password(credentials)
        except ValidationError as error:
            if error.code == TOO_MANY_ATTEMPTS:
                key = adapter.name_attempts(self.request, **names)
                self.is_locked = throttling.find_end(key) is not None
            raise


def find_named(name: str) -> User | None:
    """Return whom a name leads to, whatever kind of name it is."""
    if "\0" in name:
        return None
    return throttling.find_user(email=name, username=name, phone=name) or find_holder(name)


@sensitive_variables("password")
def judge(
    request: HttpRequest, name: str, password: str, *, address: str, seconds: float
) -> Judgement:
    """Return the verdict on a name and a password.

    `address` is the network address of whoever signs in, empty where it is not known. Waits at
    most `seconds` for a turn to verify. Whoever asks is known already, and limited otherwise.
    """
    request.person_address = _read_address(address)  # type: ignore[attr-defined]
    form = AskedForm({"login": name, "password": password}, request=request)
    try:
        with wait_at_most(seconds):
            is_right = form.is_valid()
    except TooManyVerifications:
        return Judgement(Verdict.TROUBLE)
    if not is_right:
        return Judgement(_read_refusal(form), form.named)
    user: User = form.user
    if user.is_administrator:
        return Judgement(Verdict.WRONG)
    if not user.is_active:
        return Judgement(Verdict.DISABLED, user)
    if is_password_expired(user):
        return Judgement(Verdict.MUST_CHANGE, user)
    return Judgement(Verdict.RIGHT, user)


def _read_refusal(form: AskedForm) -> Verdict:
    errors = next(iter(form.errors.as_data().values()))
    code = errors[0].code or ""
    if code == TOO_MANY_ATTEMPTS:
        return Verdict.LOCKED if form.is_locked else Verdict.TOO_MANY
    return BY_CODE.get(code, Verdict.WRONG if form.named else Verdict.UNKNOWN)


def _read_address(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""
