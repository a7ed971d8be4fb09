"""Invitations: who is invited, how fast, what a mail server may say, and what is reported."""

import email
import re
from collections.abc import Iterator
from datetime import timedelta
from email.policy import default as policy
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from imports.core.errors import ImporterError
from imports.models import (
    CampaignState,
    Invitation,
    InvitationCampaign,
    InvitationState,
    InvitationTemplate,
)
from imports.models.invitations import BODY, SUBJECT
from imports.selectors.invitations import get_report
from imports.services.invitations import campaigns
from imports.services.invitations.sending import FAILURES_IN_A_ROW, fill_in, send_invitations
from imports.views.invitations.urls import urlpatterns
from tests.imports.invitations.mail_server import MailServer, running_mail_server
from tests.imports.views.conftest import SignIn
from tests.imports.views.conftest import admin as admin
from tests.imports.views.conftest import sign_in as staff
from tests.imports.views.posting import read_form

__all__ = ["admin", "staff"]

VIEW, ADD = "imports.view_invitationcampaign", "imports.add_invitationcampaign"
CHANGE = "imports.change_invitationcampaign"


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def make_users(count: int, **fields: Any) -> list[User]:
    given = {"source": "shop", "password": "!", "given_name": "Ada", **fields}
    start = User.objects.count()
    users = [
        User(subject_id=f"s{start + n}", email=f"user{start + n}@example.com", **given)
        for n in range(count)
    ]
    for user in users:
        user.save()
    return users


def make_campaign(operator: User, **fields: Any) -> InvitationCampaign:
    given = {"name": "First", "source": "shop", "subject": SUBJECT, "body": BODY, "size": 100}
    return campaigns.create_campaign(InvitationCampaign(**{**given, **fields}), actor=operator)


def start(campaign: InvitationCampaign, operator: User) -> None:
    campaigns.start(campaign, actor=operator)


def read_mail(raw: str, kind: str) -> str:
    """Return the text of a mail, “plain” or “html”."""
    part = email.message_from_string(raw, policy=policy).get_body((kind,))
    assert part is not None
    return str(part.get_content())


def pass_a_minute(campaign: InvitationCampaign) -> None:
    earlier = timezone.now() - timedelta(minutes=2)
    campaign.invitations.filter(sent_at__isnull=False).update(sent_at=earlier)


def test_users_without_password_are_invited_and_nobody_else(operator: User) -> None:
    wanted = make_users(2)
    make_users(1, password="argon2$x")
    make_users(1, is_active=False)
    make_users(1, source="elsewhere")
    make_users(1, is_staff=True)
    User(subject_id="no-mail", source="shop", password="!").save()

    campaign = make_campaign(operator)

    assert set(campaign.invitations.values_list("user_id", flat=True)) == {u.pk for u in wanted}


def test_nobody_is_in_two_campaigns(operator: User) -> None:
    make_users(5)
    first, second = make_campaign(operator, size=2), make_campaign(operator, size=10)

    assert (first.invitations.count(), second.invitations.count()) == (2, 3)
    with pytest.raises(ImporterError, match="nobody to invite"):
        make_campaign(operator)


def test_nothing_is_sent_before_the_start(operator: User, mail_server: MailServer) -> None:
    make_users(1)
    make_campaign(operator)

    assert send_invitations() == 0
    assert mail_server.taken == []


def test_person_chooses_a_password_by_the_link_of_the_mail(
    operator: User, mail_server: MailServer, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://testserver/"
    user = make_users(1)[0]
    start(make_campaign(operator), operator)

    assert send_invitations() == 1

    recipient, raw = mail_server.taken[0]
    text = read_mail(raw, "plain")
    assert recipient == user.email
    assert "Hello Ada," in text
    browser = Client()
    links = re.findall(r"http://testserver(/\S+)", text)
    link = next(found for found in links if "password" in found)
    page = browser.get(link, follow=True)
    browser.post(
        page.request["PATH_INFO"], {"password1": "Chosen-Here-8", "password2": "Chosen-Here-8"}
    )
    user.refresh_from_db()
    assert user.check_password("Chosen-Here-8")
    # The link worked once.
    assert "password1" not in Client().get(link, follow=True).content.decode()


def test_no_more_than_allowed_go_out_in_a_minute(operator: User, mail_server: MailServer) -> None:
    make_users(30)
    campaign = make_campaign(operator, per_minute=8)
    start(campaign, operator)

    sent = [send_invitations() for _ in range(6)]

    assert sent == [2, 2, 2, 2, 0, 0]
    pass_a_minute(campaign)
    assert send_invitations() == 2


def test_campaign_finishes_and_reports(operator: User, mail_server: MailServer) -> None:
    users = make_users(3)
    campaign = make_campaign(operator, per_minute=600)
    start(campaign, operator)
    send_invitations()
    users[0].set_password("Chosen-Here-8")
    users[0].save()

    campaign.refresh_from_db()
    report = get_report(campaign)
    assert campaign.state == CampaignState.FINISHED
    assert (report.sent, report.chosen, report.unmoved) == (3, 1, 2)


def test_reminder_goes_to_those_who_did_not(operator: User, mail_server: MailServer) -> None:
    users = make_users(3)
    mail_server.answers[users[2].email] = "550 no such user"
    campaign = make_campaign(operator, per_minute=600)
    start(campaign, operator)
    send_invitations()
    users[0].set_password("Chosen-Here-8")
    users[0].save()

    reminder = campaigns.remind(campaign, actor=operator)

    assert list(reminder.invitations.values_list("user_id", flat=True)) == [users[1].pk]
    assert reminder.state == CampaignState.DRAFT


def test_nobody_left_to_remind_is_told(operator: User) -> None:
    make_users(1)

    with pytest.raises(ImporterError, match="nobody to remind"):
        campaigns.remind(make_campaign(operator), actor=operator)


def test_address_refused_for_good_is_a_bounce_and_never_invited_again(
    operator: User, mail_server: MailServer
) -> None:
    user = make_users(1)[0]
    mail_server.answers[user.email] = "550 5.1.1 no such user"
    start(make_campaign(operator), operator)
    send_invitations()

    invitation = Invitation.objects.get()
    assert invitation.state == InvitationState.BOUNCED
    assert "no such user" in invitation.error
    with pytest.raises(ImporterError):
        make_campaign(operator)
    User.objects.filter(pk=user.pk).update(email="corrected@example.com")
    assert make_campaign(operator).invitations.count() == 1


def test_address_put_off_is_tried_again_later(operator: User, mail_server: MailServer) -> None:
    user = make_users(1)[0]
    mail_server.answers[user.email] = "451 come back later"
    start(make_campaign(operator), operator)
    send_invitations()
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.attempts) == (InvitationState.WAITING, 1)
    assert invitation.due_at > timezone.now()
    mail_server.answers.clear()
    assert send_invitations() == 0

    Invitation.objects.update(due_at=timezone.now())
    assert send_invitations() == 1


def test_campaign_pauses_when_no_mail_gets_out(operator: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    make_users(20)
    campaign = make_campaign(operator, per_minute=600)
    start(campaign, operator)

    send_invitations()

    campaign.refresh_from_db()
    assert campaign.state == CampaignState.PAUSED
    assert "were not sent" in campaign.automatic_pause
    assert campaign.invitations.filter(attempts__gt=0).count() == FAILURES_IN_A_ROW
    assert not campaign.invitations.filter(state=InvitationState.BOUNCED).exists()


def test_pause_takes_effect_and_going_on_sends_the_rest(
    operator: User, mail_server: MailServer
) -> None:
    make_users(6)
    campaign = make_campaign(operator, per_minute=8)
    start(campaign, operator)
    send_invitations()
    campaigns.pause(campaign, actor=operator)
    assert send_invitations() == 0

    start(campaign, operator)
    assert send_invitations() == 2


def test_who_has_a_password_by_then_gets_no_mail(operator: User, mail_server: MailServer) -> None:
    user = make_users(1)[0]
    campaign = make_campaign(operator)
    start(campaign, operator)
    user.set_password("Chosen-Here-8")
    user.save()

    assert send_invitations() == 0
    assert Invitation.objects.get().state == InvitationState.NEEDLESS


def test_two_schedulers_at_once_send_each_mail_once(
    operator: User, mail_server: MailServer
) -> None:
    make_users(2)
    campaign = make_campaign(operator, per_minute=600)
    start(campaign, operator)
    cache.add(f"invitations:{campaign.pk}", True, 60)

    assert send_invitations() == 0
    cache.clear()
    assert send_invitations() == 2
    assert len(mail_server.taken) == 2


def test_name_with_braces_is_not_filled_in_again() -> None:
    person = User(given_name="{link}", email="x@example.com")

    assert fill_in("{name} {link}", person, link="L") == "{link} L"


def test_invitation_has_its_link_as_a_button_in_the_frame_of_all_mails(
    operator: User, mail_server: MailServer
) -> None:
    make_users(1, given_name="<b>Ada</b>")
    start(make_campaign(operator, body="Hello {name},\r\n\r\ngo to {link}.\r\nBye"), operator)
    send_invitations()

    raw = mail_server.taken[0][1]
    html = read_mail(raw, "html")
    [link] = re.findall(r"https?://\S+/password/reset/key/\S+?(?=\.\s)", read_mail(raw, "plain"))
    assert f'class="button" href="{link}"' in html
    assert 'class="brand"' in html
    assert "Hello &lt;b&gt;Ada&lt;/b&gt;," in html
    assert "go to</p>" in html


def test_subject_stays_one_line(operator: User, mail_server: MailServer) -> None:
    make_users(1, given_name="Ada\nBcc: everybody@example.com")
    start(make_campaign(operator, subject="For {name}"), operator)
    send_invitations()

    message = email.message_from_string(mail_server.taken[0][1], policy=policy)
    assert message["Subject"] == "For Ada Bcc: everybody@example.com"
    assert message["Bcc"] is None


MATRIX = [
    ("list", "get", VIEW),
    ("new", "get", ADD),
    ("new", "post", ADD),
    ("campaign", "get", VIEW),
    ("start", "post", CHANGE),
    ("pause", "post", CHANGE),
    ("remind", "post", ADD),
]


def find_page(name: str, campaign: InvitationCampaign) -> str:
    return reverse(f"invitations:{name}", args=[] if name in {"list", "new"} else [campaign.pk])


def test_every_address_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == {name for name, _, _ in MATRIX}


@pytest.mark.parametrize(("name", "method", "taken"), MATRIX)
def test_page_takes_its_permission(
    staff: SignIn, operator: User, name: str, method: str, taken: str
) -> None:
    make_users(1)
    address = find_page(name, make_campaign(operator))
    others = [permission for permission in (VIEW, ADD, CHANGE) if permission != taken]

    anonymous = getattr(Client(), method)(address)
    lacking = getattr(staff(*others), method)(address)
    holding = getattr(staff(taken), method)(address)
    outsider = getattr(staff(VIEW, ADD, CHANGE, is_staff=False), method)(address)

    assert anonymous["Location"].startswith(reverse("account_login"))
    assert (lacking.status_code, outsider.status_code) == (403, 403)
    assert holding.status_code in {200, 302}


def test_campaign_is_made_started_and_seen_on_its_pages(
    admin: Client, operator: User, mail_server: MailServer
) -> None:
    make_users(2)
    InvitationTemplate.objects.create(name="Short", subject="Hi", body="Go to {link}")
    page = admin.get(reverse("invitations:new"), {"template": "Short"})
    assert "Go to {link}" in page.content.decode()
    form = {
        "name": "First",
        "source": "shop",
        "size": 10,
        "per_minute": 600,
        "subject": "Hi {name}",
        "body": "Go to {link}",
    }

    made = admin.post(reverse("invitations:new"), form)
    campaign = InvitationCampaign.objects.get()
    assert made["Location"] == find_page("campaign", campaign)
    assert "No e-mail has been sent yet" in admin.get(made["Location"]).content.decode()
    admin.post(find_page("start", campaign))
    send_invitations()
    text = admin.get(find_page("campaign", campaign)).content.decode()
    assert "Send reminders (2)" in text
    assert "First" in admin.get(reverse("invitations:list")).content.decode()


def test_source_named_after_its_provider_is_shown_by_its_label(
    admin: Client, operator: User
) -> None:
    make_users(2, source="generic")
    campaign = make_campaign(operator, source="generic", size=1)

    for name in ("new", "list", "campaign"):
        assert "Another system" in admin.get(find_page(name, campaign)).content.decode()


def test_text_without_link_is_refused(admin: Client, operator: User) -> None:
    make_users(1)
    form = {"name": "x", "size": 1, "per_minute": 1, "subject": "x", "body": "no way"}

    page = admin.post(reverse("invitations:new"), form)

    assert "needs {link}" in page.content.decode()
    assert not InvitationCampaign.objects.exists()


@pytest.mark.parametrize("change", ["text", "state"])
def test_start_of_an_old_page_sends_nothing_and_says_what_changed(
    admin: Client, operator: User, change: str
) -> None:
    make_users(1)
    campaign = make_campaign(operator)
    page = admin.get(find_page("campaign", campaign)).content.decode()
    form = read_form(page, find_page("start", campaign))
    if change == "text":
        InvitationCampaign.objects.filter(pk=campaign.pk).update(subject="Another subject")
    else:
        start(campaign, operator)
        campaigns.pause(campaign, actor=operator)

    refused = admin.post(find_page("start", campaign), form, follow=True).content.decode()

    campaign.refresh_from_db()
    assert campaign.state == ("draft" if change == "text" else "paused")
    assert f"The {change} " in refused
    assert "has changed since this page was shown. Nothing was sent." in refused
    assert send_invitations() == 0

    admin.post(find_page("start", campaign), read_form(refused, find_page("start", campaign)))
    campaign.refresh_from_db()
    assert campaign.state == "running"


@pytest.mark.parametrize("change", ["fewer", "others", "address"])
def test_start_of_an_old_page_is_refused_when_its_recipients_changed(
    admin: Client, operator: User, change: str
) -> None:
    first, second = make_users(2)
    campaign = make_campaign(operator)
    User.objects.filter(pk=second.pk).update(is_active=False)
    page = admin.get(find_page("campaign", campaign)).content.decode()
    assert "1 e-mail," in page
    if change == "fewer":
        User.objects.filter(pk=first.pk).update(password="argon2$x")
    elif change == "others":
        User.objects.filter(pk=first.pk).update(is_active=False)
        User.objects.filter(pk=second.pk).update(is_active=True)
    else:
        first.email = "elsewhere@example.com"
        first.save()
        campaign.invitations.filter(user_id=first.pk).update(email=first.email)

    form = read_form(page, find_page("start", campaign))
    refused = admin.post(find_page("start", campaign), form, follow=True).content.decode()

    campaign.refresh_from_db()
    assert campaign.state == "draft"
    said = "The recipients of the invitations have changed since this page was shown."
    assert f"{said} Nothing was sent." in refused


def test_campaign_goes_on_from_its_page_although_others_were_sent_their_mail(
    admin: Client, operator: User, mail_server: MailServer
) -> None:
    make_users(2)
    campaign = make_campaign(operator, per_minute=1)
    start(campaign, operator)
    assert send_invitations() == 1
    campaigns.pause(campaign, actor=operator)
    page = admin.get(find_page("campaign", campaign)).content.decode()
    assert "1 not sent yet" in page

    admin.post(find_page("start", campaign), read_form(page, find_page("start", campaign)))

    campaign.refresh_from_db()
    assert campaign.state == "running"
