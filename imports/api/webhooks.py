"""Webhooks by API: listed, read, created, changed, deleted, tested."""

from __future__ import annotations

from typing import Annotated

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from ninja import Path, Router

from imports.api.requests.access import AccessToken, ApiRequest
from imports.api.requests.changes import require_unchanged
from imports.api.requests.paging import AfterName, Limit, Search, cut_page
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.webhooks import (
    NewWebhook,
    WebhookChange,
    WebhookInfo,
    WebhookPage,
    WebhookWithSecret,
)
from imports.models import Webhook
from imports.notifications.webhooks import find_webhook_fault, give_secret
from imports.services.jobs.notifications import send_test

router = Router(tags=["webhooks"])
PERMISSION = "imports.{}_webhook"
WebhookId = Annotated[int, Path(description="Id of the webhook.", le=2**63 - 1)]
CHANGES = list_refusals("changed_meanwhile")


@router.get("", auth=AccessToken(PERMISSION.format("view")), response=WebhookPage)
def list_webhooks(
    request: ApiRequest, search: Search = "", after: AfterName = "", limit: Limit = 100
) -> WebhookPage:
    """Return webhooks, by name."""
    found = Webhook.objects.filter(name__icontains=search, name__gt=after).order_by("name")
    shown, last = cut_page(found, limit, lambda webhook: webhook.name)
    return WebhookPage(webhooks=[_describe(each) for each in shown], next=last)


@router.get("/{int:webhook_id}", auth=AccessToken(PERMISSION.format("view")), response=WebhookInfo)
def get_webhook(request: ApiRequest, webhook_id: WebhookId) -> WebhookInfo:
    """Return a webhook."""
    return _describe(get_object_or_404(Webhook, pk=webhook_id))


@router.post("", auth=AccessToken(PERMISSION.format("add")), response={201: WebhookWithSecret})
def create_webhook(request: ApiRequest, new: NewWebhook) -> WebhookWithSecret:
    """Create a webhook; its secret is answered this once."""
    webhook = Webhook(name=new.name, url=new.url, is_active=new.active)
    secret = give_secret(webhook)
    _save(webhook)
    return WebhookWithSecret(**_describe(webhook).model_dump(), secret=secret)


@router.patch(
    "/{int:webhook_id}",
    auth=AccessToken(PERMISSION.format("change")),
    response=WebhookInfo,
    openapi_extra=CHANGES,
)
def change_webhook(
    request: ApiRequest, webhook_id: WebhookId, changes: WebhookChange
) -> WebhookInfo:
    """Change a webhook; what is not sent stays."""
    with transaction.atomic():
        webhook = _lock(request, webhook_id)
        webhook.name = webhook.name if changes.name is None else changes.name
        webhook.url = webhook.url if changes.url is None else changes.url
        webhook.is_active = webhook.is_active if changes.active is None else changes.active
        _save(webhook)
        return _describe(webhook)


@router.post(
    "/{int:webhook_id}/secret",
    auth=AccessToken(PERMISSION.format("change")),
    response=WebhookWithSecret,
    openapi_extra=CHANGES,
)
def renew_webhook_secret(request: ApiRequest, webhook_id: WebhookId) -> WebhookWithSecret:
    """Replace the secret at once; the new one is answered this once."""
    with transaction.atomic():
        webhook = _lock(request, webhook_id)
        secret = give_secret(webhook)
        webhook.save()
        return WebhookWithSecret(**_describe(webhook).model_dump(), secret=secret)


@router.post(
    "/{int:webhook_id}/test",
    auth=AccessToken(PERMISSION.format("change")),
    response={202: WebhookInfo},
)
def test_webhook(request: ApiRequest, webhook_id: WebhookId) -> WebhookInfo:
    """Send a test notification, in the background."""
    webhook = get_object_or_404(Webhook, pk=webhook_id)
    send_test(webhook)
    return _describe(webhook)


@router.delete(
    "/{int:webhook_id}",
    auth=AccessToken(PERMISSION.format("delete")),
    response={204: None},
    openapi_extra=CHANGES,
)
def delete_webhook(request: ApiRequest, webhook_id: WebhookId) -> None:
    """Delete a webhook and the log of its notifications."""
    with transaction.atomic():
        _lock(request, webhook_id).delete()


def _lock(request: ApiRequest, webhook_id: int) -> Webhook:
    webhook: Webhook = get_object_or_404(Webhook.objects.select_for_update(), pk=webhook_id)
    require_unchanged(request, _describe(webhook))
    return webhook


def _save(webhook: Webhook) -> None:
    """Save a webhook. Raises ValidationError by field."""
    webhook.full_clean(exclude=["secret"])
    if fault := find_webhook_fault(webhook.url):
        raise ValidationError({"url": fault})
    webhook.save()


def _describe(webhook: Webhook) -> WebhookInfo:
    return WebhookInfo(id=webhook.pk, name=webhook.name, url=webhook.url, active=webhook.is_active)
