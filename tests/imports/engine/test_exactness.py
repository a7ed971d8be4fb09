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
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_encode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AttributeDefinition, User
from imports.core.conflicts import Mode
from imports.models import ImportJob
from imports.services import runs, work
from imports.services.rules import save_rules
from imports.states import BUSY, JobStep
from tests.imports.conftest import MakeJob, list_outcomes

PROFILE = ("username", "email", "phone", "given_name")
CREDENTIALS = {"login": "authenticator_taken", "passkey": "authenticator_taken"}
PUBLIC_KEY = websafe_encode(
    cbor.encode(
        CoseKey.parse({1: 2, 3: -7, -1: 1, -2: bytes(31) + b"\x01", -3: bytes(31) + b"\x02"})
    )
)


@dataclass
class Person:
    """A user as the reference keeps it."""

    profile: dict[str, str] = field(default_factory=dict)
    emails: set[str] = field(default_factory=set)
    logins: set[tuple[str, str]] = field(default_factory=set)
    passkeys: set[str] = field(default_factory=set)
    badge: str | None = None


@dataclass(frozen=True)
class Rules:
    """The rules of a job as the reference goes by them: resolutions, and policies of fields."""

    mode: Mode = Mode.SKIP
    conflicts: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)

    def resolve(self, reason: str) -> str:
        own = {"skip": "skip", "update": "overwrite", "fail": "fail"}[self.mode]
        preset = own if reason == "profile_exists" else "fail"
        return self.conflicts.get(reason, preset)


Store = dict[str, Person]


def list_keys(subject: str, person: Person) -> list[tuple[str, str]]:
    keys = [("subject", subject)]
    if username := person.profile.get("username"):
        keys.append(("username", username.upper()))
    keys += [("email", email) for email in sorted(person.emails)]
    if phone := person.profile.get("phone"):
        keys.append(("phone", phone))
    keys += [("login", "/".join(login)) for login in sorted(person.logins)]
    keys += [("passkey", passkey) for passkey in sorted(person.passkeys)]
    return keys + ([("badge", person.badge)] if person.badge else [])


def read_person(record: dict[str, Any]) -> Person:
    profile, given = record["profile"], record["authenticators"]
    return Person(
        profile={name: profile[name] for name in PROFILE if profile[name]},
        emails={profile["email"]} if profile["email"] else set(),
        logins={(login["provider"], login["subject"]) for login in given["external_logins"]},
        passkeys={passkey["credential_id"] for passkey in given["passkeys"]},
        badge=profile["attributes"].get("badge"),
    )


def import_one_by_one(records: list[dict[str, Any]], store: Store, rules: Rules) -> list[str]:
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
            resolution = rules.resolve(find_reason(repeated))
            outcomes.append("failed" if resolution in {"fail", "stop"} else "skipped")
            continue
        held.update(keys)
        outcomes.append(import_one(subject, person, store, start, owners, rules))
    return outcomes


def import_one(
    subject: str,
    person: Person,
    store: Store,
    start: Store,
    owners: dict[tuple[str, str], str],
    rules: Rules,
) -> str:
    if subject in start and (own := rules.resolve("profile_exists")) != "overwrite":
        return "skipped" if own == "skip" else "failed"
    keys = list_keys(subject, person)
    taken = [key for key in keys if owners.get(key, subject) != subject]
    if taken:
        resolutions = {rules.resolve(find_reason(key)) for key in taken}
        return "skipped" if resolutions == {"skip"} else "failed"
    if subject not in start:
        store[subject] = person
        return "created"
    return "updated" if overlay(store[subject], person, rules) else "skipped"


def find_reason(key: tuple[str, str]) -> str:
    return "profile_exists" if key[0] == "subject" else CREDENTIALS.get(key[0], "value_taken")


def overlay(known: Person, given: Person, rules: Rules) -> bool:
    """Bring a person up to date as the policies say; return whether anything changed."""
    before = copy.deepcopy(known)

    def may(path: str, old: object) -> bool:
        policy = rules.fields.get(path, "")
        return policy != "keep" and not (policy == "fill" and old)

    for name, value in given.profile.items():
        if may(f"profile.{name}", known.profile.get(name)):
            known.profile[name] = value
    known.emails |= {known.profile["email"]} & given.emails if "email" in known.profile else set()
    if may("authenticators.external_logins", known.logins):
        known.logins |= given.logins
    if may("authenticators.passkeys", known.passkeys):
        known.passkeys |= given.passkeys
    if given.badge and may("profile.attributes", known.badge):
        known.badge = given.badge
    return known != before


def read_store() -> Store:
    return {
        user.subject_id: Person(
            profile={name: value for name in PROFILE if (value := getattr(user, name))},
            emails=set(EmailAddress.objects.filter(user=user).values_list("email", flat=True)),
            logins=set(SocialAccount.objects.filter(user=user).values_list("provider", "uid")),
            passkeys={
                found.data["credential"]["id"] for found in Authenticator.objects.filter(user=user)
            },
            badge=user.attributes.get("badge"),
        )
        for user in User.objects.exclude(subject_id="operator")
    }


Order = Callable[[list[int]], list[int]]


def work_through(job: ImportJob, order: Order) -> None:
    """Do the job's work with its chunks in the order given, whatever their numbers."""
    job.refresh_from_db()
    while job.state in BUSY or job.halted:
        if job.halted:
            runs.resume(job, actor=job.created_by)
        elif job.step == JobStep.STAGING:
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
        lambda subject, username, email, phone, name, logins, passkeys, badge: {
            "subject_id": subject,
            "profile": {
                "username": username,
                "email": email,
                "phone": phone,
                "given_name": name,
                "attributes": {"badge": badge} if badge else {},
            },
            "authenticators": {
                "external_logins": [{"provider": "google", "subject": each} for each in logins],
                "passkeys": [
                    {"credential_id": each, "public_key": PUBLIC_KEY} for each in passkeys
                ],
            },
        },
        st.sampled_from([f"s{number}" for number in range(5)]),
        optional("ann", "ANN", "bob", "cat", "dan", "eve"),
        optional(*(f"{letter}@example.com" for letter in "abcdefg")),
        optional(*(f"+44163296000{number}" for number in range(6))),
        optional("Ann", "Bob"),
        st.lists(st.sampled_from([f"g{n}" for n in range(8)]), max_size=1),
        st.lists(st.sampled_from(["AQID", "AQIE"]), max_size=1),
        optional("b1", "b2", "b3", "b4"),
    ),
    min_size=1,
    max_size=12,
)
POLICIES = st.sampled_from(["overwrite", "fill", "keep"])
BELONGINGS = st.sampled_from(["union", "fill", "keep"])
RULES = st.builds(
    Rules,
    # Most of what can go wrong goes wrong in updates.
    mode=st.sampled_from([Mode.UPDATE, Mode.UPDATE, Mode.UPDATE, Mode.SKIP, Mode.FAIL]),
    conflicts=st.fixed_dictionaries(
        {},
        optional={
            "profile_exists": st.sampled_from(["skip", "overwrite", "fail"]),
            "value_taken": st.sampled_from(["skip", "fail", "stop"]),
            "authenticator_taken": st.sampled_from(["skip", "fail", "stop"]),
        },
    ),
    fields=st.fixed_dictionaries(
        {
            "profile.given_name": POLICIES,
            "profile.email": POLICIES,
            "profile.username": POLICIES,
            "profile.phone": POLICIES,
            "profile.attributes": POLICIES,
            "authenticators.external_logins": BELONGINGS,
            "authenticators.passkeys": BELONGINGS,
        },
    ),
)


class RollBack(Exception):
    """Ends an example and takes back what it wrote."""


@pytest.mark.django_db
@given(
    earlier=RECORDS,
    records=RECORDS,
    rules=RULES,
    chunk_rows=st.integers(1, 12),
    seed=st.integers(0, 1000),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_outcomes_are_those_of_the_reference_whatever_the_chunks_and_their_order(
    make_job: MakeJob,
    earlier: list[dict[str, Any]],
    records: list[dict[str, Any]],
    rules: Rules,
    chunk_rows: int,
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311

    def shuffle(chunks: list[int]) -> list[int]:
        return chance.sample(chunks, len(chunks))

    store: Store = {}
    try:
        with transaction.atomic():
            AttributeDefinition.objects.create(name="badge", unique=True)
            for content, chosen in ((earlier, Rules()), (records, rules)):
                expected = import_one_by_one(content, store, chosen)
                job = make_ruled_job(make_job, content, chosen, chunk_rows)
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


def make_ruled_job(
    make_job: MakeJob, records: list[dict[str, Any]], rules: Rules, chunk_rows: int
) -> ImportJob:
    job = make_job(records, mode=rules.mode, chunk_rows=chunk_rows)
    save_rules(job, conflicts=rules.conflicts, field_policies=rules.fields, actor=job.created_by)
    job.refresh_from_db()
    return job


def start(job: ImportJob) -> ImportJob:
    runs.start_run(job, actor=job.created_by)
    return job
