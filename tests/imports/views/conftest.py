"""People at different doors, and the state of a job that each page is about."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.core.files import File
from django.test import Client

from accounts.models import Role, User
from imports.models import ImportJob
from imports.services.dry_run.decisions import answer_decisions
from imports.services.files import uploads
from imports.services.runs import runs
from tests.imports.conftest import SAMPLES, SKIPPED, MakeJob, drain, import_sample
from tests.imports.views.posting import Browser

SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Return a function that signs in a member of staff who holds just these permissions."""

    def sign_in_with(*permissions: str, is_staff: bool = True) -> Client:
        user = User.objects.create_user(
            email=f"staff{User.objects.count()}@example.com", is_staff=is_staff
        )
        role = Role.objects.create(key=f"role of {user.pk}")
        for permission in permissions:
            app_label, _, codename = permission.partition(".")
            role.permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
        user.roles.add(role)
        client = Browser()
        client.force_login(user)
        return client

    return sign_in_with


@pytest.fixture
def admin(operator: User) -> Client:
    """A browser in which a superuser is signed in."""
    client = Browser()
    client.force_login(operator)
    return client


@pytest.fixture
def draft_job(operator: User) -> ImportJob:
    """The sample with the mistakes, uploaded and not mapped yet."""
    with (SAMPLES / "mistakes.csv").open("rb") as file:
        return uploads.create_job(File(file, name="mistakes.csv"), actor=operator)


@pytest.fixture
def dry_run_job(make_job: MakeJob) -> ImportJob:
    content = (SAMPLES / "mistakes.csv").read_bytes()
    job = make_job(content, name="mistakes.csv", answers=SKIPPED)
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


@pytest.fixture
def decided_job(dry_run_job: ImportJob) -> ImportJob:
    """The same job, its two records with one e-mail address kept apart: it waits for nobody."""
    kept_apart = {"same_person:profile.email": {"verified in both rows": "apart"}}
    answer_decisions(dry_run_job, kept_apart, actor=dry_run_job.created_by)
    runs.start_dry_run(dry_run_job, actor=dry_run_job.created_by)
    drain(dry_run_job)
    return dry_run_job


@pytest.fixture
def finished_job(operator: User) -> ImportJob:
    """The sample with the mistakes, imported: three users and fifteen failed records."""
    return import_sample(operator)


@pytest.fixture(autouse=True)
def _patient_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a busy machine take its time: the time limit of a test sign-in is not the point."""
    monkeypatch.setattr("imports.services.mapping.sign_in_tests.LOOK_SECONDS", 600.0)
    monkeypatch.setattr("imports.services.mapping.sign_in_tests.SEARCH_SECONDS", 600.0)
