"""Import an export, and say how the people here differ from those of the real system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile

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
    """Somebody as they are in the real system; the password is the one that works there.

    Without a password nobody signs in here either.
    """

    login: str
    subject_id: str = ""
    email: str = ""
    password: str = ""
    is_active: bool = True


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
