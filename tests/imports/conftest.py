"""Jobs for the tests of imports, and a worker that works in the test's own transaction.

The pure tests of the core read this as well: models and services are imported where they are used.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from imports.core.planning.conflicts import Mode

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import Settings

    from accounts.models import User
    from imports.models import ImportJob

MakeJob = Callable[..., "ImportJob"]
# What skips the record of the sample that has the subject id of somebody else.
SKIPPED = {"unlike_people:subject_id": "skip"}
SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture
def operator(db: None) -> User:
    """A superuser who runs imports."""
    return create_operator()


@pytest.fixture
def make_clerk(db: None) -> Callable[..., User]:
    """Return a function that makes a member of staff who holds just these permissions."""
    from django.contrib.auth.models import Permission

    from accounts.models import Role, User

    def make(*permissions: str) -> User:
        number = User.objects.count()
        clerk = User.objects.create_user(subject_id=f"clerk{number}", is_staff=True)
        role = Role.objects.create(key=f"role of {clerk.subject_id}")
        for permission in permissions:
            app_label, _, codename = permission.partition(".")
            role.permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
        clerk.roles.add(role)
        return clerk

    return make


@pytest.fixture
def make_job(operator: User) -> MakeJob:
    """Return a function that uploads records and saves the mapping suggested for them."""
    return partial(create_job, actor=operator)


@pytest.fixture
def run_job(make_job: MakeJob) -> MakeJob:
    """Return a function that imports records to the end."""

    def run(*args: Any, **options: Any) -> ImportJob:
        job = make_job(*args, **options)
        run_to_the_end(job)
        return job

    return run


@pytest.fixture(scope="module")
def shared_job(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ImportJob]:
    """The sample with the mistakes, imported once for a module: a test undoes only its own changes.

    For modules of many tests whose `finished_job` and `operator` are this job and its maker. None
    of their tests may commit.
    """
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield import_sample(create_operator())
        transaction.set_rollback(True)


@pytest.fixture
def keep_uploads(settings: Settings) -> None:
    """Keep the file of a job that is done, as an installation can choose to."""
    settings.IMPORT_KEEP_UPLOADS = True


def create_operator() -> User:
    from accounts.models import User

    user = User(subject_id="operator", email="operator@example.com", password="!")
    user.is_staff = user.is_superuser = True
    user.save()
    return user


def create_job(
    records: bytes | Iterable[Mapping[str, Any]],
    *,
    actor: User,
    mode: Mode = Mode.SKIP,
    chunk_rows: int = 10,
    name: str = "users.ndjson",
    answers: Mapping[str, str] | None = None,
) -> ImportJob:
    """Upload records and save the mapping suggested for them, with answers to decisions."""
    from django.core.files.base import ContentFile

    from imports.core.mapping import Mapping as ColumnMapping
    from imports.services.files import uploads
    from imports.services.mapping import mappings

    content = records if isinstance(records, bytes) else to_ndjson(records)
    job = uploads.create_job(ContentFile(content, name=name), actor=actor)
    mapping = ColumnMapping.model_validate(job.mapping)
    if answers:
        mapping = mapping.model_copy(update={"answers": {**mapping.answers, **answers}})
    options = mappings.JobOptions(mode=mode, chunk_rows=chunk_rows)
    mappings.save_mapping(job, mapping, options, actor=actor)
    return job


def run_to_the_end(job: ImportJob) -> None:
    from imports.services.runs import runs

    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)


def import_sample(operator: User) -> ImportJob:
    """Import the sample with the mistakes: three users and fifteen failed records.

    One is skipped by decision.
    """
    from imports.services.sources.progress import count_sources

    content = (SAMPLES / "mistakes.csv").read_bytes()
    job = create_job(content, actor=operator, name="mistakes.csv", answers=SKIPPED)
    run_to_the_end(job)
    count_sources()
    return job


def drain(job: ImportJob) -> None:
    """Do all the work of a busy job, as workers would, in file order."""
    from imports.services.runs import phases, worker
    from imports.states import BUSY, JobPhase

    job.refresh_from_db()
    while job.state in BUSY:
        if job.phase == JobPhase.STAGING:
            worker.work_on_staging(job.pk)
        else:
            chunks = phases.list_workable(job).order_by("number")
            for pk in list(chunks.values_list("pk", flat=True)):
                worker.work_on_chunk(pk)
        job.refresh_from_db()


def to_ndjson(records: Iterable[Mapping[str, Any]]) -> bytes:
    return b"\n".join(orjson.dumps(record) for record in records)


def to_csv(header: list[str], rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def list_statuses(job: ImportJob) -> list[tuple[int, str, str]]:
    """Return row number, status and reason of every record, in file order."""
    from imports.models import ImportRecord

    return list(
        ImportRecord.objects.filter(job=job)
        .order_by("row_number")
        .values_list("row_number", "status", "reason")
    )
