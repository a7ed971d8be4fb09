"""Makes waves of invitations for users without a password, and starts, pauses and repeats them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from imports.core.errors import ImporterError
from imports.models import Invitation, InvitationState, InvitationWave, WaveState
from imports.services.invitations.recipients import WITHOUT_PASSWORD
from imports.services.jobs.shown import lock_wave_as_shown

PORTION = 5000
# For each action: the states it may be taken in, and the state it leads to.
TRANSITIONS = {
    "start": (frozenset({WaveState.DRAFT, WaveState.PAUSED}), WaveState.RUNNING),
    "pause": (frozenset({WaveState.RUNNING}), WaveState.PAUSED),
    "finish": (frozenset({WaveState.RUNNING}), WaveState.FINISHED),
}


def list_invitable(source: str) -> QuerySet[User]:
    """Return the users of a source, or of all, who have no password and were not invited yet.

    Neither administrators nor whose address has refused a mail for good.
    """
    users = User.objects.filter(WITHOUT_PASSWORD, is_active=True, email__isnull=False)
    users = users.filter(source=source) if source else users.exclude(source="")
    # Somebody whose address was mended may be invited once more.
    invited = Invitation.objects.filter(user_id=OuterRef("pk"), email=OuterRef("email"))
    refused = Invitation.objects.filter(email=OuterRef("email"), state=InvitationState.BOUNCED)
    users = users.filter(is_staff=False, is_superuser=False)
    return users.exclude(Exists(invited)).exclude(Exists(refused)).order_by("pk")


def list_unmoved(wave: InvitationWave) -> QuerySet[User]:
    """Return whom the wave reached and who have still no password."""
    reached = Invitation.objects.filter(
        wave=wave, state=InvitationState.SENT, user_id=OuterRef("pk"), email=OuterRef("email")
    )
    users = User.objects.filter(WITHOUT_PASSWORD, is_active=True)
    return users.filter(Exists(reached)).order_by("pk")


@transaction.atomic
def create_wave(wave: InvitationWave, *, actor: User) -> InvitationWave:
    """Store a wave as a draft, with its people. Raises ImporterError when there is nobody."""
    wave.created_by = actor
    wave.save()
    users = list_invitable(wave.source)
    if _fill(wave, users[: wave.size]) == 0:
        raise ImporterError(
            "There is nobody to invite: everybody here has a password, no e-mail address, or was"
            " invited before. Remind those of an earlier wave instead."
        )
    return wave


@transaction.atomic
def remind(wave: InvitationWave, *, actor: User) -> InvitationWave:
    """Return a new draft for those of a wave who have still no password.

    Raises ImporterError when there is nobody left to remind.
    """
    reminder = InvitationWave(
        name=f"{wave.name}, reminder"[:100],
        source=wave.source,
        subject=wave.subject,
        body=wave.body,
        size=wave.size,
        per_minute=wave.per_minute,
        reminder_of=wave,
        created_by=actor,
    )
    reminder.save()
    if _fill(reminder, list_unmoved(wave)) == 0:
        raise ImporterError("There is nobody to remind: all have a password, or got no mail.")
    return reminder


def _fill(wave: InvitationWave, users: QuerySet[User]) -> int:
    now = timezone.now()
    invitations = [
        Invitation(wave=wave, user_id=pk, email=str(email), due_at=now)
        for pk, email in users.values_list("pk", "email")
    ]
    return len(Invitation.objects.bulk_create(invitations, batch_size=PORTION))


def take_action(wave: InvitationWave, action: str, **changes: Any) -> None:
    """Start, pause or finish a wave; raise ImporterError when it is in no state for that."""
    sources, target = TRANSITIONS[action]
    waves = InvitationWave.objects.filter(pk=wave.pk, state__in=sources)
    if waves.update(state=target, **changes) != 1:
        wave.refresh_from_db()
        raise ImporterError(f"The wave is {wave.get_state_display()}: it cannot {action} now.")
    wave.refresh_from_db()


@transaction.atomic
def start(wave: InvitationWave, *, actor: User, shown: str | None = None) -> None:
    """Begin to send, or go on; the scheduler sends at the wave's pace.

    Raises ChangedMeanwhile when the wave is not as it was `shown`.
    """
    lock_wave_as_shown(wave, shown, actor=actor)
    take_action(wave, "start", halted="", started_at=wave.started_at or timezone.now())


def pause(wave: InvitationWave, *, actor: User) -> None:
    """Stop after the mail that is being sent."""
    take_action(wave, "pause")
