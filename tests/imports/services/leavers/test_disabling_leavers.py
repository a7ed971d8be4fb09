"""Users who are missing from an export: counted, listed, disabled by decision, and undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import AttributeDefinition, User
from imports.core.errors import (
    ChangedMeanwhile,
    DoubtsOpen,
    ImporterError,
    InvalidTransition,
)
from imports.core.mapping.filters import Condition, Filter
from imports.core.planning.conflicts import Mode
from imports.core.planning.leavers import Doubt, KeptReason
from imports.core.planning.undo import UndoOptions
from imports.leaver_filters import LeaverFilter
from imports.models import DisabledUser, Disabling, ImportJob, LeaverKind, OtherSubjectId
from imports.services.approval.approvals import ApprovalMissing
from imports.services.corrections.edits import edit_and_retry, edit_row, read_row
from imports.services.jobs.shown import write_job
from imports.services.leavers import disabling, previews, surveys
from imports.services.leavers.previews import LeaverPreview
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.services.undo.previews import preview_undo
from tests.imports.conftest import drain, to_ndjson
from tests.imports.exports import (
    SOURCE,
    dry_run_export,
    import_export,
    make_record,
    upload_export,
)

pytestmark = pytest.mark.django_db

Bring = Callable[..., ImportJob]


@pytest.fixture
def bring(operator: User) -> Bring:
    """Return a function that imports records as an export of one source system, to the end."""
    return partial(import_export, actor=operator)


def preview(job: ImportJob, *args: Any, **options: Any) -> LeaverPreview:
    job.refresh_from_db()
    survey = surveys.find_list(job)
    assert survey is not None
    found = previews.preview_disabling(survey, *args, actor=job.created_by, **options)
    assert found is not None
    return found


def list_missing(job: ImportJob) -> list[str]:
    preview(job)
    leavers = LeaverFilter().select(job.pk).select_related("user")
    return [each.user.subject_id for each in leavers]


def disable(job: ImportJob, *args: Any, **options: Any) -> Disabling:
    job.refresh_from_db()
    options = {"is_confirmed": True, "actor": job.created_by, **options}
    found = disabling.start_disabling(job, *args, **options)
    disabling.work_on_disabling(found.pk)
    found.refresh_from_db()
    job.refresh_from_db()
    return found


def list_inactive() -> list[str]:
    users = User.objects.filter(is_active=False).order_by("subject_id")
    return list(users.values_list("subject_id", flat=True))


def test_dry_run_counts_who_is_missing_and_disables_nobody(bring: Bring, operator: User) -> None:
    bring([make_record(number) for number in range(1, 5)])

    job = dry_run_export([make_record(1), make_record(2), make_record(9)], actor=operator)

    survey = surveys.find_survey(job)
    assert survey is not None
    assert (survey.users, survey.found, survey.missing) == (4, 2, 2)
    assert list_missing(job) == ["s3", "s4"]
    with pytest.raises(InvalidTransition):
        disabling.start_disabling(job, actor=job.created_by)
    assert list_inactive() == []


def test_run_counts_those_it_created_as_found(bring: Bring) -> None:
    bring([make_record(1), make_record(2)])

    job = bring([make_record(1), make_record(9)])

    found = preview(job)
    assert (found.users, found.found, found.disabled) == (3, 2, 1)
    assert list_missing(job) == ["s2"]


def test_missing_users_are_disabled_and_everybody_else_is_left(bring: Bring) -> None:
    bring([make_record(number) for number in range(1, 8)])
    job = bring([make_record(number) for number in range(3, 8)])

    done = disable(job)

    assert list_inactive() == ["s1", "s2"]
    assert (done.state, done.counts, done.done, done.total) == ("finished", {"disabled": 2}, 2, 2)
    assert job.state == "completed"
    events = [(event.action, event.detail) for event in job.events.order_by("id")]
    assert events[-2] == ("disable", {"users": 2})
    assert events[-1] == (
        "finish disabling",
        {"disabled": 2, "inactive": 0, "gone": 0, "kept": 0},
    )


def test_users_of_another_source_and_those_made_here_are_not_missing(bring: Bring) -> None:
    bring([make_record(1)], source="elsewhere")
    User.objects.create(subject_id="local")

    job = bring([make_record(9)])

    assert list_missing(job) == []


@pytest.mark.parametrize("chunk_rows", [1, 3, 100])
def test_size_of_chunks_changes_nothing(bring: Bring, chunk_rows: int) -> None:
    bring([make_record(number) for number in range(1, 10)])

    job = bring([make_record(number) for number in (2, 3, 5, 7)], chunk_rows=chunk_rows)
    done = disable(job)

    assert list_inactive() == ["s1", "s4", "s6", "s8", "s9"]
    assert done.counts == {"disabled": 5}


def test_administrators_are_kept_and_the_disabled_are_counted_apart(bring: Bring) -> None:
    bring([make_record(number) for number in range(1, 6)])
    User.objects.filter(subject_id="s1").update(is_staff=True)
    User.objects.filter(subject_id="s2").update(is_superuser=True)
    User.objects.filter(subject_id="s3").update(is_active=False)
    job = bring([make_record(5)])

    found = preview(job)
    done = disable(job)

    assert (found.disabled, found.inactive, found.kept) == (1, 1, {KeptReason.PROTECTED: 2})
    assert found.total == 4
    assert done.counts == {"disabled": 1, "inactive": 1, "kept:protected": 2}
    assert list_inactive() == ["s3", "s4"]


def test_whoever_may_do_more_than_those_who_decide_is_kept(
    bring: Bring, make_clerk: Callable[..., User]
) -> None:
    bring([make_record(1), make_record(2), make_record(3)])
    role = make_clerk("accounts.delete_user").roles.get()
    User.objects.get(subject_id="s1").roles.add(role)
    job = bring([make_record(3)])
    clerk = make_clerk("imports.run_importjob", "accounts.change_user")

    done = disable(job, actor=clerk)

    assert done.counts == {"disabled": 1, "kept:more_powerful": 1}
    assert list_inactive() == ["s2"]


def test_nobody_is_disabled_by_who_may_not_change_users(
    bring: Bring, make_clerk: Callable[..., User]
) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([make_record(2)])

    with pytest.raises(ImporterError, match="every chosen user is kept"):
        disable(job, actor=make_clerk("imports.run_importjob"))

    assert list_inactive() == []


def test_right_that_is_lost_meanwhile_keeps_the_rest(
    bring: Bring, make_clerk: Callable[..., User]
) -> None:
    bring([make_record(number) for number in range(1, 5)])
    job = bring([make_record(4)], chunk_rows=1)
    clerk = make_clerk("imports.run_importjob", "accounts.change_user")
    started = disabling.start_disabling(job, actor=clerk, is_confirmed=True)
    disabling._work(started.pk)
    clerk.roles.clear()

    disabling.work_on_disabling(started.pk)

    started.refresh_from_db()
    assert started.counts == {"disabled": 1, "kept:may_not_change": 2}


FAILING = {"phone": "12"}


def test_person_of_a_failed_record_is_in_the_file_by_its_id(bring: Bring) -> None:
    bring([make_record(1), make_record(2)])

    job = bring([{"subject_id": "s1", "profile": FAILING}, make_record(9)])

    assert job.records.filter(status="failed").count() == 1
    assert list_missing(job) == ["s2"]


@pytest.mark.parametrize(
    "values",
    [
        {"profile": {"email": " S1@Example.com "}},
        {"profile": {"emails": [{"email": "other1@example.com"}]}},
        {"profile": {"username": "ADA"}},
        {"profile": {"attributes": {"badge": "b1"}}},
        {"authenticators": {"external_logins": [{"provider": "google", "subject": "g1"}]}},
        {"authenticators": {"verified_addresses": [{"type": "email", "value": "s1@example.com"}]}},
    ],
    ids=str,
)
@pytest.mark.parametrize("is_valid", [False, True])
def test_nobody_who_is_matched_by_any_key_is_missing(
    bring: Bring, values: dict[str, Any], is_valid: bool
) -> None:
    AttributeDefinition.objects.create(name="badge", unique=True)
    person = make_record(
        1,
        username="ada",
        emails=[{"email": "other1@example.com"}],
        attributes={"badge": "b1"},
    )
    person["authenticators"] = {"external_logins": [{"provider": "google", "subject": "g1"}]}
    bring([person, make_record(2)])
    profile = {**values.get("profile", {}), **({} if is_valid else FAILING)}

    job = bring([{**values, "subject_id": "new", "profile": profile}, make_record(9)])

    assert job.records.filter(status="failed").count() == 1
    assert list_missing(job) == ["s2"]


def test_person_whose_value_a_skipped_record_has_is_in_the_file(bring: Bring) -> None:
    bring([make_record(1), make_record(2), make_record(3)])

    job = bring([{"subject_id": "s1", "profile": {"email": "s2@example.com"}}])

    assert job.records.get().status == "skipped"
    assert list_missing(job) == ["s3"]


def test_person_of_an_excluded_record_is_in_the_file(bring: Bring) -> None:
    content = (
        b"id,email,kind\n1,a@example.com,staff\n2,b@example.com,guest\n3,c@example.com,staff\n"
    )
    bring(content)
    guests = Filter(conditions=(Condition(column="kind", operator="is", value="guest"),))

    job = bring(content[: content.rindex(b"3,")], exclude=[guests])

    assert list(job.records.values_list("reason", flat=True)) == ["profile_exists", "excluded"]
    assert list_missing(job) == ["3"]


def test_row_that_could_be_anybodys_has_to_be_confirmed_until_it_is_corrected(
    bring: Bring,
) -> None:
    bring(
        b"email,name\nanna@example.com,Anna\nberta@example.com,Berta\n"
        + b"".join(b"u%d@example.com,U\n" % number for number in range(9))
    )
    people = b"".join(b"u%d@example.com,U\n" % number for number in range(9))
    job = bring(b"email,name\nanna@example.com,Anna\nnonsense,Berta\n" + people)

    assert preview(job).doubts == (Doubt.ROWS_UNKNOWN,)
    assert preview(job).unknown_rows == 1
    with pytest.raises(DoubtsOpen, match="1 failed row has no readable subject id"):
        disable(job, is_confirmed=False)

    row = read_row(job.records.get(row_number=2))
    edited = edit_row(job, row, {"email": "berta@example.com"})
    edit_and_retry(job, [edited], actor=job.created_by)
    drain(job)

    assert preview(job).doubts == ()
    assert list_missing(job) == []


def test_file_that_says_it_is_a_part_has_to_be_confirmed(bring: Bring) -> None:
    people = [{"id": f"s{number}", "email": f"s{number}@example.com"} for number in range(1, 11)]
    first = {"total": 10, "users": people}
    part = {"total": 10, "users": people[:9]}
    for content in (first, part):
        job = bring(to_ndjson([content]), name="users.json")

    assert preview(job).doubts == (Doubt.FILE_IS_PART,)
    with pytest.raises(DoubtsOpen, match="“total” is 10, and the file has 9"):
        disable(job, is_confirmed=False)
    assert list_inactive() == []

    assert disable(job).doubts == ["file_is_part"]
    assert list_inactive() == ["s10"]


def test_many_missing_have_to_be_confirmed(bring: Bring) -> None:
    bring([make_record(number) for number in range(1, 11)])
    few = bring([make_record(number) for number in range(1, 9)])
    many = bring([make_record(number) for number in range(1, 8)])

    assert preview(few).doubts == ()
    assert preview(many).doubts == (Doubt.MANY_MISSING,)
    with pytest.raises(DoubtsOpen, match="3 of the 10 active users of shop are missing"):
        disable(many, is_confirmed=False)


def test_source_without_a_name_of_its_own_has_to_be_confirmed(bring: Bring) -> None:
    bring([make_record(number) for number in range(1, 11)], source="")
    job = bring([make_record(number) for number in range(1, 10)], source="")

    assert preview(job).doubts == (Doubt.SOURCE_UNNAMED,)


def test_file_without_anybody_of_its_source_disables_nobody(bring: Bring) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([{"subject_id": "x", "profile": FAILING}])

    with pytest.raises(ImporterError, match="None of the active users of shop is in the file"):
        disable(job)


def test_chosen_ones_alone_are_disabled(bring: Bring) -> None:
    bring([make_record(number) for number in range(1, 6)])
    job = bring([make_record(5)])
    ids = User.objects.filter(subject_id__in=["s2", "s4", "s5"]).values_list("pk", flat=True)

    done = disable(job, LeaverFilter(users=tuple(ids)))

    assert list_inactive() == ["s2", "s4"]
    assert (done.total, done.counts) == (2, {"disabled": 2})


def test_those_a_search_finds_are_disabled_alone(bring: Bring) -> None:
    bring([make_record(number) for number in (1, 10, 11, 2, 3)])
    job = bring([make_record(3)])

    disable(job, LeaverFilter(kind=LeaverKind.ACTIVE, search="s1"))

    assert list_inactive() == ["s1", "s10", "s11"]


VERIFIED = {"email_verified": True}


@pytest.fixture
def linked_job(bring: Bring) -> ImportJob:
    """A second export of a system whose users another one brought: s1 is missing, s2 is there."""
    bring([make_record(1, **VERIFIED), make_record(2, **VERIFIED)], source="old")
    people = [
        {"subject_id": f"new{number}", "profile": {"email": f"s{number}@example.com", **VERIFIED}}
        for number in (1, 2)
    ]
    bring(people, mode=Mode.UPDATE, key="email")
    return bring(people[1:], mode=Mode.UPDATE, key="email")


def test_user_whom_another_source_brought_is_kept_unless_they_are_meant(
    linked_job: ImportJob,
) -> None:
    assert set(OtherSubjectId.objects.values_list("source", flat=True)) == {SOURCE}
    assert list_missing(linked_job) == ["s1"]
    found = preview(linked_job)
    assert (found.disabled, found.kept) == (0, {KeptReason.OTHER_SOURCE: 1})
    with pytest.raises(ImporterError, match="every chosen user is kept"):
        disable(linked_job)

    disable(linked_job, with_linked=True)

    assert list_inactive() == ["s1"]


def test_user_whom_a_later_file_of_the_source_has_is_kept(bring: Bring) -> None:
    bring([make_record(number) for number in range(1, 5)])
    monday = bring([make_record(1), make_record(2)])
    bring([{"subject_id": "s3", "profile": FAILING}, make_record(5)])

    found = preview(monday)

    assert (found.disabled, found.kept) == (1, {KeptReason.IMPORTED_LATER: 2})
    disable(monday)
    assert list_inactive() == ["s4"]


def test_user_whom_a_job_of_another_source_met_since_is_kept(bring: Bring) -> None:
    bring([make_record(1), make_record(2), make_record(3)])
    job = bring([make_record(1)])
    preview(job)
    started = disabling.start_disabling(job, actor=job.created_by, is_confirmed=True)
    bring([make_record(2, given_name="Ada")], source="elsewhere", mode=Mode.UPDATE)

    disabling.work_on_disabling(started.pk)

    started.refresh_from_db()
    assert started.counts == {"disabled": 1, "kept:imported_later": 1}
    assert list_inactive() == ["s3"]


def test_nobody_is_disabled_while_another_file_of_the_source_is_read(bring: Bring) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([make_record(1)])
    other = upload_export([make_record(2)], actor=job.created_by)
    runs.start_dry_run(other, actor=other.created_by)

    with pytest.raises(ImporterError, match="is reading another file of the same source system"):
        disable(job)


def test_undo_of_the_job_enables_them_again_with_their_earlier_timestamp(bring: Bring) -> None:
    bring([make_record(1), make_record(2)])
    before = dict(User.objects.values_list("subject_id", "updated_at"))
    job = bring([make_record(2), make_record(3)])
    disable(job)

    found = preview_undo(job, UndoOptions(), actor=job.created_by)
    assert found is not None
    assert (found.removed, found.enabled, found.undone) == (1, 1, 2)
    undo = undoing.start_undo(job, UndoOptions(), actor=job.created_by)
    undoing.work_on_undo(undo.pk)

    undo.refresh_from_db()
    job.refresh_from_db()
    assert job.state == "undone"
    assert undo.counts == {"removed": 1, "enabled": 1}
    assert (undo.total, undo.done) == (2, 2)
    assert dict(User.objects.filter(is_active=True).values_list("subject_id", "updated_at")) == {
        **before,
        "operator": User.objects.get(subject_id="operator").updated_at,
    }


def test_disabling_is_undone_by_itself(bring: Bring) -> None:
    bring([make_record(number) for number in range(1, 5)])
    job = bring([make_record(4), make_record(5)], chunk_rows=2)
    disable(job)

    undo = undoing.start_undo(job, UndoOptions(), actor=job.created_by, only_disabled=True)
    undoing.work_on_undo(undo.pk)

    job.refresh_from_db()
    undo.refresh_from_db()
    assert (job.state, undo.counts) == ("completed", {"enabled": 3})
    assert list_inactive() == []
    assert User.objects.filter(subject_id="s5").exists()
    assert list_missing(job) == ["s1", "s2", "s3"]
    disable(job)
    assert list_inactive() == ["s1", "s2", "s3"]


def test_undo_leaves_whoever_was_changed_or_deleted_since(bring: Bring) -> None:
    bring([make_record(number) for number in range(1, 5)])
    job = bring([make_record(4)])
    disable(job)
    User.objects.filter(subject_id="s1").update(is_active=True, updated_at=timezone.now())
    User.objects.get(subject_id="s2").delete()

    undo = undoing.start_undo(job, UndoOptions(), actor=job.created_by, only_disabled=True)
    undoing.work_on_undo(undo.pk)

    undo.refresh_from_db()
    assert undo.counts == {"left:changed": 1, "gone": 1, "enabled": 1}


def test_earlier_job_is_not_undone_for_users_whom_a_later_one_disabled(bring: Bring) -> None:
    first = bring([make_record(1), make_record(2)])
    job = bring([make_record(2)])
    disable(job)

    found = preview_undo(first, UndoOptions(), actor=first.created_by)

    assert found is not None
    assert (found.removed, found.left) == (1, {"touched_later": 1})


def test_list_that_changed_since_the_page_is_refused(bring: Bring) -> None:
    bring([make_record(1), make_record(2), make_record(3)])
    job = bring([make_record(1)])
    shown = write_job(job, leavers=previews.describe_preview(preview(job)))
    User.objects.filter(subject_id="s2").update(is_active=False)
    surveys.find_list(job, again=True)

    with pytest.raises(ChangedMeanwhile, match="list of users who are missing from the file"):
        disable(job, shown=shown)

    assert list_inactive() == ["s2"]


def test_page_as_it_is_now_disables(bring: Bring) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([make_record(1)])
    shown = write_job(job, leavers=previews.describe_preview(preview(job)))

    disable(job, shown=shown)

    assert list_inactive() == ["s2"]


def test_where_imports_are_approved_a_second_person_disables(
    bring: Bring, make_clerk: Callable[..., User], settings: Settings
) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([make_record(1)])
    settings.IMPORT_APPROVAL = "required"
    second = make_clerk(
        "imports.run_importjob", "imports.approve_importjob", "accounts.change_user"
    )

    with pytest.raises(ApprovalMissing, match="another person must"):
        disable(job)
    with pytest.raises(ApprovalMissing, match="users can be disabled only by a second person"):
        disable(job, actor=make_clerk("imports.run_importjob", "accounts.change_user"))
    disable(job, actor=second)

    assert list_inactive() == ["s2"]


def test_message_that_comes_twice_changes_nothing_more(bring: Bring) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([make_record(1)])
    done = disable(job)
    user = User.objects.get(subject_id="s2")

    disabling.work_on_disabling(done.pk)

    assert User.objects.get(subject_id="s2").updated_at == user.updated_at
    assert DisabledUser.objects.filter(disabling=done).count() == 1
    with pytest.raises(ImporterError, match="every chosen user is kept or disabled already"):
        disable(job)


def test_disabling_whose_worker_died_is_given_out_again(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring([make_record(number) for number in range(1, 5)])
    job = bring([make_record(4)], chunk_rows=1)
    started = disabling.start_disabling(job, actor=job.created_by, is_confirmed=True)
    disabling._work(started.pk)
    sent: list[int] = []
    monkeypatch.setattr(disabling, "enqueue_disabling", sent.append)

    disabling.sweep_disablings()
    assert sent == []
    Disabling.objects.update(advanced_at=timezone.now() - timedelta(hours=1))
    disabling.sweep_disablings()
    disabling.work_on_disabling(*sent)

    started.refresh_from_db()
    assert (started.counts, started.done) == ({"disabled": 3}, 3)


def test_disabling_that_is_stopped_keeps_what_is_done_and_goes_on_anew(bring: Bring) -> None:
    bring([make_record(number) for number in range(1, 5)])
    job = bring([make_record(4)], chunk_rows=1)
    started = disabling.start_disabling(job, actor=job.created_by, is_confirmed=True)
    disabling._work(started.pk)

    disabling.stop_disabling(job, actor=job.created_by)
    disabling.work_on_disabling(started.pk)

    started.refresh_from_db()
    job.refresh_from_db()
    assert (started.state, started.counts, job.state) == ("errored", {"disabled": 1}, "completed")
    assert started.error == "It was stopped by operator@example.com."
    assert disable(job).counts == {"disabled": 2, "inactive": 1}


def test_fault_ends_it_with_the_reason(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([make_record(1)])

    def break_down(*args: Any) -> int:
        raise ValueError("with the data")

    monkeypatch.setattr(disabling, "disable_next", break_down)
    done = disable(job)

    assert (done.state, job.state) == ("errored", "completed")
    assert "An error in Userferry (ValueError)" in done.error
    assert "with the data" not in done.error


def test_signed_in_user_is_out_with_the_next_request(bring: Bring, client: Client) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([make_record(1)])
    client.force_login(User.objects.get(subject_id="s2"))
    page = "/accounts/email/"
    assert client.get(page).status_code == 200

    disable(job)

    response = client.get(page)
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_long_list_is_written_by_a_worker(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([make_record(1)])
    monkeypatch.setattr(surveys, "AT_ONCE", 1)
    sent: list[int] = []
    monkeypatch.setattr(surveys, "enqueue_leavers", sent.append)

    survey = surveys.find_list(job)
    assert survey is not None
    assert survey.listed_at is None
    assert previews.preview_disabling(survey, actor=job.created_by) is None
    surveys.find_list(job)
    assert sent == [survey.pk]
    with pytest.raises(ImporterError, match="not been compared with the file yet"):
        disable(job)

    surveys.work_on_list(survey.pk)
    surveys.work_on_list(survey.pk)

    assert list_missing(job) == ["s2"]


def test_job_of_before_there_was_a_comparison_says_nothing(bring: Bring) -> None:
    bring([make_record(1), make_record(2)])
    job = bring([make_record(1), {"subject_id": "x", "profile": FAILING}])
    job.chunks.update(met=None)

    runs.retry(job, actor=job.created_by)
    drain(job)

    assert surveys.find_list(job) is None
