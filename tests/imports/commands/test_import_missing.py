"""`manage.py import_users --disable-missing`: what it tells, asks to confirm, and disables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accounts.models import User
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from tests.imports.commands.calling import Run
from tests.imports.conftest import to_ndjson
from tests.imports.exports import import_export, make_record

PEOPLE = [make_record(number) for number in range(10)]


@pytest.fixture(autouse=True)
def administrator(db: None) -> User:
    """Somebody to run imports, and ten users of whom files of the format of our own come."""
    administrator = User.objects.create_superuser(email="admin@example.com")
    import_export(PEOPLE, actor=administrator, source="", mode=Mode.SKIP)
    return administrator


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """A mapping that gives the source a name of its own."""
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps({"provider": "native", "source_name": "shop"}))
    User.objects.filter(source="native").update(source="shop")
    return path


def write_file(folder: Path, records: list[dict[str, object]]) -> Path:
    path = folder / "people.ndjson"
    path.write_bytes(to_ndjson(records))
    return path


def list_inactive() -> list[str]:
    users = User.objects.filter(is_active=False).order_by("subject_id")
    return list(users.values_list("subject_id", flat=True))


def test_dry_run_says_how_many_are_missing_and_disables_nobody(
    run: Run, tmp_path: Path, mapping: Path
) -> None:
    file = write_file(tmp_path, PEOPLE[1:])

    status, output, _ = run(file, "--mapping", mapping, "--dry-run", "--disable-missing", "--json")

    notices = json.loads(output)["report"]["notices"]
    [told] = [each for each in notices if each["code"] == "users_missing"]
    assert status == 0
    assert told["text"].startswith("1 of the 10 active users of shop is missing from the file.")
    assert list_inactive() == []


def test_missing_users_are_disabled_after_the_import(
    run: Run, tmp_path: Path, mapping: Path
) -> None:
    file = write_file(tmp_path, PEOPLE[1:])

    status, output, _ = run(file, "--mapping", mapping, "--disable-missing")

    assert status == 0
    assert "1 missing from the file: disabled" in output
    assert list_inactive() == ["s0"]
    assert ImportJob.objects.latest("id").state == "completed"


def test_without_the_option_nobody_is_disabled(run: Run, tmp_path: Path, mapping: Path) -> None:
    status, output, _ = run(write_file(tmp_path, PEOPLE[1:]), "--mapping", mapping)

    assert status == 0
    assert "1 of the 10 active users of shop is missing from the file." in output
    assert list_inactive() == []


def test_doubt_is_named_and_confirmed_with_a_second_call(
    run: Run, tmp_path: Path, mapping: Path
) -> None:
    file = write_file(tmp_path, PEOPLE[5:])

    status, _, messages = run(file, "--mapping", mapping, "--disable-missing")

    job = ImportJob.objects.latest("id")
    again = f"--resume {job.pk} --disable-missing --confirm-missing"
    assert status == 1
    assert "5 of the 10 active users of shop are missing" in messages
    assert again in messages
    assert list_inactive() == []
    status, output, _ = run(*again.split(), "--json")
    assert status == 0
    assert json.loads(output)["missing"] == {"disabled": 5, "inactive": 0, "gone": 0, "kept": 0}
    assert len(list_inactive()) == 5


def test_nobody_missing_is_no_fault(run: Run, tmp_path: Path, mapping: Path) -> None:
    status, output, _ = run(
        write_file(tmp_path, PEOPLE), "--mapping", mapping, "--disable-missing", "--json"
    )

    assert (status, json.loads(output)["missing"]) == (0, {})
