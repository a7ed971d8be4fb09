"""Corrections that are chosen before the run do what they would do after it, and to nobody else.

Random files with faults of several kinds are imported twice: with the corrections chosen before the
run, and with each applied to its failed records after it.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from imports.core.corrections import Change
from imports.core.mapping import Mapping, Rule
from imports.core.planning.conflicts import Mode
from imports.core.problems import Problem, digest_error_group
from imports.models import CorrectedRow, ImportJob, ImportRecord
from imports.record_filters import RecordFilter
from imports.services.corrections import corrections
from imports.services.mapping import mappings
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses, to_csv
from tests.imports.engine.test_exactness import RollBack, sort_backwards, start, work_through

TARGETS = {
    "subject_id": "subject_id",
    "email": "profile.email",
    "phone": "profile.phone",
    "username": "profile.username",
    "roles": "memberships.roles",
}
MAPPING = Mapping(rules=[Rule(source=name, target=target) for name, target in TARGETS.items()])
GOOD_PHONES = tuple(f"+44163296000{number}" for number in range(4))
ROWS = st.lists(
    st.tuples(
        st.sampled_from([f"s{number}" for number in range(9)]),
        st.sampled_from(["", "nonsense", *(f"{letter}@example.com" for letter in "abcdef")]),
        st.sampled_from(["", "12", "01632 960001", "01632 960009", *GOOD_PHONES]),
        st.sampled_from(["", "ann", "bob", "cat", "dan", "eve"]),
        st.sampled_from(["", "", "wizards"]),
    ),
    min_size=1,
    max_size=8,
)
KNOWN = [
    {"subject_id": "k1", "profile": {"email": "a@example.com", "username": "ann"}},
    {"subject_id": "k2", "profile": {"email": "k2@example.com", "phone": GOOD_PHONES[0]}},
]
PHONE = Problem("invalid_phone", "profile.phone", "phone")
EMAIL = Problem("invalid_email", "profile.email", "email")
TAKEN = Problem("value_taken", "profile.email", params={"what": "The e-mail address"})
TWICE = Problem("duplicate_in_file", "profile.email", params={"what": "e-mail address"})
CHOICES: list[tuple[Problem, Change]] = [
    (PHONE, Change("set_country", "profile.phone", value="GB")),
    (PHONE, Change("drop_field", "profile.phone")),
    (EMAIL, Change("replace", "profile.email", "nonsense", "f@example.com")),
    (EMAIL, Change("drop_field", "profile.email")),
    (TAKEN, Change("drop_field", "profile.email")),
    (TWICE, Change("drop_field", "profile.email")),
]


# No two of these records have a value in common but for addresses: in the order of a file, one that
# fails keeps others from its values, and a retry knows nothing of it.
APART = st.lists(
    st.tuples(
        st.sampled_from(["", "nonsense", "a@example.com", "b@example.com", "own"]),
        st.sampled_from(["", "12", "01632 96000", "+4416329600"]),
        st.sampled_from(["", "wizards"]),
    ),
    min_size=1,
    max_size=6,
).map(
    lambda rows: [
        (
            f"s{number}",
            f"{number}@example.com" if email == "own" else email,
            f"{phone}{number:02}" if len(phone) > 2 else phone,
            f"u{number}",
            roles,
        )
        for number, (email, phone, roles) in enumerate(rows, start=10)
    ]
)


def correct_until_nothing_helps(job: ImportJob, problem: Problem, change: Change) -> None:
    """Correct the error group, and what repeats a value of its records, as long as any is left."""
    tried: set[int] = set()
    while left := [row for row in _list_rows(job, problem) if row not in tried]:
        tried |= set(left)
        corrections.correct_and_retry(
            job, [change], chosen=RecordFilter(rows=tuple(left)), actor=job.created_by
        )
        drain(job)
        freed = [row for row in _list_rows(job, TWICE) if _find_earlier(job, row) in tried]
        if freed and problem != TWICE:
            runs.retry(job, actor=job.created_by, chosen=RecordFilter(rows=tuple(freed)))
            drain(job)


def _list_rows(job: ImportJob, problem: Problem) -> list[int]:
    found = ImportRecord.objects.filter(job=job, error_group=digest_error_group(problem))
    return list(found.order_by("row_number").values_list("row_number", flat=True))


def _find_earlier(job: ImportJob, row: int) -> int:
    [problem] = ImportRecord.objects.get(job=job, row_number=row).problems
    return int(problem["params"]["row"])


def upload(make_job: MakeJob, rows: list[tuple[str, ...]], chunk_rows: int = 12) -> ImportJob:
    """Return a job for the rows, whatever mapping would be suggested for them."""
    job = make_job(to_csv(list(TARGETS), rows), name="users.csv")
    options = mappings.JobOptions(Mode.SKIP, chunk_rows)
    mappings.save_mapping(job, MAPPING, options, actor=job.created_by)
    return job


def read_users() -> list[tuple[Any, ...]]:
    found = User.objects.exclude(subject_id="operator").order_by("subject_id")
    return list(found.values_list("subject_id", "email", "phone", "username"))


@pytest.mark.django_db
@given(
    rows=ROWS,
    chosen=st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3, unique_by=id),
    chunk_rows=st.integers(1, 12),
    seed=st.integers(0, 1000),
)
@settings(
    max_examples=settings.default.max_examples // 5,
    suppress_health_check=[
        *settings.default.suppress_health_check,
        HealthCheck.function_scoped_fixture,
    ],
)
def test_dry_run_foresees_what_the_run_does_whatever_the_chunks_and_their_order(
    make_job: MakeJob,
    rows: list[tuple[str, ...]],
    chosen: list[tuple[Problem, Change]],
    chunk_rows: int,
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311

    def shuffle(chunks: list[int]) -> list[int]:
        return chance.sample(chunks, len(chunks))

    outcomes = []
    for size, order in ((chunk_rows, shuffle), (12, list)):
        try:
            with transaction.atomic():
                work_through(start(make_job(KNOWN)), list)
                job = upload(make_job, rows, size)
                for problem, change in chosen:
                    corrections.add_corrections(job, [change], problem, actor=job.created_by)
                runs.start_dry_run(job, actor=job.created_by)
                work_through(job, order)
                predicted = job.dry_run_report["statuses"]
                start(job)
                work_through(job, order)
                found = list_statuses(job)
                counted = [status for _, status, _ in found]
                assert predicted == {name: counted.count(name) for name in predicted}
                applied = list(
                    CorrectedRow.objects.filter(job=job)
                    .order_by("row_number")
                    .values_list("row_number", "corrections")
                )
                outcomes.append((found, applied, read_users()))
                raise RollBack
        except RollBack:
            pass
    assert outcomes[0] == outcomes[1]


@pytest.mark.django_db
@given(rows=APART, choice=st.sampled_from(CHOICES))
@settings(
    max_examples=settings.default.max_examples // 5,
    suppress_health_check=[
        *settings.default.suppress_health_check,
        HealthCheck.function_scoped_fixture,
    ],
)
def test_records_come_to_what_a_correction_after_the_run_makes_of_them(
    make_job: MakeJob, rows: list[tuple[str, ...]], choice: tuple[Problem, Change]
) -> None:
    problem, change = choice
    outcomes = []
    for is_before in (True, False):
        try:
            with transaction.atomic():
                work_through(start(make_job(KNOWN)), list)
                job = upload(make_job, rows)
                if is_before:
                    corrections.add_corrections(job, [change], problem, actor=job.created_by)
                work_through(start(job), list)
                if not is_before:
                    correct_until_nothing_helps(job, problem, change)
                outcomes.append(([each[:2] for each in list_statuses(job)], read_users()))
                raise RollBack
        except RollBack:
            pass
    assert outcomes[0] == outcomes[1]


@pytest.mark.django_db
@pytest.mark.parametrize("is_before", [True, False])
def test_corrected_record_yields_to_one_that_is_imported_as_it_stands(
    make_job: MakeJob, is_before: bool
) -> None:
    rows = [
        ("s1", "x@example.com", "12", "ann", ""),
        ("s1", "x@example.com", "", "ann", ""),
        ("s2", "x@example.com", "", "", ""),
    ]
    job = upload(make_job, rows, 1)
    change = Change("drop_field", "profile.phone")
    if is_before:
        corrections.add_corrections(job, [change], PHONE, actor=job.created_by)

    work_through(start(job), sort_backwards)
    if not is_before:
        correct_until_nothing_helps(job, PHONE, change)

    assert [status for _, status, _ in list_statuses(job)] == ["skipped", "created", "failed"]
