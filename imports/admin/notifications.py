"""The admin of webhooks, and the log of every message about a job's end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from imports.models import Notification, Webhook
from imports.notifications.webhooks import find_webhook_fault, give_secret
from imports.services.jobs.notifications import send_again, send_test
from imports.templatetags.breaking import breakable


class WebhookForm(forms.ModelForm):
    """A webhook. Its secret is made with it, and can be replaced but not read."""

    url = forms.URLField(
        label="Address",
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
        help_text=(
            "The HTTPS URL that receives a POST request when a job ends. WEBHOOK_HOSTS must list "
            "its host. Requests are signed, so the URL needs no password."
        ),
    )
    renew_secret = forms.BooleanField(
        label="Generate new secret",
        required=False,
        help_text=(
            "The old secret stops working immediately. The new one is shown once after saving."
        ),
    )

    class Meta:
        model = Webhook
        fields = ["name", "url", "is_active"]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if fault := find_webhook_fault(url):
            raise forms.ValidationError(fault)
        return url


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin):
    """The webhooks of other systems that are notified when a job ends."""

    form = WebhookForm
    when_empty = "A webhook sends a signed request to another system when a job ends."
    list_display = ["name", "url", "is_active", "latest"]
    actions = ["test"]

    def get_fields(self, request: HttpRequest, obj: Webhook | None = None) -> Any:
        return ["name", "url", "is_active", *(["renew_secret"] if obj else [])]

    def save_model(
        self, request: HttpRequest, obj: Webhook, form: WebhookForm, change: bool
    ) -> None:
        secret = ""
        if not change or form.cleaned_data.get("renew_secret"):
            secret = give_secret(obj)
        super().save_model(request, obj, form, change)
        if secret:
            messages.warning(
                request,
                f"The secret of “{obj}” is {secret} Copy it to the receiver now. It is not shown "
                "again.",
            )

    @admin.display(description="latest notification")
    def latest(self, webhook: Webhook) -> str:
        notification = webhook.notifications.first()
        return (
            f"{notification.get_state_display()}: {notification.answer}"
            if notification
            else "none yet"
        )

    @admin.action(description="Send test notification", permissions=["change"])
    def test(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        for webhook in queryset:
            send_test(webhook)
        self.message_user(
            request,
            "Test notification queued. See the result in the column “latest notification”.",
        )


SHOWN = ("created_at", "event", "job", "recipient", "state", "answer")


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin):
    """Every message about a job's end, and the result of its last attempt."""

    when_empty = "E-mails and webhook requests appear here when a job ends."
    list_display = SHOWN
    list_filter = ["state", "event", "webhook"]
    list_select_related = ["job", "person", "webhook"]
    fields = (*SHOWN, "attempts", "due_at", "delivered_at", "body")
    readonly_fields = fields
    actions = ["resend"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        frame = {"show_save": False, "show_save_and_continue": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, frame)

    @admin.display(description="to")
    def recipient(self, notification: Notification) -> SafeString:
        return breakable(notification.webhook or notification.person)

    @admin.action(description="Resend", permissions=["change"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        for notification in queryset:
            send_again(notification)
        self.message_user(request, "The notifications are being resent.")
