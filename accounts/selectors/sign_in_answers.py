"""Answer "how would this person sign in?" in sentences, each with a badge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts import throttling
from accounts.authenticators import external_logins, passkeys
from accounts.models import User
from accounts.selectors.sign_in import SignInSummary, summarise_sign_in

WORKS, CAUTION, BLOCKED, NEUTRAL = "is-success", "is-warning", "is-danger", ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One sentence; the badge says the same in a word or two, its tone by colour."""

    badge: str
    tone: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Section:
    """The answers to one question."""

    title: str
    answers: list[Answer]


def answer_sign_in_questions(request: HttpRequest, user: User) -> list[Section]:
    """Return all that is known of a user's way in; nothing secret is in it."""
    summary = summarise_sign_in(user)
    sections = {
        "Account status": _find_obstacles(user, summary),
        "Sign-in names": _list_names(user, summary),
        "Password": _judge_password(summary),
        "Passwordless sign-in and reset": _find_other_ways(user, summary),
        "Identity providers": _judge_external_logins(request, summary),
        "Multi-factor authentication": _judge_second_step(request, user, summary),
        "Last sign-in": _tell_last_sign_in(user),
    }
    return [Section(title, list(answers)) for title, answers in sections.items()]


def _find_obstacles(user: User, summary: SignInSummary) -> Iterator[Answer]:
    if not user.is_active:
        yield Answer("inactive", BLOCKED, "This account is disabled. Nobody can sign in to it.")
    if end := throttling.find_lock_end(user):
        yield Answer(
            "locked out",
            BLOCKED,
            f"After too many wrong passwords, the account is locked until {_show(end)}. A "
            "password reset unlocks it.",
        )
    if end := throttling.find_second_factor_lock_end(user):
        yield Answer(
            "locked out",
            BLOCKED,
            "After too many wrong codes, multi-factor authentication is locked until "
            f"{_show(end)}.",
        )
    has_way_in = summary.password.is_usable or summary.external_logins or _has_mail(user, summary)
    if not has_way_in:
        yield Answer(
            "no way in",
            BLOCKED,
            "The user has no password, no external login and no e-mail address for a password "
            "reset. Set a password or add an e-mail address.",
        )
    if user.is_active and has_way_in and not throttling.find_lock_end(user):
        yield Answer(
            "no",
            WORKS,
            "The account is active and not locked. Not shown here: after too many failures, an "
            "IP address is blocked for a minute, for all accounts.",
        )


def _list_names(user: User, summary: SignInSummary) -> Iterator[Answer]:
    addresses = list(dict.fromkeys([user.email, *(each.email for each in summary.emails)]))
    names = [
        ("user name", user.username),
        *(("e-mail", address) for address in addresses),
        ("phone", user.phone),
    ]
    for kind, name in names:
        if name:
            yield Answer(kind, NEUTRAL, f"{name}")
    if not any(name for _, name in names):
        yield Answer(
            "none",
            BLOCKED,
            "The account has no user name, e-mail address or phone number to sign in with.",
        )


def _judge_password(summary: SignInSummary) -> Iterator[Answer]:
    password = summary.password
    if not password.is_usable:
        yield Answer("none", CAUTION, "The user has no password.")
        return
    if not password.is_readable:
        yield Answer("unreadable", BLOCKED, "The stored hash is damaged. No password matches it.")
        return
    costs = ", ".join(f"{name} {value}" for name, value in password.parameters.items())
    origin = "Set here" if password.changed_at else "Imported"
    yield Answer("works", WORKS, f"{origin}, stored as {password.label} ({costs}).")
    if password.is_weak:
        yield Answer(
            "weak",
            CAUTION,
            "An attacker with a stolen hash could quickly guess the password.",
        )
    if password.is_upgraded_at_sign_in:
        yield Answer("upgrade pending", NEUTRAL, "The next sign-in upgrades it to argon2id.")
    if password.is_expired:
        yield Answer(
            "must change",
            CAUTION,
            "It has expired. After entering it, the user must choose a new one.",
        )
    elif password.expires_at:
        yield Answer("expires", NEUTRAL, f"It expires on {_show(password.expires_at)}.")


def _find_other_ways(user: User, summary: SignInSummary) -> Iterator[Answer]:
    verified = [each.email for each in summary.emails if each.verified]
    if verified:
        yield Answer(
            "code by e-mail", WORKS, f"A single-use code can be sent to {_join(verified)}."
        )
    else:
        yield Answer(
            "no code",
            NEUTRAL,
            "No code can be sent, because the user has no verified e-mail address.",
        )
    if _has_mail(user, summary):
        addresses = [each.email for each in _prefer_verified(summary.emails)] or [user.email or ""]
        yield Answer("reset", WORKS, f"A password reset e-mail can be sent to {_join(addresses)}.")
    else:
        yield Answer(
            "no reset",
            CAUTION,
            "Without an e-mail address, only an administrator can set a password.",
        )


def _judge_external_logins(request: HttpRequest, summary: SignInSummary) -> Iterator[Answer]:
    names = external_logins.name_providers(request)
    for login in summary.external_logins:
        if login.provider in names:
            yield Answer(
                names[login.provider],
                WORKS,
                f"Signs in as {login.uid} with {names[login.provider]}.",
            )
        else:
            yield Answer(
                "not set up",
                CAUTION,
                f"The external login {login.uid} belongs to “{login.provider}”, an identity "
                "provider that is not set up here.",
            )
    if not summary.external_logins:
        yield Answer("none", NEUTRAL, "No external login is linked.")


def _judge_second_step(
    request: HttpRequest, user: User, summary: SignInSummary
) -> Iterator[Answer]:
    for app in summary.apps:
        yield Answer("app", WORKS, f"A code from {app.name} is required ({app.detail}).")
    yield from _judge_passkeys(request, user)
    if not summary.has_second_factor:
        yield Answer("no", NEUTRAL, "No second step is required.")
    left = summary.recovery_codes_left
    if left:
        yield Answer("recovery", WORKS, f"{left} recovery codes are left, each for a single use.")
    elif summary.has_second_factor:
        yield Answer("recovery", CAUTION, "No recovery codes are left.")


def _judge_passkeys(request: HttpRequest, user: User) -> Iterator[Answer]:
    site = request.get_host().partition(":")[0]
    for each in Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN):
        name = each.data.get("name") or "Passkey"
        match passkeys.is_made_for(each.data, site):
            case True:
                yield Answer("passkey", WORKS, f"{name} was registered for {site} and works.")
            case False:
                yield Answer(
                    "passkey",
                    BLOCKED,
                    f"{name} was not registered for {site} and cannot work here.",
                )
            case None:
                yield Answer(
                    "passkey",
                    CAUTION,
                    f"{name} was imported. It works only if the old system's relying party id was "
                    f"{site}.",
                )


def _tell_last_sign_in(user: User) -> Iterator[Answer]:
    if user.last_login:
        yield Answer("here", NEUTRAL, f"Signed in here on {_show(user.last_login)}.")
    else:
        yield Answer("here", NEUTRAL, "Never signed in here.")
    if user.last_login_at_source:
        yield Answer(
            "old system",
            NEUTRAL,
            f"Signed in to the old system on {_show(user.last_login_at_source)}.",
        )


def _has_mail(user: User, summary: SignInSummary) -> bool:
    return bool(user.email or summary.emails)


def _prefer_verified(addresses: list[EmailAddress]) -> list[EmailAddress]:
    """Return the addresses that a reset is sent to: verified ones, if there are any."""
    return [each for each in addresses if each.verified] or addresses


def _join(words: list[str]) -> str:
    return " or ".join(words)


def _show(timestamp: datetime) -> str:
    return date_format(localtime(timestamp), "j F Y, H:i T")
