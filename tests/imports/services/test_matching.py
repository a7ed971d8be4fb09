"""Existing users are found by the matching key of the job: set, counted, run, retried, undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from accounts.models import AttributeDefinition, Role, User
from imports.core.planning.conflicts import Mode, PolicyError
from imports.core.planning.undo import UndoOptions
from imports.models import ImportJob, OtherSubjectId
from imports.selectors import get_totals, list_job_findings
from imports.services.files.uploads import copy_job
from imports.services.jobs.policies import save_policies
from imports.services.jobs.shown import describe_inputs
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.services.undo.previews import EVERYTHING
from tests.imports.conftest import MakeJob, drain, list_statuses

pytestmark = pytest.mark.django_db
KEYS = ["email", "username", "phone", "external_login", "attribute:badge"]


def make_person(prefix: str, number: int = 1, **profile: Any) -> dict[str, Any]:
    return {
        "subject_id": f"{prefix}{number}",
        "profile": {
            "email": f"u{number}@example.com",
            "email_verified": True,
            "username": f"user{number}",
            "phone": f"+4416329600{number:02}",
            "phone_verified": True,
            "attributes": {"badge": f"b{number}"},
            **profile,
        },
        "authenticators": {"external_logins": [{"provider": "google", "subject": f"g{number}"}]},
    }


@pytest.fixture(autouse=True)
def badge(db: None) -> AttributeDefinition:
    return AttributeDefinition.objects.create(name="badge", unique=True)


def choose(job: ImportJob, matching_key: str, **conflicts: str) -> ImportJob:
    save_policies(
        job,
        conflicts=conflicts,
        field_policies={},
        matching_key=matching_key,
        actor=job.created_by,
    )
    job.refresh_from_db()
    return job


def dry_run(job: ImportJob) -> ImportJob:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def run(job: ImportJob) -> list[tuple[str, str]]:
    """Run the job and return status and reason of its records, which are those of its dry run."""
    predicted = dry_run(job).dry_run_report["statuses"]
    runs.start_run(job, actor=job.created_by)
    drain(job)
    assert get_totals(job) == {**predicted, "pending": 0, "total": sum(predicted.values())}
    return [each[1:] for each in list_statuses(job)]


@pytest.mark.parametrize("matching_key", KEYS)
def test_user_who_is_matched_is_updated_and_keeps_the_subject_id(
    make_job: MakeJob, run_job: MakeJob, matching_key: str
) -> None:
    run_job([make_person("old", 1), make_person("old", 2)])
    people = [make_person("new", 1, given_name="Ada"), make_person("new", 3)]

    statuses = run(choose(make_job(people, mode=Mode.UPDATE), matching_key))

    assert statuses == [("updated", ""), ("created", "")]
    assert User.objects.get(subject_id="old1").given_name == "Ada"
    assert not User.objects.filter(subject_id="new1").exists()
    assert OtherSubjectId.objects.get().subject_id == "new1"


@pytest.mark.parametrize("matching_key", KEYS)
def test_user_who_is_matched_is_skipped_in_mode_skip_and_left_as_they_are(
    make_job: MakeJob, run_job: MakeJob, matching_key: str
) -> None:
    run_job([make_person("old")])

    statuses = run(choose(make_job([make_person("new", given_name="Ada")]), matching_key))

    assert statuses == [("skipped", "profile_exists")]
    assert User.objects.get(subject_id="old1").given_name == ""
    assert not OtherSubjectId.objects.exists()


def test_the_remembered_id_finds_the_user_by_subject_id_from_then_on(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([make_person("old")])
    run(choose(make_job([make_person("new")], mode=Mode.UPDATE), "email"))

    statuses = run(make_job([make_person("new", email="moved@example.com")], mode=Mode.UPDATE))

    assert statuses == [("updated", "")]
    assert User.objects.get(subject_id="old1").email == "moved@example.com"


def test_the_same_file_again_changes_nothing(make_job: MakeJob, run_job: MakeJob) -> None:
    run_job([make_person("old")])
    for expected in ("", "unchanged"):
        statuses = run(choose(make_job([make_person("new")], mode=Mode.UPDATE), "email"))
        assert statuses[0][1] == expected


def test_an_id_alone_is_no_match_where_users_are_matched_by_something_else(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([make_person("p", 1)])
    other = {**make_person("p", 2, given_name="Eve"), "subject_id": "p1"}

    statuses = run(choose(make_job([other], mode=Mode.UPDATE), "email"))

    assert statuses == [("failed", "value_taken")]
    assert User.objects.get(subject_id="p1").given_name == ""


def test_a_record_that_means_one_user_and_has_the_id_of_another_fails(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([make_person("p", 1), make_person("p", 2)])
    mixed = {**make_person("p", 2, given_name="Eve"), "subject_id": "p1"}

    statuses = run(choose(make_job([mixed], mode=Mode.UPDATE), "email"))

    assert statuses == [("failed", "value_taken")]
    assert not User.objects.filter(given_name="Eve").exists()


@pytest.mark.parametrize("matching_key", ["email", "phone"])
@pytest.mark.parametrize(
    ("here", "there", "how"),
    [
        (False, True, "not verified here"),
        (True, False, "not verified in the file"),
        (False, False, "verified neither here nor in the file"),
    ],
)
def test_what_is_not_verified_on_both_sides_hands_over_no_account(
    make_job: MakeJob, run_job: MakeJob, matching_key: str, *, here: bool, there: bool, how: str
) -> None:
    run_job([make_person("old", **{f"{matching_key}_verified": here})])
    person = make_person("new", given_name="Eve", **{f"{matching_key}_verified": there})
    job = choose(make_job([person], mode=Mode.UPDATE), matching_key)

    assert run(job) == [("failed", "match_unverified")]
    assert how in str(job.records.get().problems)
    assert User.objects.get(subject_id="old1").given_name == ""
    assert not OtherSubjectId.objects.exists()


def test_what_is_not_verified_counts_where_the_policy_says_so(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([make_person("old", email_verified=False)])
    job = make_job([make_person("new", given_name="Ada")], mode=Mode.UPDATE)

    assert run(choose(job, "email", match_unverified="overwrite")) == [("updated", "")]
    assert "match_unverified_overwritten" in str(job.records.get().problems)
    assert User.objects.get(subject_id="old1").given_name == "Ada"


def test_only_the_main_address_of_a_user_matches(make_job: MakeJob, run_job: MakeJob) -> None:
    further = {"emails": [{"email": "u2@example.com", "verified": True}]}
    run_job([make_person("old", 1, **further)])

    statuses = run(choose(make_job([make_person("new", 2)], mode=Mode.UPDATE), "email"))

    assert statuses == [("failed", "value_taken")]


def test_only_the_first_login_of_a_user_matches_so_that_two_rows_never_mean_one(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    both = [{"provider": "google", "subject": f"g{number}"} for number in (1, 2)]
    run_job([{"subject_id": "old", "authenticators": {"external_logins": both}}])
    people = [
        {"subject_id": f"new{number}", "authenticators": {"external_logins": [login]}}
        for number, login in enumerate(both)
    ]

    for chunk_rows in (1, 10):
        job = choose(make_job(people, mode=Mode.UPDATE, chunk_rows=chunk_rows), "external_login")
        assert run(job)[1] == ("failed", "login_taken")


@pytest.mark.parametrize("matching_key", KEYS)
def test_administrators_stay_out_of_reach(
    make_job: MakeJob, run_job: MakeJob, matching_key: str
) -> None:
    run_job([make_person("old")])
    User.objects.filter(subject_id="old1").update(is_staff=True)

    statuses = run(
        choose(make_job([make_person("new", given_name="Eve")], mode=Mode.UPDATE), matching_key)
    )

    assert statuses == [("failed", "protected_account")]
    assert User.objects.get(subject_id="old1").given_name == ""


def test_more_powerful_users_stay_out_of_reach(
    make_clerk: Any, make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([make_person("old")])
    powerful = Role.objects.create(key="auditor")
    powerful.permissions.add(Permission.objects.get(codename="delete_user"))
    User.objects.get(subject_id="old1").roles.add(powerful)
    job = make_job([make_person("new", given_name="Eve")], mode=Mode.UPDATE)
    clerk = make_clerk("imports.add_importjob", "imports.run_importjob", "accounts.change_user")
    ImportJob.objects.filter(pk=job.pk).update(created_by=clerk, preparers=[clerk.pk])
    job.refresh_from_db()

    statuses = run(choose(job, "email"))

    assert statuses == [("failed", "user_more_powerful")]


def test_undo_restores_the_user_and_forgets_the_id(make_job: MakeJob, run_job: MakeJob) -> None:
    run_job([make_person("old")])
    job = choose(make_job([make_person("new", given_name="Ada")], mode=Mode.UPDATE), "email")
    run(job)

    undo = undoing.start_undo(job, UndoOptions(), actor=job.created_by, chosen=EVERYTHING)
    undoing.work_on_undo(undo.pk)

    assert User.objects.get(subject_id="old1").given_name == ""
    assert not OtherSubjectId.objects.exists()


def test_a_retried_row_does_not_take_over_the_user_of_another_row(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([make_person("old")])
    other = {"subject_id": "other", "profile": {"username": "USER1", "given_name": "Eve"}}
    job = choose(make_job([make_person("new"), other], mode=Mode.UPDATE, chunk_rows=1), "username")
    assert run(job) == [("updated", ""), ("failed", "duplicate_in_file")]

    runs.retry(job, actor=job.created_by)
    drain(job)

    assert [each[1:] for each in list_statuses(job)] == [
        ("updated", ""),
        ("failed", "duplicate_in_file"),
    ]
    assert not User.objects.filter(given_name="Eve").exists()


def test_an_id_that_was_made_is_not_remembered(make_job: MakeJob, run_job: MakeJob) -> None:
    run_job([make_person("old")])
    file = b"email,email_verified,given_name\nu1@example.com,true,Ada\n"
    job = choose(make_job(file, name="people.csv", mode=Mode.UPDATE), "email")

    assert run(job) == [("updated", "")]
    assert not OtherSubjectId.objects.exists()


def test_the_dry_run_counts_the_matches_of_each_key(make_job: MakeJob, run_job: MakeJob) -> None:
    run_job([make_person("old", 1), make_person("old", 2, username=None)])
    people = [make_person("new", number) for number in (1, 2, 3)]
    people[2]["profile"]["phone"] = None

    matches = dry_run(make_job(people, chunk_rows=1)).dry_run_report["matches"]

    assert {each["key"]: (each["values"], each["users"]) for each in matches} == {
        "subject_id": (3, 0),
        "email": (3, 2),
        "username": (3, 1),
        "phone": (2, 2),
        "external_login": (3, 2),
        "attribute:badge": (3, 2),
    }


def test_the_root_cause_proposes_the_key_that_matches_most(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([make_person("old", number, username=None) for number in (1, 2)])
    job = dry_run(make_job([make_person("new", number, phone=None) for number in (1, 2)]))

    (finding,) = list_job_findings(job)

    assert "by the e-mail address, 2 records have a user here" in finding.text
    assert "--match email" in finding.text


@pytest.mark.parametrize("matching_key", ["shoe", "attribute:shoe", "login", ""])
def test_what_identifies_nobody_is_no_matching_key(make_job: MakeJob, matching_key: str) -> None:
    with pytest.raises(PolicyError, match="Possible: subject_id, email"):
        choose(make_job([make_person("new")]), matching_key)


def test_an_attribute_that_is_unique_no_longer_matches_nobody_silently(
    make_job: MakeJob, badge: AttributeDefinition
) -> None:
    job = choose(make_job([make_person("new")]), "attribute:badge")
    badge.unique = False
    badge.save()

    dry_run(job)

    assert job.state == "errored"


def test_the_matching_key_is_part_of_what_is_approved_and_copied(make_job: MakeJob) -> None:
    job = make_job([make_person("new")])
    before = describe_inputs(job)["options"]
    choose(job, "email")

    assert describe_inputs(job)["options"] != before
    assert copy_job(job, actor=job.created_by).matching_key == "email"
