"""The end of an import is told by e-mail and to a webhook that refuses at first, in a browser."""

import json
import re
import time
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.fixtures import Settings

from imports.models import Notification, NotificationState
from imports.tasks import sweep
from tests.browser.importing import import_everything, make_csv, upload
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, PATIENCE, sign_in
from tests.imports.invitations.mail_server import MailServer, running_mail_server
from tests.imports.notifications.conftest import Receiver, make_signature

NOTIFICATIONS = "/admin/imports/notification/"
PEOPLE = make_csv("people.csv", ["id", "email"], [["p1", "ann@example.org"], ["p2", "nonsense"]])


@pytest.fixture(autouse=True)
def _this_machine_allowed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the site and its workers post to this machine."""
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    monkeypatch.setenv("WEBHOOK_HOSTS", "127.0.0.1")


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server, for workers that are started later."""
    with running_mail_server() as server:
        monkeypatch.setenv("EMAIL_HOST", "127.0.0.1")
        monkeypatch.setenv("EMAIL_PORT", str(server.port))
        yield server


@pytest.mark.browser
def test_end_of_an_import_is_mailed_and_posted_until_the_receiver_takes_it(
    page: Page, mail_server: MailServer, receiver: Receiver, site: str
) -> None:
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/webhook/add/")
    page.get_by_label("Name").fill("Tickets")
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_role("button", name="Save", exact=True).click()
    told = page.get_by_text("Copy it to the receiver now").inner_text()
    [secret] = re.findall(r"whsec_\S+", told)

    receiver.status = 500
    page.goto(f"{site}/admin/imports/upload/")
    upload(page, PEOPLE)
    import_everything(page)
    page.goto(f"{site}{NOTIFICATIONS}")
    posted = find_notification(page, "Tickets")
    reload_until(page, posted.filter(has_text="The receiver responded with 500"))
    expect(posted).to_contain_text("waiting")
    mailed = find_notification(page, ADMINISTRATOR)
    reload_until(page, mailed.filter(has_text="The mail server accepted it"))

    # Its pause is over: what sweeps every few seconds hands it to a worker again.
    receiver.status = 200
    Notification.objects.filter(state=NotificationState.WAITING).update(due_at=timezone.now())
    sweep.delay()
    reload_until(page, posted.filter(has_text="The receiver responded with 200"))
    expect(posted).to_contain_text("delivered")

    refused, taken = [
        (headers, body) for headers, body in receiver.messages if "import.completed" in body
    ]
    for headers, body in (refused, taken):
        assert headers["webhook-signature"] == make_signature(headers, body, secret)
    assert refused[0]["webhook-id"] == taken[0]["webhook-id"]
    counts = json.loads(taken[1])["data"]["counts"]
    assert (counts["created"], counts["failed"]) == (1, 1)
    mails = [text for recipient, text in mail_server.taken if recipient == ADMINISTRATOR]
    assert [text for text in mails if "Subject: Import finished, 1 failed: people.csv" in text]


@pytest.mark.browser
def test_notification_that_was_delivered_is_sent_once_more_when_somebody_asks(
    page: Page, receiver: Receiver, site: str
) -> None:
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/webhook/add/")
    page.get_by_label("Name").fill("Tickets")
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{site}/admin/imports/upload/")
    upload(page, PEOPLE)
    import_everything(page)
    page.goto(f"{site}{NOTIFICATIONS}")
    posted = find_notification(page, "Tickets")
    reload_until(page, posted.filter(has_text="delivered"))
    told = [body for _, body in receiver.messages if "import.completed" in body]

    posted.get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label="Resend")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("The notifications are being resent.")).to_be_visible()
    reload_until(page, posted.filter(has_text="delivered"))

    again = [body for _, body in receiver.messages if "import.completed" in body]
    assert again == told * 2


def find_notification(page: Page, recipient: str) -> Locator:
    """Return the line of the notification that tells a recipient of the finished import."""
    lines = page.locator("#result_list").get_by_role("row")
    return lines.filter(has_text="The import has finished").filter(has_text=recipient)


def reload_until(page: Page, wanted: Locator) -> None:
    """Look again and again until the page has something."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not wanted.count():
        assert time.monotonic() < deadline, f"{page.url} never had it"
        page.reload()
