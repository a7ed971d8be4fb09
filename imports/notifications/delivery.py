"""Deliver notifications, and try again with growing pauses until they arrive or are given up."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta

import requests
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from imports.core.outbound.signatures import sign
from imports.models import Notification, NotificationState, Webhook
from imports.notifications.messages import build_email, build_payload
from imports.notifications.webhooks import find_webhook_fault, read_secret
from imports.services.jobs.queue import enqueue_notifications

logger = logging.getLogger(__name__)

# The pauses before the second and later attempts, as Standard Webhooks recommends: a day and a
# half in all.
PAUSES = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
]
TIMEOUT_SECONDS = 10
# A receiver that answers a byte at a time is never late for any of them: an attempt ends then.
NOTIFICATION_SECONDS = 90
ANSWER_LENGTH = 300


class NotDeliveredError(Exception):
    """An attempt failed; the message says why and holds no secret."""


@transaction.atomic
def deliver(notification_id: int) -> None:
    """Make one attempt, unless the notification is not due, is finished, or is being delivered.

    The row stays locked meanwhile, so that two workers never send the same message at once. A
    worker that dies after sending sends once more: receivers go by the message's id.
    """
    notification = (
        Notification.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("job", "person", "webhook")
        .filter(pk=notification_id, state=NotificationState.WAITING, due_at__lte=timezone.now())
        .first()
    )
    if notification is None:
        return
    notification.attempts += 1
    try:
        notification.answer = _send(notification)
    except NotDeliveredError as error:
        _plan_next(notification, str(error))
    except SoftTimeLimitExceeded:
        _plan_next(notification, f"The delivery did not finish within {NOTIFICATION_SECONDS} s.")
    else:
        notification.state, notification.delivered_at = NotificationState.DELIVERED, timezone.now()
    notification.save(
        update_fields=["body", "state", "attempts", "answer", "due_at", "delivered_at"]
    )


def _send(notification: Notification) -> str:
    """Send the message and return what the receiver said. Raises NotDeliveredError."""
    if notification.webhook is not None:
        notification.body = notification.body or build_payload(notification)
        return _post(notification.webhook, notification.key, notification.body)
    if notification.person is None:
        raise ValueError(f"Notification {notification.pk} has no recipient.")
    return _mail(notification, notification.person)


def _post(webhook: Webhook, key: str, body: str) -> str:
    # The settings may have changed since the webhook was saved.
    if fault := find_webhook_fault(webhook.url):
        raise NotDeliveredError(fault)
    now = int(timezone.now().timestamp())
    signature = sign(read_secret(webhook), key=key, timestamp=now, body=body)
    headers = {**signature, "content-type": "application/json", "user-agent": "Userferry"}
    try:
        # Not read beyond its head: its status is all that counts.
        with requests.post(
            webhook.url,
            data=body.encode(),
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as response:
            answer = f"The receiver responded with {response.status_code} {response.reason}."[
                :ANSWER_LENGTH
            ]
    except requests.RequestException as error:
        raise NotDeliveredError(
            f"The receiver could not be reached ({type(error).__name__})."
        ) from None
    if response.is_redirect:
        raise NotDeliveredError(
            f"{answer} Redirects are not followed: set the URL of their target."
        )
    if not 200 <= response.status_code < 300:
        raise NotDeliveredError(answer)
    return answer


def _mail(notification: Notification, person: User) -> str:
    subject, text, html = build_email(notification)
    message = EmailMultiAlternatives(
        subject,
        text,
        to=[str(person.email)],
        headers={"Message-ID": f"<{notification.key}@{settings.MAIL_DOMAIN}>"},
    )
    message.attach_alternative(html, "text/html")
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        raise NotDeliveredError(f"The mail server refused ({type(error).__name__}).") from None
    return "The mail server accepted it."


def _plan_next(notification: Notification, answer: str) -> None:
    notification.answer = answer
    if notification.attempts > len(PAUSES):
        notification.state = NotificationState.GIVEN_UP
        logger.warning(
            "Notification %s was given up after %s attempts", notification.pk, notification.attempts
        )
    else:
        notification.due_at = timezone.now() + PAUSES[notification.attempts - 1]


def sweep_notifications() -> None:
    """Hand over every notification that is due: new attempts, and those whose message was lost."""
    due = Notification.objects.filter(state=NotificationState.WAITING, due_at__lte=timezone.now())
    enqueue_notifications(due.values_list("pk", flat=True)[:1000])
