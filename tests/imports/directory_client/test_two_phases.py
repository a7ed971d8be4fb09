"""The documented way: people move at sign-in, a file brings the rest, the directory is closed."""

from pathlib import Path

from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.core.planning.conflicts import Mode
from imports.models import DirectoryMode
from imports.services.directories.directories import change_mode
from imports.services.sources.progress import count_sources
from tests.imports.conftest import MakeJob, to_csv
from tests.imports.directory_client.conftest import (
    MakeDirectory,
    Reference,
    is_signed_in,
    sign_in,
)

SAMPLES = Path(__file__).parents[3] / "samples"
EXPORT = SAMPLES / "aspnet_identity_users.csv"


def address(number: int) -> str:
    return f"user{number:02}@example.com"


def password(number: int) -> str:
    return f"Ferry-{number:02}-Crossing"


def test_file_after_sign_ins_brings_the_remainder_and_keeps_who_has_moved(
    make_directory: MakeDirectory, reference: Reference, run_job: MakeJob
) -> None:
    reference.store.add_sample()
    make_directory(url=reference.url)
    moved = [1, 2, 3]
    assert all(is_signed_in(sign_in(address(number), password(number))) for number in moved)
    kept = dict(User.objects.filter(source="old system").values_list("email", "password"))

    run_job(EXPORT.read_bytes(), name=EXPORT.name, mode=Mode.UPDATE)

    users = User.objects.exclude(is_staff=True)
    assert users.count() == 40
    assert dict(users.filter(email__in=kept).values_list("email", "password")) == kept
    asked = len(reference.requests)
    assert is_signed_in(sign_in(address(4), password(4)))
    assert is_signed_in(sign_in(address(1), password(1)))
    assert len(reference.requests) == asked


def test_file_without_hashes_is_drained_by_the_directory_and_then_it_is_closed(
    make_directory: MakeDirectory, reference: Reference, run_job: MakeJob
) -> None:
    reference.store.add_sample()
    directory = make_directory(url=reference.url)
    assert is_signed_in(sign_in(address(1), password(1)))
    rows = [[reference.store.find(address(number))["Id"], address(number)] for number in (1, 2, 3)]
    run_job(to_csv(["subject_id", "profile.email"], rows), name="users.csv", mode=Mode.UPDATE)
    change_mode(directory, DirectoryMode.DRAINING, actor=directory.job.created_by)

    assert is_signed_in(sign_in(address(2), password(2)))
    assert not is_signed_in(sign_in(address(4), password(4)))
    change_mode(directory, DirectoryMode.CLOSED, actor=directory.job.created_by)

    assert not is_signed_in(sign_in(address(3), password(3)))
    assert is_signed_in(sign_in(address(1), password(1)))
    assert is_signed_in(sign_in(address(2), password(2)))


def test_migration_progress_counts_who_migrated_at_sign_in(
    make_directory: MakeDirectory, reference: Reference
) -> None:
    make_directory(url=reference.url)
    for name in ("ada", "bob"):
        sign_in(reference.add(name))
    sign_in(reference.add("eve"), "Wrong-1")
    # Looked up and created, but not moved.
    Client().post(reverse("account_reset_password"), {"email": "eve@example.com"})

    day = next(day for day in count_sources() if day.source == "old system")

    assert (day.users, day.returned, day.migrated, day.without_password) == (3, 2, 2, 1)
