"""Webhooks that are notified when a job ends."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from imports.api.schemas.given import Given
from imports.api.schemas.versions import Versioned


class WebhookInfo(Versioned):
    """A webhook. Its secret is only in the response that creates or replaces it."""

    id: int = Field(description="Id of the webhook, which its URL has.")
    name: str = Field(description="Name of the webhook.")
    url: str = Field(description="URL that is notified.")
    active: bool = Field(description="Whether it is notified.")


class WebhookPage(Schema):
    """A page of webhooks."""

    webhooks: list[WebhookInfo] = Field(description="At most `limit` webhooks, by name.")
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )


class WebhookWithSecret(WebhookInfo):
    """A webhook whose secret is new."""

    secret: str = Field(description="Signs its messages. It is not shown again.")


class NewWebhook(Given):
    """A new webhook."""

    name: str = Field(min_length=1, max_length=100, description="Name of the webhook.")
    url: str = Field(
        min_length=1,
        max_length=500,
        description="URL that receives a POST request when a job ends. `WEBHOOK_HOSTS` of the"
        " installation must list its host.",
    )
    active: bool = Field(default=True, description="Whether it is notified.")


class WebhookChange(Given):
    """What changes of a webhook; what is not sent stays."""

    name: str | None = Field(
        default=None, min_length=1, max_length=100, description="Name. Null: as it is."
    )
    url: str | None = Field(
        default=None, min_length=1, max_length=500, description="URL. Null: as it is."
    )
    active: bool | None = Field(default=None, description="Whether it is notified. Null: as it is.")
