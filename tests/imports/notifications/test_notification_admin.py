"""The admin of webhooks and notifications: secrets shown once, messages sent again."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts import encryption
from accounts.models import User
from imports.models import Notification, Webhook
from imports.notifications.webhooks import PURPOSE

pytestmark = pytest.mark.django_db
ADD = "admin:imports_webhook_add"


@pytest.fixture(autouse=True)
def _tickets(settings: Settings) -> None:
    settings.WEBHOOK_HOSTS = ["example.com"]


@pytest.fixture
def admin(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def test_secret_is_shown_once_when_a_webhook_is_made(admin: Client) -> None:
    response = admin.post(
        reverse(ADD), {"name": "Tickets", "url": "https://example.com/hook", "is_active": "on"}
    )

    webhook = Webhook.objects.get()
    secret = encryption.decrypt_text(webhook.secret, purpose=PURPOSE)
    assert any(secret in str(message) for message in get_messages(response.wsgi_request))
    page = admin.get(reverse("admin:imports_webhook_change", args=[webhook.pk]), follow=True)
    admin.get(reverse("admin:imports_webhook_changelist"))
    page = admin.get(reverse("admin:imports_webhook_change", args=[webhook.pk]))
    assert secret not in page.content.decode()


def test_saving_a_webhook_keeps_its_secret_unless_a_new_one_is_asked_for(
    admin: Client, webhook: tuple[Webhook, str]
) -> None:
    address = reverse("admin:imports_webhook_change", args=[webhook[0].pk])
    fields = {"name": "Tickets", "url": "https://example.com/hook", "is_active": "on"}
    admin.post(address, fields)
    kept = Webhook.objects.get().secret
    admin.post(address, {**fields, "renew_secret": "on"})

    assert kept == webhook[0].secret
    assert Webhook.objects.get().secret != kept


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/hook", "would not be encrypted. Use https"),
        ("https://ann:secret@example.com/hook", "must not contain a user name or password"),
        ("https://169.254.169.254/latest", "to the setting WEBHOOK_HOSTS and restart"),
        ("https://localhost:5432/", "Add “localhost” or “localhost:5432” to the setting"),
    ],
)
def test_unsafe_address_is_refused(admin: Client, url: str, reason: str) -> None:
    response = admin.post(reverse(ADD), {"name": "Tickets", "url": url, "is_active": "on"})

    assert reason in response.content.decode()
    assert not Webhook.objects.exists()


def test_test_action_sends_a_message(admin: Client, webhook: tuple[Webhook, str]) -> None:
    admin.post(
        reverse("admin:imports_webhook_changelist"),
        {"action": "test", "_selected_action": [webhook[0].pk]},
    )

    assert Notification.objects.get().webhook == webhook[0]


def test_notification_can_be_looked_at_but_not_changed(
    admin: Client, webhook: tuple[Webhook, str]
) -> None:
    admin.post(
        reverse("admin:imports_webhook_changelist"),
        {"action": "test", "_selected_action": [webhook[0].pk]},
    )
    page = admin.get(
        reverse("admin:imports_notification_change", args=[Notification.objects.get().pk])
    )

    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
