"""Write the notifications of a job's end in the transaction that ends it; workers send them."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from imports.models import ImportJob, Notification, NotificationEvent, NotificationState, Webhook
from imports.services.jobs.queue import enqueue_notifications

# The actions on a job that people and other systems are told of.
EVENTS = {
    "finish dry run": NotificationEvent.DRY_RUN_DONE,
    "ask for approval": NotificationEvent.APPROVAL_WANTED,
    "approve": NotificationEvent.APPROVED,
    "reject": NotificationEvent.REJECTED,
    "refuse": NotificationEvent.REFUSED,
    "complete": NotificationEvent.COMPLETED,
    "finish undoing": NotificationEvent.UNDONE,
    "finish disabling": NotificationEvent.DISABLED,
    "stop with an error": NotificationEvent.STOPPED,
}


def announce(job: ImportJob, action: str, *, readers: list[User] | None = None) -> None:
    """Write a notification to every reader and webhook, if the action is one that is told of.

    The readers are the followers unless others are given.

    Call it in the transaction of the action: both are written, or neither is.
    """
    event = EVENTS.get(action)
    if event is None:
        return
    now = timezone.now()
    people = list_readers(job) if readers is None else readers
    notifications = [
        *(Notification(event=event, job=job, person=person, due_at=now) for person in people),
        *(
            Notification(event=event, job=job, webhook=webhook, due_at=now)
            for webhook in Webhook.objects.filter(is_active=True)
        ),
    ]
    enqueue_notifications(
        notification.pk for notification in Notification.objects.bulk_create(notifications)
    )


def list_readers(job: ImportJob) -> list[User]:
    """Return the followers who have an address, and may still look at imports."""
    followers = job.followers.filter(is_active=True, is_staff=True).exclude(
        Q(email__isnull=True) | Q(email="")
    )
    return [person for person in followers if person.has_perm("imports.view_importjob")]


def follow(job: ImportJob, *, actor: User) -> None:
    """Have the actor told by e-mail when the job ends."""
    job.followers.add(actor)


def unfollow(job: ImportJob, *, actor: User) -> None:
    """Have the actor told no more."""
    job.followers.remove(actor)


def send_test(webhook: Webhook) -> Notification:
    """Send a webhook a message that is about no job, and return its notification."""
    notification = Notification.objects.create(
        event=NotificationEvent.TEST, webhook=webhook, due_at=timezone.now()
    )
    enqueue_notifications([notification.pk])
    return notification


def send_again(notification: Notification) -> None:
    """Send again a notification that was given up or waits for its next attempt."""
    Notification.objects.filter(pk=notification.pk).update(
        state=NotificationState.WAITING, attempts=0, due_at=timezone.now()
    )
    enqueue_notifications([notification.pk])
