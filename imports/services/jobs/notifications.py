"""Writes the notices of a job's end, in the transaction that ends it, and hands them to workers."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from imports.models import ImportJob, Notice, NoticeEvent, NoticeState, Webhook
from imports.services.jobs.queue import enqueue_notices

# The actions on a job that people and other systems are told of.
EVENTS = {
    "finish checking": NoticeEvent.CHECKED,
    "ask for approval": NoticeEvent.APPROVAL_WANTED,
    "approve": NoticeEvent.APPROVED,
    "reject": NoticeEvent.REJECTED,
    "refuse": NoticeEvent.REFUSED,
    "complete": NoticeEvent.COMPLETED,
    "finish undoing": NoticeEvent.UNDONE,
    "stop with an error": NoticeEvent.STOPPED,
}


def announce(job: ImportJob, action: str, *, readers: list[User] | None = None) -> None:
    """Write a notice to every reader and webhook, if the action is one that is told of.

    The readers are the followers unless others are given.

    To be called in the transaction of the action: the notices are written with it or not at all.
    """
    event = EVENTS.get(action)
    if event is None:
        return
    now = timezone.now()
    people = list_readers(job) if readers is None else readers
    notices = [
        *(Notice(event=event, job=job, person=person, due_at=now) for person in people),
        *(
            Notice(event=event, job=job, webhook=webhook, due_at=now)
            for webhook in Webhook.objects.filter(is_active=True)
        ),
    ]
    enqueue_notices(notice.pk for notice in Notice.objects.bulk_create(notices))


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


def send_test(webhook: Webhook) -> Notice:
    """Send a webhook a message that is about no job, and return its notice."""
    notice = Notice.objects.create(event=NoticeEvent.TEST, webhook=webhook, due_at=timezone.now())
    enqueue_notices([notice.pk])
    return notice


def send_again(notice: Notice) -> None:
    """Begin anew with a notice that was given up, or waits for its next attempt."""
    Notice.objects.filter(pk=notice.pk).update(
        state=NoticeState.WAITING, attempts=0, due_at=timezone.now()
    )
    enqueue_notices([notice.pk])
