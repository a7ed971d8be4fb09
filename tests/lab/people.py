"""Import an export, and say how the people here differ from those of the real system."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.files.base import ContentFile
from django.test import Client

from accounts.models import User
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from imports.services.files import uploads
from imports.services.mapping import mappings
from imports.services.runs import runs
from tests.imports.conftest import drain
from tests.imports.test_fixtures_end_to_end import can_sign_in


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as they are in the real system; the password is what works there.

    Without a password nobody signs in here either. With the secret of an authenticator app nobody
    does by their password alone; each recovery code stands for one code of the app.
    """

    login: str
    subject_id: str = ""
    email: str = ""
    password: str = ""
    is_active: bool = True
    totp_secret: str = ""
    recovery_codes: tuple[str, ...] = ()


def import_export(
    path: Path, operator: User, answers: Mapping[str, str] | None = None
) -> ImportJob:
    """Import an export with the mapping that is proposed for it."""
    job = uploads.create_job(ContentFile(path.read_bytes(), name=path.name), actor=operator)
    mapping = ColumnMapping.model_validate({**job.mapping, "answers": dict(answers or {})})
    options = mappings.JobOptions(mode=Mode.SKIP, chunk_rows=100)
    mappings.save_mapping(job, mapping, options, actor=operator)
    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)
    return job


def list_differences(people: Iterable[Person], operator: User) -> list[str]:
    """Return in words what is here and not there, the other way round, or not the same."""
    wanted = {person.login: person for person in people}
    found = {user.username: user for user in User.objects.exclude(pk=operator.pk)}
    strangers = [f"{login} is here" for login in found.keys() - wanted.keys()]
    return [
        *strangers,
        *(
            f"{login} {difference}"
            for number, (login, person) in enumerate(wanted.items())
            for difference in compare(number, person, found.get(login))
        ),
    ]


def compare(number: int, person: Person, user: User | None) -> Iterator[str]:
    if user is None:
        yield "is not here"
        return
    if user.is_active != person.is_active:
        yield f"is {'active' if user.is_active else 'inactive'}"
    for name in ("subject_id", "email"):
        if (getattr(user, name) or "") != getattr(person, name):
            yield f"has {name} {getattr(user, name)!r}"
    signs_in = can_sign_in(number, person.login, person.password or "nobody's")
    if signs_in != (bool(person.password) and person.is_active):
        yield "signs in" if signs_in else "does not sign in"
    if can_sign_in(100 + number, person.login, "another"):
        yield "signs in with another password"
    codes = [make_code(person.totp_secret)] if person.totp_secret else []
    for index, code in enumerate([*codes, *person.recovery_codes[:1]]):
        if not can_pass(10 * number + index, person, code):
            yield f"does not sign in with {'a recovery code' if index else 'the app'}"
    if bool(codes) != user.authenticator_set.filter(type="totp").exists():
        yield "has an app of nobody's" if not codes else "has no app"


def can_pass(number: int, person: Person, code: str) -> bool:
    """Tell whether password and code together let the person in, and another code does not."""
    client = Client(REMOTE_ADDR=f"10.0.1.{number + 1}")
    asked = client.post(
        "/accounts/login/", {"login": person.login, "password": person.password}
    ).headers["Location"]
    if client.post(asked, {"code": "000000"}).status_code == HTTPStatus.FOUND:
        return False
    return client.post(asked, {"code": code}).status_code == HTTPStatus.FOUND


def make_code(secret: str) -> str:
    """Return what an authenticator app shows now for a secret in base32 (RFC 6238)."""
    padded = secret + "=" * (-len(secret) % 8)
    return format_hotp_value(hotp_value(padded, int(time.time()) // 30))
