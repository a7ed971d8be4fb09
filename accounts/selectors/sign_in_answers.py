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
        "Is anything in the way?": _find_obstacles(user, summary),
        "What can they type as their name?": _list_names(user, summary),
        "Does their password work?": _judge_password(summary),
        "Can they do without the password?": _find_other_ways(user, summary),
        "Can they use another provider?": _judge_external_logins(request, summary),
        "Is a second step asked of them?": _judge_second_step(request, user, summary),
        "When did they last sign in?": _tell_last_sign_in(user),
    }
    return [Section(title, list(answers)) for title, answers in sections.items()]


def _find_obstacles(user: User, summary: SignInSummary) -> Iterator[Answer]:
    if not user.is_active:
        yield Answer("inactive", BLOCKED, "The account is not active: nobody can sign in to it.")
    if end := throttling.find_lock_end(user):
        yield Answer(
            "locked out",
            BLOCKED,
            f"After too many wrong passwords not even the right one is taken until {_show(end)}."
            " A password reset ends that.",
        )
    if end := throttling.find_second_factor_lock_end(user):
        yield Answer(
            "locked out",
            BLOCKED,
            f"After too many wrong codes the second step takes none until {_show(end)}.",
        )
    has_way_in = summary.password.is_usable or summary.external_logins or _has_mail(user, summary)
    if not has_way_in:
        yield Answer(
            "no way in",
            BLOCKED,
            "There is no password, no external login and no e-mail address to send a reset to: set"
            " a password for them, or give them an address.",
        )
    if user.is_active and has_way_in and not throttling.find_lock_end(user):
        yield Answer(
            "no",
            WORKS,
            "The account is active and not locked out. Too many failures from one network address"
            " are refused there for a minute, whoever is tried; that is not shown here.",
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
        yield Answer("none", BLOCKED, "Nothing: the account has no user name, e-mail or phone.")


def _judge_password(summary: SignInSummary) -> Iterator[Answer]:
    password = summary.password
    if not password.is_usable:
        yield Answer("none", CAUTION, "There is no password.")
        return
    if not password.is_readable:
        yield Answer("unreadable", BLOCKED, "The stored hash is damaged: no password fits it.")
        return
    costs = ", ".join(f"{name} {value}" for name, value in password.parameters.items())
    origin = "Set here" if password.changed_at else "The one they were imported with"
    yield Answer("works", WORKS, f"{origin}, stored as {password.label} ({costs}).")
    if password.is_weak:
        yield Answer("weak", CAUTION, "Whoever stole such a hash could guess the password quickly.")
    if password.is_upgraded_at_sign_in:
        yield Answer(
            "rehash pending", NEUTRAL, "The next sign-in with it stores it as argon2id instead."
        )
    if password.is_expired:
        yield Answer(
            "must change", CAUTION, "It has expired: after entering it, they choose a new one."
        )
    elif password.expires_at:
        yield Answer(
            "expires", NEUTRAL, f"It must be changed from {_show(password.expires_at)} on."
        )


def _find_other_ways(user: User, summary: SignInSummary) -> Iterator[Answer]:
    verified = [each.email for each in summary.emails if each.verified]
    if verified:
        yield Answer(
            "code by e-mail", WORKS, f"A code that works once can be sent to {_join(verified)}."
        )
    else:
        yield Answer(
            "no code", NEUTRAL, "No code can be sent: that takes a verified e-mail address."
        )
    if _has_mail(user, summary):
        addresses = [each.email for each in _prefer_verified(summary.emails)] or [user.email or ""]
        yield Answer(
            "reset", WORKS, f"A new password can be chosen by a mail to {_join(addresses)}."
        )
    else:
        yield Answer("no reset", CAUTION, "Without an e-mail address, only you can set a password.")


def _judge_external_logins(request: HttpRequest, summary: SignInSummary) -> Iterator[Answer]:
    names = external_logins.name_providers(request)
    for login in summary.external_logins:
        if login.provider in names:
            yield Answer(
                names[login.provider], WORKS, f"As {login.uid} of {names[login.provider]}."
            )
        else:
            yield Answer(
                "not set up",
                CAUTION,
                f"They are {login.uid} of “{login.provider}”, a provider that is not set up here.",
            )
    if not summary.external_logins:
        yield Answer("none", NEUTRAL, "They are linked with none.")


def _judge_second_step(
    request: HttpRequest, user: User, summary: SignInSummary
) -> Iterator[Answer]:
    for app in summary.apps:
        yield Answer("app", WORKS, f"A code of {app.name} is asked for ({app.detail}).")
    yield from _judge_passkeys(request, user)
    if not summary.has_second_factor:
        yield Answer("no", NEUTRAL, "The first step alone signs them in.")
    left = summary.recovery_codes_left
    if left:
        yield Answer("recovery", WORKS, f"{left} recovery codes are left; each works once.")
    elif summary.has_second_factor:
        yield Answer("recovery", CAUTION, "No recovery codes are left, should they lose it.")


def _judge_passkeys(request: HttpRequest, user: User) -> Iterator[Answer]:
    site = request.get_host().partition(":")[0]
    for each in Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN):
        name = each.data.get("name") or "Passkey"
        match passkeys.is_made_for(each.data, site):
            case True:
                yield Answer("passkey", WORKS, f"{name} was made for {site} and works.")
            case False:
                yield Answer("passkey", BLOCKED, f"{name} was not made for {site}: it cannot work.")
            case None:
                yield Answer(
                    "passkey",
                    CAUTION,
                    f"{name} was imported. It works if the old system's relying party id was"
                    f" {site}, and not at all otherwise.",
                )


def _tell_last_sign_in(user: User) -> Iterator[Answer]:
    if user.last_login:
        yield Answer("here", NEUTRAL, f"Here on {_show(user.last_login)}.")
    else:
        yield Answer("here", NEUTRAL, "Not here yet.")
    if user.last_login_at_source:
        yield Answer("old system", NEUTRAL, f"There on {_show(user.last_login_at_source)}.")


def _has_mail(user: User, summary: SignInSummary) -> bool:
    return bool(user.email or summary.emails)


def _prefer_verified(addresses: list[EmailAddress]) -> list[EmailAddress]:
    """Return the addresses that a reset is sent to: verified ones, if there are any."""
    return [each for each in addresses if each.verified] or addresses


def _join(words: list[str]) -> str:
    return " or ".join(words)


def _show(timestamp: datetime) -> str:
    return date_format(localtime(timestamp), "j F Y, H:i T")
