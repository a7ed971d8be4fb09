"""Send the invitations of running campaigns, within their rate limit, by Django's mail backend."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from math import ceil
from urllib.parse import urljoin, urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.emails import CHOOSE_PASSWORD, frame_text
from accounts.models import User
from imports.models import CampaignState, Invitation, InvitationCampaign, InvitationState
from imports.services.invitations.campaigns import take_action

logger = logging.getLogger(__name__)

# The scheduler calls as often; a call sends its share of what a minute may take.
TICK_SECONDS = 15
TURN_SECONDS = 60
# Temporary failures of one mail, and of how many mails in a row, before it or the campaign stops.
ATTEMPTS = 5
FAILURES_IN_A_ROW = 5
ERROR_LENGTH = 300


def send_invitations() -> int:
    """Send what is due of every running campaign, and return how many mails were sent."""
    return sum(
        _send_share(campaign)
        for campaign in InvitationCampaign.objects.filter(state=CampaignState.RUNNING)
    )


def _send_share(campaign: InvitationCampaign) -> int:
    """Send one call's share of a campaign, unless somebody does; pause it when no mail gets out."""
    turn = f"invitations:{campaign.pk}"
    if not cache.add(turn, True, TURN_SECONDS):
        return 0
    sent = failures = 0
    try:
        for _ in range(_find_room(campaign)):
            status = _send_next(campaign)
            if status is None:
                break
            sent += status == InvitationState.SENT
            failures = failures + 1 if status == InvitationState.WAITING else 0
            if failures >= FAILURES_IN_A_ROW:
                _pause_automatically(campaign)
                break
        else:
            return sent
        _finish_if_done(campaign)
        return sent
    finally:
        cache.delete(turn)


def _find_room(campaign: InvitationCampaign) -> int:
    """Return how many mails may go out now: never more in a minute than the campaign says."""
    minute_ago = timezone.now() - timedelta(minutes=1)
    recent = campaign.invitations.filter(sent_at__gte=minute_ago).count()
    share = ceil(campaign.per_minute * TICK_SECONDS / 60)
    return max(0, min(share, campaign.per_minute - recent))


@transaction.atomic
def _send_next(campaign: InvitationCampaign) -> str | None:
    """Send the next mail that is due, and return its new state; None when none is due.

    The row is locked meanwhile, so that nobody gets two. A pause takes effect at the next mail.
    """
    waiting = Invitation.objects.filter(
        campaign=campaign,
        campaign__state=CampaignState.RUNNING,
        state=InvitationState.WAITING,
        due_at__lte=timezone.now(),
    )
    locked = waiting.select_for_update(skip_locked=True, of=("self",))
    invitation = locked.order_by("due_at", "id").first()
    if invitation is None:
        return None
    user = User.objects.filter(pk=invitation.user_id, email=invitation.email).first()
    if user is None or not user.is_active or user.has_usable_password():
        invitation.state = InvitationState.NEEDLESS
    else:
        _deliver(invitation, campaign, user)
    invitation.save()
    return invitation.state


def _deliver(invitation: Invitation, campaign: InvitationCampaign, user: User) -> None:
    """Send the mail and note what the server says: accepted, bounced, or try again later."""
    invitation.attempts += 1
    try:
        build_mail(campaign.subject, campaign.body, user).send()
    except (smtplib.SMTPException, OSError) as error:
        code, invitation.error = _explain(error)
        if 500 <= code < 600 or invitation.attempts >= ATTEMPTS:
            invitation.state = InvitationState.BOUNCED
        else:
            invitation.due_at = timezone.now() + timedelta(minutes=2**invitation.attempts)
    else:
        invitation.state, invitation.error = InvitationState.SENT, ""
        invitation.sent_at = timezone.now()


def _explain(error: Exception) -> tuple[int, str]:
    """Return the server's status, 0 without one, and its words."""
    code: int
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return 0, type(error).__name__
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    # 5xx to the sender or the sign-in is our own trouble, not the address's.
    is_ours = isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused)
    return 0 if is_ours else code, f"{code} {words}"[:ERROR_LENGTH]


def _pause_automatically(campaign: InvitationCampaign) -> None:
    latest = campaign.invitations.exclude(error="").order_by("-due_at").first()
    reason = latest.error if latest else "no response"
    logger.warning("Campaign %s is paused: no mail gets out", campaign.pk)
    take_action(
        campaign,
        "pause",
        automatic_pause=f"{FAILURES_IN_A_ROW} e-mails in a row were not sent ({reason}). Check the"
        " mail server, then resume. Recipients who got no e-mail are tried again.",
    )


def _finish_if_done(campaign: InvitationCampaign) -> None:
    campaign.refresh_from_db()
    is_done = not campaign.invitations.filter(state=InvitationState.WAITING).exists()
    if is_done and campaign.state == CampaignState.RUNNING:
        take_action(campaign, "finish", finished_at=timezone.now())


def build_mail(subject: str, body: str, user: User) -> EmailMultiAlternatives:
    """Return the mail to one user, with a link that works once and while they have no password."""
    link = _make_link(user)
    title = " ".join(fill_in(subject, user, link="").split())
    text = fill_in(body, user, link=link)
    mail = EmailMultiAlternatives(title, text, to=[str(user.email)])
    site = urlsplit(settings.PUBLIC_URL).netloc
    html = frame_text(title, text, site=site, link=link, action=CHOOSE_PASSWORD)
    mail.attach_alternative(html, "text/html")
    return mail


def fill_in(text: str, user: User, *, link: str) -> str:
    """Return a text with its placeholders replaced; a name with braces changes nothing else."""
    values = {"{link}": link, "{site}": settings.PUBLIC_URL, "{name}": user.get_short_name()}
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text


def _make_link(user: User) -> str:
    key = default_token_generator.make_token(user)
    arguments = {"uidb36": user_pk_to_url_str(user), "key": key}
    return urljoin(
        settings.PUBLIC_URL, reverse("account_reset_password_from_key", kwargs=arguments)
    )
