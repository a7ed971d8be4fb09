"""A job from the file to its statuses, with the workers' part done in the test."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Permission
from django.utils import timezone
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_encode
from pytest_django.fixtures import Settings

from accounts.models import AttributeDefinition, Group, Role, UniqueAttributeValue, User
from imports.core.errors import ImporterError, InvalidTransition
from imports.core.planning.conflicts import Mode
from imports.models import ImportAttempt, ImportChunk, ImportJob, ImportRecord, JobEvent
from imports.record_filters import RecordFilter
from imports.selectors import get_progress, get_totals
from imports.services.runs import phases, runs, worker
from imports.states import ChunkState, JobPhase, JobState
from tests.imports.conftest import MakeJob, drain, list_statuses

pytestmark = pytest.mark.django_db


def make_record(number: int, **parts: object) -> dict[str, object]:
    profile = {"email": f"user{number}@example.com", "given_name": f"User {number}"}
    return {"subject_id": f"s{number}", "profile": profile, **parts}


def test_run_creates_every_user(run_job: MakeJob) -> None:
    job = run_job([make_record(number) for number in range(25)])

    assert job.state == JobState.COMPLETED
    assert User.objects.filter(subject_id__startswith="s").count() == 25
    assert get_totals(job) == {
        "created": 25,
        "updated": 0,
        "skipped": 0,
        "failed": 0,
        "pending": 0,
        "total": 25,
    }


def test_run_writes_all_parts_of_a_record(run_job: MakeJob) -> None:
    Group.objects.create(key="/staff")
    Role.objects.create(key="editor")
    AttributeDefinition.objects.create(name="badge", unique=True)
    record = {
        "subject_id": "s1",
        "profile": {
            "username": "Ann",
            "email": "Ann@Example.com",
            "email_verified": True,
            "emails": ["second@example.com"],
            "phone": "+44 1632 960001",
            "phone_verified": True,
            "active": False,
            "attributes": {"badge": "77"},
            "last_login": "2024-01-01T00:00:00Z",
        },
        "authenticators": {
            "external_logins": [{"provider": "google", "subject": "g1"}],
            "totp": {"secret": "JBSWY3DPEHPK3PXP"},
            "recovery_codes": ["aaaa-1111", "bbbb-2222"],
        },
        "memberships": {"groups": ["/staff"], "roles": ["editor"]},
    }

    job = run_job([record])

    assert list_statuses(job) == [(1, "created", "")]
    user = User.objects.get(subject_id="s1")
    assert (user.username, user.email, user.phone) == ("Ann", "ann@example.com", "+441632960001")
    assert (user.is_active, user.phone_verified) == (False, True)
    assert (user.last_login, user.attributes) == (None, {"badge": "77"})
    assert user.last_login_at_source is not None
    assert not user.has_usable_password()
    assert set(EmailAddress.objects.values_list("email", "verified", "primary")) == {
        ("ann@example.com", True, True),
        ("second@example.com", False, False),
    }
    assert SocialAccount.objects.get(user_id=user.pk).uid == "g1"
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert [group.key for group in user.groups.all()] == ["/staff"]
    assert [role.key for role in user.roles.all()] == ["editor"]
    assert UniqueAttributeValue.objects.get(user_id=user.pk).value == "77"


def test_run_never_makes_an_administrator(run_job: MakeJob) -> None:
    record = {**make_record(1), "is_staff": True, "is_superuser": True}

    run_job([record])

    assert not User.objects.filter(subject_id="s1", is_staff=True).exists()


def test_second_run_in_skip_mode_creates_nothing(run_job: MakeJob) -> None:
    records = [make_record(number) for number in range(12)]
    run_job(records)

    totals = get_totals(run_job(records))

    assert (totals["created"], totals["skipped"]) == (0, 12)


def test_second_run_in_update_mode_changes_nothing(run_job: MakeJob) -> None:
    records = [
        make_record(
            number,
            authenticators={
                "password": {"plaintext": "correct horse"},
                "external_logins": [{"provider": "google", "subject": str(number)}],
                "totp": {"secret": "JBSWY3DPEHPK3PXP"},
            },
        )
        for number in range(2)
    ]
    run_job(records)
    before = list(User.objects.order_by("pk").values())

    job = run_job(records, mode=Mode.UPDATE)

    assert [reason for _, _, reason in list_statuses(job)] == ["unchanged", "unchanged"]
    assert list(User.objects.order_by("pk").values()) == before


def test_update_changes_what_differs_and_says_so(run_job: MakeJob) -> None:
    run_job([make_record(1), make_record(2)])
    changed = make_record(1, profile={"email": "new@example.com"})

    job = run_job([changed, make_record(2)], mode=Mode.UPDATE)

    assert [status for _, status, _ in list_statuses(job)] == ["updated", "skipped"]
    user = User.objects.get(subject_id="s1")
    assert (user.email, user.given_name) == ("new@example.com", "User 1")
    assert EmailAddress.objects.get(user=user, primary=True).email == "new@example.com"
    record = ImportRecord.objects.get(job=job, row_number=1)
    assert ["profile.email", "user1@example.com", "new@example.com"] in record.changes


def test_update_leaves_a_password_that_was_used_here(run_job: MakeJob) -> None:
    records = [make_record(1, authenticators={"password": {"plaintext": "correct horse"}})]
    run_job(records)
    user = User.objects.get(subject_id="s1")
    user.set_password("chosen here")
    user.save()
    records[0]["authenticators"] = {"password": {"plaintext": "from the file"}}

    run_job(records, mode=Mode.UPDATE)

    user.refresh_from_db()
    assert user.check_password("chosen here")


def test_fail_mode_fails_existing_users(run_job: MakeJob) -> None:
    run_job([make_record(1)])

    job = run_job([make_record(1), make_record(2)], mode=Mode.FAIL)

    assert list_statuses(job) == [(1, "failed", "profile_exists_failed"), (2, "created", "")]


@pytest.mark.parametrize("chunk_rows", [1, 2, 3, 100])
def test_duplicates_are_the_same_for_every_chunk_size(run_job: MakeJob, chunk_rows: int) -> None:
    records = [
        {"subject_id": "a", "profile": {"email": "a@example.com"}},
        {"subject_id": "b", "profile": {"email": "A@example.com", "username": "bob"}},
        {"subject_id": "c", "profile": {"username": "BOB"}},
        {"subject_id": "a", "profile": {"email": "other@example.com"}},
        {"subject_id": "d", "profile": {"email": "other@example.com"}},
    ]

    job = run_job(records, chunk_rows=chunk_rows)

    # Row 2 lost to row 1, so row 3 may have its user name; likewise rows 4 and 5. Row 4 looks like
    # another person than row 1, whose subject id it has.
    assert list_statuses(job) == [
        (1, "created", ""),
        (2, "failed", "duplicate_in_file"),
        (3, "created", ""),
        (4, "failed", "unlike_people"),
        (5, "created", ""),
    ]


def test_bad_record_costs_no_other(run_job: MakeJob) -> None:
    job = run_job(
        [make_record(1), {"subject_id": "s2", "profile": {"email": "no address"}}, make_record(3)]
    )

    assert list_statuses(job) == [
        (1, "created", ""),
        (2, "failed", "invalid_email"),
        (3, "created", ""),
    ]


def test_administrator_is_never_touched(run_job: MakeJob, operator: User) -> None:
    record = {"subject_id": "operator", "profile": {"given_name": "Changed"}}

    job = run_job([record], mode=Mode.UPDATE)

    assert list_statuses(job) == [(1, "failed", "protected_account")]
    operator.refresh_from_db()
    assert operator.given_name == ""


def test_role_beyond_the_operator_is_not_granted(
    run_job: MakeJob, make_clerk: Callable[..., User]
) -> None:
    clerk = make_clerk("accounts.add_user")
    role = Role.objects.create(key="powerful")
    role.permissions.add(Permission.objects.get(codename="delete_user"))

    job = run_job([make_record(1, memberships={"roles": ["powerful"]})], actor=clerk)

    assert list_statuses(job) == [(1, "failed", "role_not_grantable")]


def test_dry_run_predicts_the_run_and_writes_no_account(make_job: MakeJob, operator: User) -> None:
    job = make_job(
        [make_record(1), make_record(1), make_record(2, memberships={"roles": ["nobody"]})]
    )

    runs.start_dry_run(job, actor=operator)
    drain(job)

    assert job.state == JobState.DRY_RUN_DONE
    assert job.dry_run_report["statuses"] == {
        "created": 1,
        "updated": 0,
        "skipped": 1,
        "failed": 1,
    }
    assert [(p["code"], p["count"]) for p in job.dry_run_report["problems"]] == [
        ("repeated_in_file", 1),
        ("role_missing", 1),
    ]
    assert User.objects.count() == 1
    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)
    totals = get_totals(job)
    assert {name: totals[name] for name in job.dry_run_report["statuses"]} == job.dry_run_report[
        "statuses"
    ]


def test_run_after_a_dry_run_reads_the_file_once(make_job: MakeJob, operator: User) -> None:
    job = make_job([make_record(1)])
    runs.start_dry_run(job, actor=operator)
    drain(job)

    runs.start_run(job, actor=operator, without_dry_run=True)

    assert job.phase == JobPhase.WRITING


def test_pilot_stops_and_resume_goes_on(
    make_job: MakeJob, operator: User, settings: Settings
) -> None:
    settings.IMPORT_FIRST_SLICE_ROWS = 2
    job = make_job([make_record(number) for number in range(7)], chunk_rows=3)

    runs.start_run(job, actor=operator, pilot=True, without_dry_run=True)
    drain(job)

    assert (job.state, get_totals(job)["created"]) == (JobState.PAUSED, 2)
    runs.resume(job, actor=operator)
    drain(job)
    assert (job.state, get_totals(job)["created"]) == (JobState.COMPLETED, 7)


def test_pause_keeps_messages_from_being_worked_on(make_job: MakeJob, operator: User) -> None:
    job = make_job([make_record(1)])
    runs.start_run(job, actor=operator, without_dry_run=True)
    runs.pause(job, actor=operator)

    drain(job)

    assert get_totals(job)["created"] == 0


def test_cancel_keeps_what_was_imported(
    make_job: MakeJob, operator: User, settings: Settings
) -> None:
    settings.IMPORT_FIRST_SLICE_ROWS = 2
    job = make_job([make_record(number) for number in range(3)])
    runs.start_run(job, actor=operator, pilot=True, without_dry_run=True)
    drain(job)

    runs.cancel(job, actor=operator)

    totals = get_totals(job)
    assert (job.state, totals["created"], totals["pending"]) == (JobState.CANCELLED, 2, 1)


def test_resume_after_cancel_imports_the_rest(
    make_job: MakeJob, operator: User, settings: Settings
) -> None:
    settings.IMPORT_FIRST_SLICE_ROWS = 2
    job = make_job([make_record(number) for number in range(3)])
    runs.start_run(job, actor=operator, pilot=True, without_dry_run=True)
    drain(job)
    runs.cancel(job, actor=operator)

    runs.resume(job, actor=operator)
    drain(job)

    assert (job.state, get_totals(job)["created"]) == (JobState.COMPLETED, 3)


def test_retry_imports_what_was_corrected_and_keeps_the_history(
    run_job: MakeJob, operator: User
) -> None:
    records = [make_record(1), make_record(2, memberships={"roles": ["editor"]})]
    job = run_job(records)
    Role.objects.create(key="editor")

    runs.retry(job, actor=operator)
    drain(job)

    assert list_statuses(job) == [(1, "created", ""), (2, "created", "")]
    assert get_totals(job)["failed"] == 0
    assert ImportAttempt.objects.get(job=job).status == "failed"
    assert ImportRecord.objects.get(job=job, row_number=2).attempt == 2


def test_retry_of_one_leaves_the_others(run_job: MakeJob, operator: User) -> None:
    records = [make_record(n, memberships={"roles": ["editor"]}) for n in range(1, 4)]
    job = run_job(records)
    Role.objects.create(key="editor")

    runs.retry(job, actor=operator, chosen=RecordFilter(rows=(2,)))
    drain(job)

    assert [status for _, status, _ in list_statuses(job)] == ["failed", "created", "failed"]
    totals = get_totals(job)
    assert (totals["created"], totals["failed"], totals["pending"]) == (1, 2, 0)


def test_retry_of_records_that_did_not_fail_is_refused(run_job: MakeJob, operator: User) -> None:
    job = run_job([make_record(1)])

    with pytest.raises(ImporterError, match="can be retried"):
        runs.retry(job, actor=operator, chosen=RecordFilter(rows=(1,)))


def test_run_of_a_running_job_is_refused(make_job: MakeJob, operator: User) -> None:
    job = make_job([make_record(1)])
    runs.start_run(job, actor=operator, without_dry_run=True)

    with pytest.raises(InvalidTransition):
        runs.start_run(job, actor=operator, without_dry_run=True)


def test_finished_job_keeps_source_rows_of_failures_only(run_job: MakeJob) -> None:
    job = run_job([make_record(1), {"subject_id": "s2", "profile": {"email": "bad"}}])

    assert not ImportChunk.objects.filter(job=job, payload__isnull=False).exists()
    kept = ImportRecord.objects.filter(job=job, source__isnull=False)
    assert [record.row_number for record in kept] == [2]


def test_activity_log_tells_who_did_what(run_job: MakeJob, operator: User) -> None:
    job = run_job([make_record(1)])

    events = JobEvent.objects.filter(job=job).values_list("action", "actor__subject_id")

    assert list(events) == [
        ("upload", "operator"),
        ("map", "operator"),
        ("run", "operator"),
        ("index", None),
        ("complete", None),
    ]


def test_progress_counts_rows_of_the_present_phase(make_job: MakeJob, operator: User) -> None:
    job = make_job([make_record(number) for number in range(4)])
    runs.start_run(job, actor=operator, without_dry_run=True)
    worker.work_on_staging(job.pk)
    job.refresh_from_db()

    progress = get_progress(job)

    assert progress is not None
    assert (progress.done, progress.total, progress.percent) == (0, 4, 0)


def test_large_rows_close_a_chunk_early(
    make_job: MakeJob, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imports.engine.files.staging.CHUNK_BYTES", 300)
    job = make_job([make_record(number) for number in range(9)], chunk_rows=9)

    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)

    assert job.chunks.count() > 1
    assert get_totals(job)["created"] == 9


def test_every_problem_of_a_record_is_reported_at_once(run_job: MakeJob) -> None:
    AttributeDefinition.objects.create(name="desk", type="integer")
    profile = {"email": "no address", "attributes": {"desk": "none"}}
    record = make_record(1, profile=profile, authenticators={"password": {"hash": "nonsense!"}})

    job = run_job([record])

    problems = ImportRecord.objects.get(job=job, row_number=1).problems
    assert [problem["code"] for problem in problems] == [
        "invalid_email",
        "attribute_invalid",
        "hash_unrecognised",
    ]


def test_passkey_that_cannot_be_read_fails_its_record(run_job: MakeJob) -> None:
    passkey = {"credential_id": "AQID", "public_key": "AQID"}

    job = run_job([make_record(1, authenticators={"passkeys": [passkey]})])

    record = ImportRecord.objects.get(job=job, row_number=1)
    assert (record.status, record.reason) == ("failed", "invalid_value")
    assert "passkey" in record.problems[0]["params"]["detail"]


def test_passkey_of_another_user_fails_the_record(run_job: MakeJob) -> None:
    key = CoseKey.parse({1: 2, 3: -7, -1: 1, -2: bytes(31) + b"\x01", -3: bytes(31) + b"\x02"})
    passkey = {"credential_id": "AQID", "public_key": websafe_encode(cbor.encode(key))}
    run_job([make_record(1, authenticators={"passkeys": [passkey]})])

    job = run_job([make_record(2, authenticators={"passkeys": [passkey]})])

    assert list_statuses(job) == [(1, "failed", "passkey_taken")]


def test_new_user_carries_the_name_of_its_source(run_job: MakeJob) -> None:
    run_job([make_record(1)])

    assert User.objects.get(subject_id="s1").source == "native"


def test_user_who_exists_keeps_the_source_it_was_brought_from(run_job: MakeJob) -> None:
    User.objects.create(subject_id="s1", password="!", source="old system")
    run_job([make_record(1)], mode=Mode.UPDATE)

    assert User.objects.get(subject_id="s1").source == "old system"


def test_rate_after_a_pause_does_not_count_the_pause(make_job: MakeJob, operator: User) -> None:
    job = make_job([make_record(number) for number in range(40)], chunk_rows=10)
    runs.start_run(job, actor=operator, pilot=True, without_dry_run=True)
    drain(job)
    hour_ago = timezone.now() - timedelta(hours=1)
    ImportJob.objects.filter(pk=job.pk).update(phase_started_at=hour_ago)
    job.chunks.filter(state=ChunkState.DONE).update(finished_at=hour_ago)

    job.refresh_from_db()
    runs.resume(job, actor=operator)
    before = get_progress(job)
    worker.work_on_chunk(phases.list_workable(job).order_by("number")[0].pk)
    after = get_progress(job)

    assert before is not None
    assert (before.rate, before.remaining) == (0, None)
    assert after is not None
    assert after.rate > 0.1
