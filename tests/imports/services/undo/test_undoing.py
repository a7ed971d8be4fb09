"""Undoing an import: everything is as it was, but for what happened since."""

from datetime import timedelta

import bcrypt
import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.db import connection
from django.utils import timezone

from accounts.models import AttributeDefinition, Group, Role, UniqueAttributeValue, User
from imports.core.errors import ImporterError, InvalidTransition
from imports.core.planning.conflicts import Mode
from imports.core.planning.undo import Reason, UndoOptions
from imports.models import (
    ImportJob,
    ImportRecord,
    InvitationCampaign,
    InvitationState,
    Notification,
    Undo,
    UndoneRecord,
    UndoState,
)
from imports.record_filters import RecordFilter
from imports.selectors import get_totals
from imports.services.corrections.edits import edit_and_retry, edit_row, read_row
from imports.services.files import uploads
from imports.services.invitations import campaigns
from imports.services.invitations.sending import send_invitations
from imports.services.jobs.retention import purge
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.services.undo.previews import EVERYTHING, UndoPreview, preview_undo
from imports.states import JobState
from tests.imports.conftest import MakeJob, drain

pytestmark = pytest.mark.django_db
BCRYPT = bcrypt.hashpw(b"first", bcrypt.gensalt(4)).decode()
OTHER_BCRYPT = bcrypt.hashpw(b"second", bcrypt.gensalt(4)).decode()
NOTHING = UndoOptions()


def make_record(number: int, **profile: object) -> dict[str, object]:
    return {"subject_id": f"s{number}", "profile": {"email": f"u{number}@example.com", **profile}}


def undo(job: ImportJob, options: UndoOptions = NOTHING, chosen: RecordFilter = EVERYTHING) -> Undo:
    job.refresh_from_db()
    begun = undoing.start_undo(job, options, actor=job.created_by, chosen=chosen)
    undoing.work_on_undo(begun.pk)
    begun.refresh_from_db()
    job.refresh_from_db()
    return begun


def preview(job: ImportJob, options: UndoOptions = NOTHING) -> UndoPreview:
    job.refresh_from_db()
    found = preview_undo(job, options, actor=job.created_by)
    assert found is not None
    return found


def read_everything() -> dict[str, object]:
    """Return all that there is of the users that imports made or changed."""
    users = User.objects.filter(subject_id__startswith="s").order_by("subject_id")
    ids = list(users.values_list("pk", flat=True))
    return {
        "users": list(users.values()),
        "emails": sorted(
            EmailAddress.objects.filter(user__in=ids).values_list("email", "verified", "primary")
        ),
        "logins": sorted(SocialAccount.objects.filter(user__in=ids).values_list("provider", "uid")),
        "authenticators": sorted(
            Authenticator.objects.filter(user__in=ids).values_list("user_id", "type")
        ),
        "groups": sorted(Group.objects.filter(members__in=ids).values_list("key", flat=True)),
        "roles": sorted(Role.objects.filter(assignees__in=ids).values_list("key", flat=True)),
        "claims": sorted(UniqueAttributeValue.objects.values_list("user_id", "value")),
    }


def test_created_users_are_gone_with_all_that_was_theirs(run_job: MakeJob) -> None:
    Group.objects.create(key="/staff")
    AttributeDefinition.objects.create(name="badge", unique=True)
    job = run_job(
        [
            {
                **make_record(1, attributes={"badge": "7"}),
                "memberships": {"groups": ["/staff"]},
                "authenticators": {
                    "external_logins": [{"provider": "google", "subject": "g1"}],
                    "totp": {"secret": "JBSWY3DPEHPK3PXP"},
                },
            }
        ]
    )
    before = User.objects.exclude(subject_id="s1").count()
    undone = undo(job)

    assert undone.counts == {"removed": 1}
    assert job.state == JobState.UNDONE
    assert User.objects.count() == before
    assert not any(read_everything().values())


def test_updated_user_is_restored_in_every_field(run_job: MakeJob) -> None:
    Group.objects.create(key="/staff")
    Role.objects.create(key="editor")
    AttributeDefinition.objects.create(name="badge", unique=True)
    first = {
        **make_record(1, username="Ann", given_name="Ann", phone="+441632960001"),
        "authenticators": {"password": {"hash": BCRYPT}},
    }
    first["profile"] |= {"attributes": {"badge": "7"}}
    run_job([first])
    before = read_everything()
    changed = {
        "subject_id": "s1",
        "profile": {
            "username": "Anna",
            "email": "anna@example.com",
            "email_verified": True,
            "emails": ["second@example.com"],
            "phone": "+441632960002",
            "phone_verified": True,
            "given_name": "Anna",
            "picture": "https://example.com/a.png",
            "active": False,
            "attributes": {"badge": "8"},
            "last_login": "2024-01-01T00:00:00Z",
        },
        "authenticators": {
            "password": {"hash": OTHER_BCRYPT, "expires_at": "2030-01-01T00:00:00Z"},
            "external_logins": [{"provider": "google", "subject": "g1"}],
            "totp": {"secret": "JBSWY3DPEHPK3PXP"},
            "recovery_codes": ["aaaa-bbbb", "cccc-dddd"],
        },
        "memberships": {"groups": ["/staff"], "roles": ["editor"]},
    }
    job = run_job([changed], mode=Mode.UPDATE)
    assert read_everything() != before
    undone = undo(job)

    assert undone.counts == {"restored": 1}
    assert read_everything() == before


def test_image_of_before_is_encrypted_and_goes_with_the_undo(run_job: MakeJob) -> None:
    run_job([{**make_record(1), "authenticators": {"password": {"hash": BCRYPT}}}])
    job = run_job(
        [{**make_record(1), "authenticators": {"password": {"hash": OTHER_BCRYPT}}}],
        mode=Mode.UPDATE,
    )
    stored = bytes(ImportRecord.objects.get(job=job).before or b"")
    undo(job)

    assert stored
    assert b"2b$04" not in stored
    assert ImportRecord.objects.get(job=job).before is None


def test_who_signed_in_since_is_left_unless_chosen(run_job: MakeJob) -> None:
    job = run_job([make_record(1), make_record(2)])
    User.objects.filter(subject_id="s1").update(last_login=timezone.now())
    first = undo(job)
    second = undo(job, UndoOptions(signed_in=True))

    assert first.counts == {"removed": 1, "left:signed_in": 1}
    assert second.counts == {"removed": 1}
    assert not User.objects.filter(subject_id__startswith="s").exists()


def test_who_was_changed_since_is_left_unless_chosen(run_job: MakeJob) -> None:
    job = run_job([make_record(1)])
    user = User.objects.get(subject_id="s1")
    user.given_name = "Changed"
    user.save()
    found = preview(job)

    assert found.left == {Reason.CHANGED: 1}
    assert preview(job, UndoOptions(changed=True)).removed == 1


def test_who_was_touched_by_a_later_job_is_left_until_that_is_undone(run_job: MakeJob) -> None:
    first = run_job([make_record(1, given_name="A"), make_record(2)])
    later = run_job([make_record(1, given_name="B")], mode=Mode.UPDATE)
    undone = undo(first)
    record = UndoneRecord.objects.get(undo=undone, status="left")
    assert undone.counts == {"removed": 1, "left:touched_later": 1}
    assert record.later_job == later.pk

    undo(later)
    again = undo(first)

    assert again.counts == {"removed": 1}


def test_administrator_is_left_whatever_is_chosen(run_job: MakeJob) -> None:
    job = run_job([make_record(1), make_record(2)])
    User.objects.filter(subject_id="s1").update(is_staff=True)
    undone = undo(job, UndoOptions(signed_in=True, changed=True, touched_later=True))

    assert undone.counts == {"removed": 1, "left:protected": 1}
    assert User.objects.filter(subject_id="s1").exists()


def test_user_who_is_gone_already_is_counted_and_hurts_nothing(run_job: MakeJob) -> None:
    job = run_job([make_record(1), make_record(2)])
    User.objects.filter(subject_id="s1").delete()

    assert undo(job).counts == {"gone": 1, "removed": 1}


def test_password_that_its_user_has_set_here_is_kept(run_job: MakeJob) -> None:
    run_job([{**make_record(1), "authenticators": {"password": {"hash": BCRYPT}}}])
    job = run_job(
        [
            {
                **make_record(1, given_name="B"),
                "authenticators": {"password": {"hash": OTHER_BCRYPT}},
            }
        ],
        mode=Mode.UPDATE,
    )
    user = User.objects.get(subject_id="s1")
    user.set_password("my own choice")
    user.save()
    undo(job, UndoOptions(changed=True))

    user.refresh_from_db()
    assert user.given_name == ""
    assert user.check_password("my own choice")


def test_value_that_somebody_else_has_now_leaves_the_record(run_job: MakeJob) -> None:
    run_job([make_record(1), make_record(2)])
    job = run_job(
        [make_record(1, email="new@example.com"), make_record(2, given_name="B")], mode=Mode.UPDATE
    )
    EmailAddress.objects.filter(email="u1@example.com").delete()
    User.objects.create(subject_id="other", email="u1@example.com", password="!")
    undone = undo(job)

    assert undone.counts == {"restored": 1, "left:value_taken": 1}
    assert User.objects.get(subject_id="s1").email == "new@example.com"


def test_addresses_that_changed_hands_within_the_job_go_back(run_job: MakeJob) -> None:
    run_job([make_record(1, phone="+441632960001"), make_record(2, phone="+441632960002")])
    before = read_everything()
    run_job([make_record(1, phone="+441632960003")], mode=Mode.UPDATE)
    job = run_job([make_record(2, phone="+441632960001")], mode=Mode.UPDATE)
    undo(job)

    phones = dict(
        User.objects.filter(subject_id__startswith="s").values_list("subject_id", "phone")
    )
    assert phones == {"s1": "+441632960003", "s2": "+441632960002"}
    assert len(read_everything()["users"]) == len(before["users"])


def test_chosen_records_alone_are_undone_and_the_job_stays_completed(run_job: MakeJob) -> None:
    job = run_job([make_record(1), make_record(2), make_record(3)])
    undone = undo(job, chosen=RecordFilter(rows=(2,)))

    assert undone.counts == {"removed": 1}
    assert job.state == JobState.COMPLETED
    assert set(
        User.objects.filter(subject_id__startswith="s").values_list("subject_id", flat=True)
    ) == {
        "s1",
        "s3",
    }


@pytest.mark.usefixtures("keep_uploads")
def test_undoing_and_importing_again_gives_the_first_result(run_job: MakeJob) -> None:
    job = run_job([make_record(1), make_record(2), {"subject_id": ""}])
    first = get_totals(job)
    undo(job)
    again = uploads.copy_job(job, actor=job.created_by)
    runs.start_run(again, actor=job.created_by, without_dry_run=True)
    drain(again)

    assert get_totals(again) == first


@pytest.mark.usefixtures("keep_uploads")
def test_invitations_of_removed_users_stand_in_nobody_s_way_when_they_come_again(
    run_job: MakeJob,
) -> None:
    job = run_job([make_record(1), make_record(2)])
    operator = job.created_by
    campaign = InvitationCampaign(
        name="First", source=job.source, subject="S", body="{link}", size=1
    )
    campaign = campaigns.create_campaign(campaign, actor=operator)
    campaigns.start(campaign, actor=operator)
    undo(job)
    again = uploads.copy_job(job, actor=operator)
    runs.start_run(again, actor=operator, without_dry_run=True)
    drain(again)
    sent = send_invitations()

    invitable = campaigns.list_invitable(job.source)
    assert list(invitable.values_list("subject_id", flat=True)) == ["s1", "s2"]
    assert sent == 0
    assert campaign.invitations.get().state == InvitationState.NEEDLESS


def test_undo_that_was_broken_off_goes_on_where_it_stopped(run_job: MakeJob) -> None:
    job = run_job([make_record(number) for number in range(5)], chunk_rows=2)
    begun = undoing.start_undo(job, NOTHING, actor=job.created_by)
    undoing._work(begun.pk)
    assert User.objects.filter(subject_id__startswith="s").count() == 3

    undoing.work_on_undo(begun.pk)

    begun.refresh_from_db()
    assert begun.counts == {"removed": 5}
    assert UndoneRecord.objects.filter(undo=begun).count() == 5


def test_undo_that_comes_twice_changes_nothing_more(run_job: MakeJob) -> None:
    job = run_job([make_record(1)])
    undone = undo(job)
    undoing.work_on_undo(undone.pk)

    undone.refresh_from_db()
    assert undone.counts == {"removed": 1}


def test_idle_undo_is_given_out_again(run_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    job = run_job([make_record(1)])
    begun = undoing.start_undo(job, NOTHING, actor=job.created_by)
    sent: list[int] = []
    monkeypatch.setattr("imports.services.undo.undoing.enqueue_undo", sent.append)
    undoing.sweep_undos()
    assert sent == []
    Undo.objects.update(advanced_at=timezone.now() - timedelta(hours=1))
    undoing.sweep_undos()

    assert sent == [begun.pk]


def test_undo_stopped_by_a_person_leaves_the_rest_and_can_go_on(run_job: MakeJob) -> None:
    job = run_job([make_record(number) for number in range(5)], chunk_rows=2)
    begun = undoing.start_undo(job, NOTHING, actor=job.created_by)
    undoing._work(begun.pk)
    undoing.stop_undo(job, actor=job.created_by)
    begun.refresh_from_db()
    assert begun.state == UndoState.ERRORED
    assert User.objects.filter(subject_id__startswith="s").count() == 3

    assert undo(job).counts == {"removed": 3}


def test_busy_job_cannot_be_undone(make_job: MakeJob) -> None:
    job = make_job([make_record(number) for number in range(30)])
    runs.start_run(job, actor=job.created_by, pilot=True, without_dry_run=True)
    drain(job)
    assert job.state == JobState.PAUSED

    with pytest.raises(InvalidTransition):
        undoing.start_undo(job, NOTHING, actor=job.created_by)


def test_undo_of_nothing_is_refused(run_job: MakeJob) -> None:
    job = run_job([{"subject_id": ""}])

    with pytest.raises(ImporterError, match="nothing to undo"):
        undoing.start_undo(job, NOTHING, actor=job.created_by)


def test_undone_job_can_be_neither_retried_nor_run(run_job: MakeJob) -> None:
    job = run_job([make_record(1), {"subject_id": ""}])
    undo(job)

    with pytest.raises(InvalidTransition):
        runs.retry(job, actor=job.created_by)
    with pytest.raises(InvalidTransition):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)


def test_followers_are_told_when_a_job_was_undone(run_job: MakeJob) -> None:
    job = run_job([make_record(1)])
    Notification.objects.all().delete()
    undo(job)

    assert Notification.objects.get().event == "import.undone"


def test_fields_of_the_preview_are_those_that_were_changed(run_job: MakeJob) -> None:
    run_job([make_record(1), make_record(2)])
    job = run_job(
        [make_record(1, given_name="A"), make_record(2, given_name="B", locale="en-GB")],
        mode=Mode.UPDATE,
    )
    found = preview(job)

    assert found.restored == 2
    assert found.fields == [("profile.given_name", 2), ("profile.locale", 1)]


def test_authenticator_app_that_was_replaced_comes_back(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([{**make_record(1), "authenticators": {"totp": {"secret": "JBSWY3DPEHPK3PXP"}}}])
    before = Authenticator.objects.values("type", "data", "created_at").get()
    job = make_job(
        [{**make_record(1), "authenticators": {"totp": {"secret": "KRSXG5CTMVRXEZLU"}}}],
        mode=Mode.UPDATE,
    )
    ImportJob.objects.filter(pk=job.pk).update(conflicts={"authenticator_exists": "overwrite"})
    job.refresh_from_db()
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)
    assert Authenticator.objects.values("type", "data", "created_at").get() != before
    undo(job)

    assert Authenticator.objects.values("type", "data", "created_at").get() == before


def test_job_over_the_same_file_has_the_same_mapping_and_options(make_job: MakeJob) -> None:
    job = make_job([make_record(1)], mode=Mode.UPDATE, chunk_rows=77)
    copied = uploads.copy_job(job, actor=job.created_by)

    assert copied.pk != job.pk
    assert copied.file.name != job.file.name
    assert (copied.mapping, copied.mode, copied.chunk_rows) == (job.mapping, job.mode, 77)
    assert copied.state == JobState.MAPPED


def test_job_whose_file_was_deleted_cannot_be_imported_again(make_job: MakeJob) -> None:
    job = make_job([make_record(1)])
    ImportJob.objects.filter(pk=job.pk).update(file="")
    job.refresh_from_db()

    with pytest.raises(ImporterError, match="deleted"):
        uploads.copy_job(job, actor=job.created_by)


def test_purged_job_holds_no_image_and_its_updates_cannot_be_undone(run_job: MakeJob) -> None:
    run_job([make_record(1)])
    job = run_job([make_record(1, given_name="A")], mode=Mode.UPDATE)
    purge(job)
    found = preview(job)

    assert ImportRecord.objects.get(job=job).before is None
    assert found.left == {Reason.NO_IMAGE: 1}


def run_and_mend(run_job: MakeJob) -> ImportJob:
    """Run a job whose second row fails, and is then corrected to be about the first row's user."""
    broken = make_record(2, given_name="C", email="no address", locale="en-GB")
    job = run_job([make_record(1, given_name="B"), broken], mode=Mode.UPDATE)
    row = read_row(ImportRecord.objects.get(job=job, row_number=2))
    corrected = edit_row(job, row, {"subject_id": "s1", "profile.email": "u1@example.com"})
    edit_and_retry(job, [corrected], actor=job.created_by)
    drain(job)
    assert User.objects.get(subject_id="s1").given_name == "C"
    return job


def test_user_whom_a_retry_changed_once_more_ends_as_before_the_job(run_job: MakeJob) -> None:
    run_job([make_record(1, given_name="A")])
    before = read_everything()
    job = run_and_mend(run_job)
    found = preview(job)
    undone = undo(job)

    assert (found.restored, found.left) == (2, {})
    assert undone.counts == {"restored": 2}
    assert read_everything() == before


def test_user_whom_a_job_created_and_then_updated_is_gone(run_job: MakeJob) -> None:
    job = run_and_mend(run_job)

    assert undo(job).counts == {"restored": 1, "removed": 1}
    assert not User.objects.filter(subject_id="s1").exists()


def test_row_whose_user_a_retry_changed_once_more_is_left_where_it_alone_is_chosen(
    run_job: MakeJob,
) -> None:
    job = run_and_mend(run_job)

    with pytest.raises(ImporterError, match="nothing to undo"):
        undo(job, chosen=RecordFilter(rows=(1,)))
    assert undo(job, chosen=RecordFilter(rows=(2,))).counts == {"restored": 1}
    assert undo(job, chosen=RecordFilter(rows=(1,))).counts == {"removed": 1}


@pytest.mark.parametrize("chunk_rows", [1, 10])
def test_user_to_whom_other_data_refer_is_left_and_the_others_are_removed(
    run_job: MakeJob, chunk_rows: int
) -> None:
    job = run_job([make_record(number) for number in range(5)], chunk_rows=chunk_rows)
    busy = User.objects.get(subject_id="s3")
    ImportJob.objects.create(name="Theirs", file_size=0, provider="native", created_by=busy)
    undone = undo(job)

    assert undone.counts == {"removed": 4, "left:value_taken": 1}
    assert User.objects.filter(pk=busy.pk).exists()
    # As at the end of every transaction.
    connection.check_constraints()


def test_removed_user_takes_along_what_hangs_on_what_is_theirs(run_job: MakeJob) -> None:
    logins = {"external_logins": [{"provider": "google", "subject": "g1"}]}
    job = run_job([{**make_record(1), "authenticators": logins}])
    user = User.objects.get(subject_id="s1")
    EmailConfirmation.objects.create(email_address=EmailAddress.objects.get(user=user), key="k")
    SocialToken.objects.create(account=SocialAccount.objects.get(user=user), token="t")
    job.followers.add(user)

    assert undo(job).counts == {"removed": 1}
    connection.check_constraints()
    assert not EmailConfirmation.objects.exists()
    assert not SocialToken.objects.exists()
    assert list(job.followers.all()) == [job.created_by]
