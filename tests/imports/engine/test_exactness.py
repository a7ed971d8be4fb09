"""The outcome of every record is a function of file, mode and starting state, and of nothing else.

Random files with collisions of every kind are imported in chunks of random size, worked on in
random order, and compared with a reference that goes through the file once, record by record.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from imports.core.conflicts import Mode
from imports.models import ImportJob
from imports.services import runs, work
from imports.states import BUSY, JobStep
from tests.imports.conftest import MakeJob, list_outcomes

PROFILE = ("username", "email", "phone", "given_name")


@dataclass
class Person:
    """A user as the reference keeps it."""

    profile: dict[str, str] = field(default_factory=dict)
    emails: set[str] = field(default_factory=set)
    logins: set[tuple[str, str]] = field(default_factory=set)


Store = dict[str, Person]


def list_keys(subject: str, person: Person) -> list[tuple[str, str]]:
    keys = [("subject", subject)]
    if username := person.profile.get("username"):
        keys.append(("username", username.upper()))
    keys += [("email", email) for email in sorted(person.emails)]
    if phone := person.profile.get("phone"):
        keys.append(("phone", phone))
    return keys + [("login", "/".join(login)) for login in sorted(person.logins)]


def read_person(record: dict[str, Any]) -> Person:
    profile = record["profile"]
    logins = record["authenticators"]["external_logins"]
    return Person(
        profile={name: profile[name] for name in PROFILE if profile[name]},
        emails={profile["email"]} if profile["email"] else set(),
        logins={(login["provider"], login["subject"]) for login in logins},
    )


def import_one_by_one(records: list[dict[str, Any]], store: Store, mode: Mode) -> list[str]:
    """Import the records into the store as it should be; return the outcome of each."""
    owners = {key: name for name, person in store.items() for key in list_keys(name, person)}
    start = copy.deepcopy(store)
    held: set[tuple[str, str]] = set()
    outcomes = []
    for record in records:
        subject, person = record["subject_id"], read_person(record)
        keys = list_keys(subject, person)
        repeated = next((key for key in keys if key in held), None)
        if repeated:
            is_same = repeated[0] == "subject" and mode is not Mode.FAIL
            outcomes.append("skipped" if is_same else "failed")
            continue
        held.update(keys)
        if subject in start and mode is not Mode.UPDATE:
            outcomes.append("skipped" if mode is Mode.SKIP else "failed")
        elif any(owners.get(key, subject) != subject for key in keys):
            outcomes.append("failed")
        elif subject not in start:
            store[subject] = person
            outcomes.append("created")
        else:
            outcomes.append("updated" if overlay(store[subject], person) else "skipped")
    return outcomes


def overlay(known: Person, given: Person) -> bool:
    """Bring a person up to date; return whether anything changed."""
    before = copy.deepcopy(known)
    known.profile |= given.profile
    known.emails |= given.emails
    known.logins |= given.logins
    return known != before


def read_store() -> Store:
    return {
        user.subject_id: Person(
            profile={name: value for name in PROFILE if (value := getattr(user, name))},
            emails=set(EmailAddress.objects.filter(user=user).values_list("email", flat=True)),
            logins=set(SocialAccount.objects.filter(user=user).values_list("provider", "uid")),
        )
        for user in User.objects.exclude(subject_id="operator")
    }


Order = Callable[[list[int]], list[int]]


def work_through(job: ImportJob, order: Order) -> None:
    """Do the job's work with its chunks in the order given, whatever their numbers."""
    job.refresh_from_db()
    while job.state in BUSY:
        if job.step == JobStep.STAGING:
            work.work_on_staging(job.pk)
        else:
            chunks = runs.list_workable(job).order_by("number").values_list("pk", flat=True)
            for pk in order(list(chunks)):
                work.work_on_chunk(pk)
        job.refresh_from_db()


def sort_backwards(chunks: list[int]) -> list[int]:
    return chunks[::-1]


def optional(*values: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


RECORDS = st.lists(
    st.builds(
        lambda subject, username, email, phone, name, logins: {
            "subject_id": subject,
            "profile": {
                "username": username,
                "email": email,
                "phone": phone,
                "given_name": name,
            },
            "authenticators": {
                "external_logins": [{"provider": "google", "subject": each} for each in logins]
            },
        },
        st.sampled_from([f"s{number}" for number in range(8)]),
        optional("ann", "ANN", "bob", "cat"),
        optional("a@example.com", "b@example.com", "c@example.com"),
        optional("+441632960001", "+441632960002"),
        optional("Ann", "Bob"),
        st.lists(st.sampled_from(["g1", "g2", "g3"]), max_size=2, unique=True),
    ),
    min_size=1,
    max_size=12,
)


class RollBack(Exception):
    """Ends an example and takes back what it wrote."""


@pytest.mark.django_db
@given(
    earlier=RECORDS,
    records=RECORDS,
    mode=st.sampled_from(Mode),
    chunk_rows=st.integers(1, 12),
    seed=st.integers(0, 1000),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_outcomes_are_those_of_the_reference_whatever_the_chunks_and_their_order(
    make_job: MakeJob,
    earlier: list[dict[str, Any]],
    records: list[dict[str, Any]],
    mode: Mode,
    chunk_rows: int,
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311

    def shuffle(chunks: list[int]) -> list[int]:
        return chance.sample(chunks, len(chunks))

    store: Store = {}
    try:
        with transaction.atomic():
            for content, content_mode in ((earlier, Mode.SKIP), (records, mode)):
                expected = import_one_by_one(content, store, content_mode)
                job = make_job(content, mode=content_mode, chunk_rows=chunk_rows)
                runs.start_check(job, actor=job.created_by)
                work_through(job, shuffle)
                predicted = job.check_report["outcomes"]
                runs.start_run(job, actor=job.created_by)
                work_through(job, shuffle)

                assert [outcome for _, outcome, _ in list_outcomes(job)] == expected
                assert predicted == {name: expected.count(name) for name in predicted}
                assert read_store() == store
            raise RollBack
    except RollBack:
        pass


@pytest.mark.django_db
@pytest.mark.parametrize(
    "order", [pytest.param(list, id="first first"), pytest.param(sort_backwards, id="last first")]
)
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("username", "ann", "bob"), ("phone", "+441632960001", "+441632960002")],
)
def test_value_set_free_by_an_update_stays_taken_until_the_job_ends(
    make_job: MakeJob, name: str, old: str, new: str, order: Order
) -> None:
    work_through(start(make_job([{"subject_id": "a", "profile": {name: old}}])), list)
    records = [
        {"subject_id": "a", "profile": {name: new}},
        {"subject_id": "b", "profile": {name: old}},
    ]
    job = start(make_job(records, mode=Mode.UPDATE, chunk_rows=1))

    work_through(job, order)

    assert list_outcomes(job) == [(1, "updated", ""), (2, "failed", "value_taken")]
    runs.retry(job, actor=job.created_by)
    work_through(job, list)
    assert list_outcomes(job) == [(1, "updated", ""), (2, "created", "")]


def start(job: ImportJob) -> ImportJob:
    runs.start_run(job, actor=job.created_by)
    return job
