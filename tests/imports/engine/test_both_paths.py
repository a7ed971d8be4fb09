"""What columns write equals what the record path writes of the same rows, in every table."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from accounts.models import AttributeDefinition, Group, Role, User
from imports.core.columns import ColumnReader, Table
from imports.core.planning.conflicts import Mode
from imports.engine import chunks
from imports.engine.columns.parts import KnownRows, NewRows
from imports.models import ImportRecord, Status
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, run_to_the_end
from tests.imports.engine.store import dump_store

Record = dict[str, Any]
BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
ROWS = 120
POLICIES = {
    "profile.family_name": "fill",
    "profile.given_name": "keep",
    "profile.last_login": "newer",
    "profile.locale": "newer",
}


def make_record(number: int) -> Record:
    return {
        "subject_id": f"id-{number:04}",
        "profile": {
            "username": f"user{number}",
            "email": f"User{number}@example.com",
            "email_verified": number % 2 == 0,
            "given_name": "Zoë",
            "family_name": "Old" if number % 5 == 0 else None,
            "updated_at": "2024-01-02T03:04:05Z" if number % 4 == 0 else None,
        },
        "authenticators": {
            "password": {"hash": BCRYPT},
            "external_logins": [{"provider": "google", "subject": f"g{number}"}],
        },
        "memberships": {"roles": ["member"]},
    }


def upset(record: Record, chance: random.Random) -> Record:
    """Return a record that meets another one of its file, or is odd in another way."""
    profile, given = record["profile"], record["authenticators"]
    other = chance.randrange(ROWS)
    changes: list[Callable[[], Any]] = [
        lambda: profile.update(email=f"USER{other}@example.com"),
        lambda: profile.update(username=f"USER{other}"),
        lambda: profile.update(username=f"user{other}@example.com"),
        lambda: profile.update(email=chance.choice(["no address", "ü@x.de", " u@x.de ", "", None])),
        lambda: profile.update(created_at=chance.choice(["2021-02-31T00:00:00Z", 1614850200, "x"])),
        lambda: profile.update(phone=chance.choice([f"+4416329{other:05}", "0123", ""])),
        lambda: profile.update(given_name=chance.choice(["a\tb\\N", "x" * 201, "é\nz", " s "])),
        lambda: profile.update(emails=[{"email": f"user{other}@example.com"}]),
        lambda: profile.update(active=chance.choice([False, "false", None])),
        lambda: profile.update(attributes={"badge": f"b{other % 7}"}),
        lambda: record.update(subject_id=f"id-{other:04}"),
        lambda: record.update(subject_id=chance.choice([other, "", None, "1E+5"])),
        lambda: record.update(nick="x"),
        lambda: record.update(memberships={"roles": chance.choice([["nobody"], [], "member"])}),
        lambda: record.update(memberships={"groups": ["staff"], "roles": ["member", "member"]}),
        lambda: given.update(password={"hash": chance.choice(["bad", "", "5f4dcc3b5aa765d61d83"])}),
        lambda: given.update(password={"plaintext": "Sample-Password-1"}),
        lambda: given.update(external_logins=[{"provider": "google", "subject": f"g{other}"}]),
        lambda: given.update(totp="JBSWY3DPEHPK3PXP"),
    ]
    chance.choice(changes)()
    return record


def make_messy_file(seed: int) -> list[Record]:
    chance = random.Random(seed)  # noqa: S311
    records = list(map(make_record, range(ROWS)))
    return [upset(each, chance) if chance.random() < 0.3 else each for each in records]


def change(record: Record) -> Record:
    """Return a record that says something new of its user, and some things that it is not to."""
    number = int(re.sub("[^0-9]", "", str(record["subject_id"])) or 0)
    changed = copy.deepcopy(record)
    profile = changed["profile"]
    profile |= {"family_name": f"Family\t{number}", "given_name": "Zoe" if number % 3 else "Zoë"}
    if number % 4 == 1:
        profile |= {"active": False, "last_login": f"2023-01-02T03:04:{number % 60:02}Z"}
    if number % 5 == 1 and changed["authenticators"].get("password"):
        changed["authenticators"]["password"] = {"hash": f"{BCRYPT[:-8]}{number:06}Ae"}
    if number % 4 == 0:
        year = 2025 if number % 8 else 2023
        profile |= {"locale": "en-GB", "updated_at": f"{year}-05-06T07:08:09Z"}
    return changed


def accept_nothing(reader: ColumnReader, encoded: Sequence[bytes]) -> Table:
    return Table()


@pytest.fixture
def _store(operator: User) -> None:
    AttributeDefinition.objects.create(name="badge", unique=True)
    Role.objects.create(key="member")
    Group.objects.create(key="staff")


def import_all(make_job: MakeJob, files: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """Return what is in the store after the files, which is then as it was, and what dry runs say.

    Each file has its mode, whether there is a dry run before its run, and policies, if any.
    """
    sid = transaction.savepoint()
    reports: list[Any] = []
    for records, mode, is_tried, *policies in files:
        job = make_job(records, mode=mode, chunk_rows=60)
        job.field_policies = dict(*policies)
        job.save()
        if is_tried:
            runs.start_dry_run(job, actor=job.created_by)
            drain(job)
            reports.append({**job.dry_run_report, "finished_at": ""})
        runs.start_run(job, actor=job.created_by, fails_undecided=True, without_dry_run=True)
        drain(job)
    found = dump_store() | {"dry runs": reports}
    transaction.savepoint_rollback(sid)
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("_store")
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
def test_every_table_is_as_the_record_path_leaves_it(
    make_job: MakeJob, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    messy = make_messy_file(seed)
    files = [
        (messy[: ROWS // 3], Mode.SKIP, False),
        (messy, Mode.SKIP, True),
        (messy, Mode.SKIP, False),
        (messy, Mode.UPDATE, True),
        (list(map(change, messy)), Mode.UPDATE, True, POLICIES),
        (list(map(change, messy)), Mode.UPDATE, seed > 0),
    ]

    found = import_all(make_job, files)
    monkeypatch.setattr(ColumnReader, "read", accept_nothing)
    expected = import_all(make_job, files)

    for table, rows in expected.items():
        assert len(found[table]) == len(rows), table
        for row, other in zip(found[table], rows, strict=True):
            different = {name: (row[name], other[name]) for name in row if row[name] != other[name]}
            assert different == {}, table


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the rows that are planned as records from now on."""
    numbers: list[int] = []
    plan_rows = chunks.plan_rows

    def watch(rows: Any, *args: Any, **options: Any) -> Any:
        numbers.extend(row.row_number for row in rows)
        return plan_rows(rows, *args, **options)

    monkeypatch.setattr(chunks, "plan_rows", watch)
    return numbers


@pytest.mark.django_db
@pytest.mark.usefixtures("_store")
def test_plain_rows_are_planned_by_nobody(make_job: MakeJob, planned: list[int]) -> None:
    """A floor: nothing else would tell that columns take no row any more."""
    job = make_job(list(map(make_record, range(100))))
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    run_to_the_end(job)

    assert planned == []
    assert ImportRecord.objects.filter(status=Status.CREATED).count() == 100


@pytest.mark.django_db
@pytest.mark.usefixtures("_store")
@pytest.mark.parametrize(
    ("mode", "reason"), [(Mode.SKIP, "profile_exists"), (Mode.UPDATE, "unchanged")]
)
def test_plain_rows_of_users_who_stay_as_they_are_are_planned_by_nobody(
    make_job: MakeJob, mode: Mode, reason: str, request: pytest.FixtureRequest
) -> None:
    records = list(map(make_record, range(50)))
    run_to_the_end(make_job(records))
    planned: list[int] = request.getfixturevalue("planned")

    job = make_job(records, mode=mode)
    run_to_the_end(job)

    assert planned == []
    assert ImportRecord.objects.filter(job=job, reason=reason).count() == 50


@pytest.mark.django_db
@pytest.mark.usefixtures("_store")
def test_plain_rows_that_change_fields_of_their_users_are_planned_by_nobody(
    make_job: MakeJob, request: pytest.FixtureRequest
) -> None:
    records = list(map(make_record, range(50)))
    run_to_the_end(make_job(records))
    planned: list[int] = request.getfixturevalue("planned")

    job = make_job(list(map(change, records)), mode=Mode.UPDATE)
    run_to_the_end(job)

    assert planned == []
    assert ImportRecord.objects.filter(job=job, status=Status.UPDATED).count() == 50


TAKEN: list[Callable[[Record], Any]] = [
    lambda record: record["profile"].update(username="EARLY"),
    lambda record: record["profile"].update(username="Early@Example.com"),
    lambda record: record["profile"].update(email="early@example.com"),
    lambda record: record["profile"].update(phone="+441632960001"),
    lambda record: record["authenticators"].update(
        external_logins=[{"provider": "google", "subject": "early"}]
    ),
]


@pytest.fixture
def early(operator: User) -> User:
    """A user who was here before, and has what the records of TAKEN have."""
    user = User.objects.create(
        subject_id="early", username="early", email="early@example.com", phone="+441632960001"
    )
    SocialAccount.objects.create(user=user, provider="google", uid="early")
    return user


@pytest.mark.django_db
@pytest.mark.usefixtures("_store")
def test_rows_that_change_by_what_users_are_found_are_planned_as_records(
    make_job: MakeJob, request: pytest.FixtureRequest
) -> None:
    records = list(map(make_record, range(3)))
    run_to_the_end(make_job(records))
    records[0]["profile"]["username"] = "other"
    records[1]["profile"]["email"] = "other@example.com"
    records[2]["profile"]["phone"] = "+441632960001"
    planned: list[int] = request.getfixturevalue("planned")

    run_to_the_end(make_job(records, mode=Mode.UPDATE))

    assert planned == [1, 2, 3]


@pytest.mark.django_db
@pytest.mark.usefixtures("_store", "early")
def test_rows_with_values_of_others_are_the_only_ones_that_leave(
    make_job: MakeJob, planned: list[int]
) -> None:
    records = list(map(make_record, range(20)))
    for take, record in zip(TAKEN, records, strict=False):
        take(record)
    run_to_the_end(make_job(records, chunk_rows=20))

    assert planned == list(range(1, len(TAKEN) + 1))
    assert not ImportRecord.objects.filter(row_number__in=planned, reason="").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("_store")
def test_users_whose_values_rows_have_are_met_where_all_stay_as_they_are(
    make_job: MakeJob, early: User
) -> None:
    records = list(map(make_record, range(len(TAKEN))))
    run_to_the_end(make_job(records))
    for take, record in zip(TAKEN, records, strict=True):
        take(record)
        job = make_job([record])
        run_to_the_end(job)
        chunk = job.chunks.get()
        assert early.pk in chunk.met
        assert len(chunk.met) == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("_store")
@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_users_of_another_source_are_compared_by_the_record_path(
    make_job: MakeJob, mode: Mode, planned: list[int]
) -> None:
    records = list(map(make_record, range(5)))
    run_to_the_end(make_job(records))
    User.objects.update(source="elsewhere")

    run_to_the_end(make_job(records, mode=mode))

    assert planned == [1, 2, 3, 4, 5]


@pytest.mark.django_db
@pytest.mark.usefixtures("_store")
def test_value_taken_since_the_look_into_the_store_is_told_by_the_plans(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create(subject_id="early", email="user3@example.com", password="!")
    job = make_job(list(map(make_record, range(10))))
    monkeypatch.setattr(chunks, "part_rows", take_all_for_new)

    run_to_the_end(job)

    reasons = dict(ImportRecord.objects.values_list("row_number", "reason"))
    assert {number: reason for number, reason in reasons.items() if reason} == {4: "value_taken"}
    assert User.objects.filter(subject_id__startswith="id-").count() == 9


def take_all_for_new(table: Table, *_: Any, **__: Any) -> tuple[NewRows, KnownRows]:
    nothing: list[tuple[int, ...]] = [()] * len(table)
    return NewRows(table, nothing, nothing), KnownRows()


CHANGES: list[Callable[[Record], Any]] = [
    lambda record: record["profile"].update(given_name="Zoe"),
    lambda record: record["profile"].update(email_verified=True),
    lambda record: record["profile"].update(phone="+441632960001"),
    lambda record: record["profile"].update(active=False),
    lambda record: record["authenticators"]["password"].update(hash=f"{BCRYPT[:-8]}AAAAAAAe"),
    lambda record: record["authenticators"]["external_logins"].append(
        {"provider": "google", "subject": "more"}
    ),
    lambda record: record["memberships"].update(groups=["staff"]),
]


@pytest.mark.django_db
@pytest.mark.usefixtures("_store")
def test_single_change_among_rows_that_say_nothing_new_is_written(make_job: MakeJob) -> None:
    # Odd numbers: their addresses are not verified yet.
    records = [make_record(2 * place + 1) for place in range(len(CHANGES) * 10)]
    for record in records:
        record["memberships"]["groups"] = ["staff"]
    # All others have the group that the last of the changes gives.
    del records[-10]["memberships"]["groups"]
    run_to_the_end(make_job(records))
    for change, record in zip(CHANGES, records[::10], strict=True):
        change(record)

    job = make_job(records, mode=Mode.UPDATE, chunk_rows=100)
    run_to_the_end(job)

    updated = ImportRecord.objects.filter(job=job, status=Status.UPDATED)
    numbers = updated.order_by("row_number").values_list("row_number", flat=True)
    assert list(numbers) == [place * 10 + 1 for place in range(len(CHANGES))]
