"""The first administrator: made when there is none, so that somebody can sign in."""

import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from getpass import getpass

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email

from accounts.passwords.length import validate_password_length

DEFAULT_EMAIL = "admin@example.com"


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who signs in first; a generated password has to be shown, it is kept nowhere."""

    email: str
    password: str
    is_generated: bool


def ensure_administrator(
    environment: Mapping[str, str], *, may_ask: bool = True
) -> Administrator | None:
    """Create the first administrator; return None when there is one already.

    At a terminal, one who `may_ask` asks for what the environment does not say.
    """
    users = get_user_model()
    if users._default_manager.filter(is_superuser=True, is_active=True).exists():
        return None
    administrator = choose_administrator(environment, may_ask=may_ask)
    user = users._default_manager.create_superuser(
        email=administrator.email, password=administrator.password
    )
    return replace(administrator, email=user.email or administrator.email)


def choose_administrator(environment: Mapping[str, str], *, may_ask: bool) -> Administrator:
    """Take ADMIN_EMAIL and ADMIN_PASSWORD, else ask, else fall back to a generated password."""
    email = environment.get("ADMIN_EMAIL", "")
    password = environment.get("ADMIN_PASSWORD", "")
    if not (email or password) and may_ask and sys.stdin.isatty():
        email = ask("E-mail of the first administrator", DEFAULT_EMAIL)
        password = ask_password()
    email = email or DEFAULT_EMAIL
    try:
        validate_email(email)
    except ValidationError:
        raise CommandError(f"ADMIN_EMAIL is not an e-mail address: {email}") from None
    try:
        validate_password_length(password)
    except ValidationError as error:
        raise CommandError(f"ADMIN_PASSWORD cannot be used: {error.messages[0]}") from None
    generated = secrets.token_urlsafe(12)
    return Administrator(email, password or generated, is_generated=not password)


def ask(question: str, default: str) -> str:
    while True:
        answer = input(f"{question} [{default}]: ").strip() or default
        try:
            validate_email(answer)
        except ValidationError as error:
            sys.stderr.write(f"{error.messages[0]}\n")
        else:
            return answer


def ask_password() -> str:
    """Return a password that was typed twice, or nothing where one is to be generated."""
    while True:
        password = getpass("Password (leave empty to have one generated): ")
        if not password:
            return ""
        try:
            validate_password(password)
        except ValidationError as error:
            sys.stderr.write("\n".join(error.messages) + "\n")
            continue
        if getpass("Again: ") == password:
            return password
        sys.stderr.write("The two are not the same.\n")
