"""Who is told that a job ended, what they are told, and how often it is tried."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from imports.models import ImportJob, Notification, NotificationEvent, NotificationState, Webhook
from imports.notifications.delivery import PAUSES, deliver, sweep_notifications
from imports.services.jobs import notifications
from imports.services.runs import runs
from imports.services.undo import undoing
from tests.imports.conftest import MakeJob, drain
from tests.imports.notifications.conftest import Receiver, make_signature

pytestmark = pytest.mark.django_db

BROKEN = b'{"subject_id": "s1", "profile": {"email": "ann@example.com"}}\n{"subject_id": ""}\n'


@pytest.fixture
def completed(run_job: MakeJob) -> ImportJob:
    """A job of which one record was created and one failed, run by the operator."""
    return run_job(BROKEN)


def deliver_all() -> None:
    for notification in Notification.objects.filter(state=NotificationState.WAITING):
        deliver(notification.pk)


def test_whoever_runs_a_job_is_mailed_when_it_is_finished(completed: ImportJob) -> None:
    deliver_all()

    [message] = mail.outbox
    assert message.to == ["operator@example.com"]
    assert message.subject == "Import finished, 1 failed: users.ndjson"
    assert "Created: 1" in message.body
    assert "Failed: 1" in message.body
    assert f"/imports/{completed.pk}/results/" in message.body


def test_mail_says_the_same_in_the_frame_of_all_mails(completed: ImportJob) -> None:
    deliver_all()

    [(html, kind)] = mail.outbox[0].alternatives
    assert kind == "text/html"
    assert 'class="brand"' in html
    assert re.search(r"Failed</td><td[^>]*><strong>1</strong>", html)
    assert f"/imports/{completed.pk}/results/" in html


def test_mail_names_no_user_of_the_file(completed: ImportJob) -> None:
    deliver_all()

    assert "ann@example.com" not in str(mail.outbox[0].message())


def test_finished_dry_run_is_told_with_what_would_happen(make_job: MakeJob) -> None:
    job = make_job(BROKEN)
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    deliver_all()

    assert mail.outbox[0].subject == "Dry run finished: users.ndjson"
    assert "Would be created: 1" in mail.outbox[0].body


def test_job_stopped_by_an_error_is_told_with_the_reason(make_job: MakeJob) -> None:
    job = make_job(BROKEN)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    runs.stop_with_error(job, "The disk is full.")
    deliver_all()

    assert mail.outbox[0].subject == "Import stopped: users.ndjson"
    assert "The disk is full." in mail.outbox[0].body


def test_undone_import_is_told_as_undone(completed: ImportJob) -> None:
    actor = completed.created_by
    undoing.work_on_undo(undoing.start_undo(completed, undoing.UndoOptions(), actor=actor).pk)
    deliver_all()

    [message] = [each for each in mail.outbox if "undone" in each.subject]
    assert message.subject == "Import undone: users.ndjson"
    assert "Created:" not in message.body
    assert f"/imports/{completed.pk}/undo/" in message.body


def test_pilot_is_no_end_and_tells_nobody(make_job: MakeJob) -> None:
    job = make_job([{"subject_id": f"s{number}"} for number in range(30)])
    runs.start_run(job, actor=job.created_by, pilot=True, without_dry_run=True)
    drain(job)

    assert not Notification.objects.exists()


def test_who_stopped_following_is_not_told(make_job: MakeJob) -> None:
    job = make_job(BROKEN)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    notifications.unfollow(job, actor=job.created_by)
    drain(job)

    assert not Notification.objects.exists()


@pytest.mark.parametrize("lost", ["is_active", "is_staff", "email"])
def test_follower_who_may_not_look_any_more_is_not_told(make_job: MakeJob, lost: str) -> None:
    job = make_job(BROKEN)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    User.objects.filter(pk=job.created_by_id).update(**{lost: None if lost == "email" else False})
    drain(job)

    assert not Notification.objects.exists()


def test_follower_without_the_permission_is_not_told(make_job: MakeJob) -> None:
    job = make_job(BROKEN)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    job.followers.set([User.objects.create_user(email="guest@example.com", is_staff=True)])
    drain(job)

    assert not Notification.objects.exists()


def test_webhook_gets_counts_and_addresses_but_no_users(
    webhook: tuple[Webhook, str], receiver: Receiver, completed: ImportJob
) -> None:
    deliver_all()

    [(_, body)] = receiver.messages
    content = json.loads(body)
    assert content["type"] == "import.completed"
    assert content["data"]["counts"]["created"] == 1
    assert content["data"]["counts"]["failed"] == 1
    assert content["data"]["file"]["sha256"] == completed.file_sha256
    assert content["data"]["url"].endswith(f"/imports/{completed.pk}/results/")
    assert "ann@example.com" not in body


def test_webhook_message_is_signed_as_standard_webhooks_says(
    webhook: tuple[Webhook, str], receiver: Receiver, completed: ImportJob
) -> None:
    deliver_all()

    [(headers, body)] = receiver.messages
    assert headers["webhook-signature"] == make_signature(headers, body, webhook[1])


def test_secret_of_a_webhook_is_stored_encrypted(webhook: tuple[Webhook, str]) -> None:
    stored, secret = webhook

    assert secret.removeprefix("whsec_") not in stored.secret


def test_inactive_webhook_is_told_nothing(webhook: tuple[Webhook, str], make_job: MakeJob) -> None:
    Webhook.objects.update(is_active=False)
    job = make_job(BROKEN)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)

    assert not Notification.objects.filter(webhook__isnull=False).exists()


@pytest.mark.parametrize("status", [301, 404, 500])
def test_refused_message_waits_and_is_sent_again_word_for_word(
    webhook: tuple[Webhook, str], receiver: Receiver, completed: ImportJob, status: int
) -> None:
    receiver.status = status
    notification = Notification.objects.get(webhook=webhook[0])
    deliver(notification.pk)
    notification.refresh_from_db()
    assert notification.state == NotificationState.WAITING
    assert str(status) in notification.answer
    assert notification.due_at - timezone.now() > PAUSES[0] - timedelta(seconds=2)

    receiver.status = 200
    Notification.objects.update(due_at=timezone.now())
    ImportJob.objects.update(name="renamed meanwhile")
    deliver(notification.pk)

    notification.refresh_from_db()
    assert notification.state == NotificationState.DELIVERED
    (first, first_body), (second, second_body) = receiver.messages
    assert first["webhook-id"] == second["webhook-id"]
    assert first_body == second_body


def test_redirect_of_a_webhook_is_not_followed_and_the_answer_says_so(
    webhook: tuple[Webhook, str], receiver: Receiver, completed: ImportJob
) -> None:
    receiver.status = 307
    notification = Notification.objects.get(webhook=webhook[0])
    deliver(notification.pk)

    notification.refresh_from_db()
    assert len(receiver.messages) == 1
    assert "Redirects are not followed" in notification.answer


def test_webhook_whose_host_is_allowed_no_more_gets_nothing_and_says_what_to_set(
    webhook: tuple[Webhook, str], receiver: Receiver, completed: ImportJob, settings: Settings
) -> None:
    settings.WEBHOOK_HOSTS = []
    notification = Notification.objects.get(webhook=webhook[0])
    deliver(notification.pk)

    notification.refresh_from_db()
    assert receiver.messages == []
    assert notification.state == NotificationState.WAITING
    assert "to the setting WEBHOOK_HOSTS" in notification.answer


def test_message_that_is_not_due_is_not_sent(
    webhook: tuple[Webhook, str], receiver: Receiver, completed: ImportJob
) -> None:
    Notification.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    deliver_all()

    assert receiver.messages == []


def test_delivered_message_is_not_sent_twice(
    webhook: tuple[Webhook, str], receiver: Receiver, completed: ImportJob
) -> None:
    notification = Notification.objects.get(webhook=webhook[0])
    deliver(notification.pk)
    deliver(notification.pk)

    assert len(receiver.messages) == 1


def test_receiver_that_cannot_be_reached_is_given_up_at_last(
    webhook: tuple[Webhook, str], completed: ImportJob
) -> None:
    Webhook.objects.update(url="http://127.0.0.1:1/")
    notification = Notification.objects.get(webhook=webhook[0])
    for _ in range(len(PAUSES) + 1):
        Notification.objects.update(due_at=timezone.now())
        deliver(notification.pk)

    notification.refresh_from_db()
    assert notification.state == NotificationState.GIVEN_UP
    assert notification.attempts == len(PAUSES) + 1
    assert notification.answer == "The receiver could not be reached (ConnectionError)."


def test_mail_server_that_is_down_is_tried_again(completed: ImportJob, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    deliver_all()

    notification = Notification.objects.get()
    assert notification.state == NotificationState.WAITING
    assert notification.answer == "The mail server refused (ConnectionRefusedError)."


def test_notification_given_up_can_be_sent_again(
    webhook: tuple[Webhook, str], receiver: Receiver, completed: ImportJob
) -> None:
    notification = Notification.objects.get(webhook=webhook[0])
    Notification.objects.update(state=NotificationState.GIVEN_UP, attempts=8)
    notifications.send_again(notification)
    deliver(notification.pk)

    notification.refresh_from_db()
    assert notification.state == NotificationState.DELIVERED
    assert notification.attempts == 1


def test_test_message_reaches_the_receiver(
    webhook: tuple[Webhook, str], receiver: Receiver
) -> None:
    deliver(notifications.send_test(webhook[0]).pk)

    [(_, body)] = receiver.messages
    assert json.loads(body)["type"] == NotificationEvent.TEST
    assert json.loads(body)["data"] == {}


def test_sweep_hands_over_what_is_due(
    completed: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr("imports.notifications.delivery.enqueue_notifications", sent.extend)
    sweep_notifications()

    assert sent == list(Notification.objects.values_list("pk", flat=True))
