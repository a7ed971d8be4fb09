"""Tell who would get a mail of an invitation campaign that starts now."""

from __future__ import annotations

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    Exists,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat

from accounts.models import User
from imports.models import Invitation, InvitationCampaign, InvitationState

WITHOUT_PASSWORD = Q(password="") | Q(password__startswith="!")  # noqa: S106


def list_recipients(campaign: InvitationCampaign) -> QuerySet[Invitation]:
    """Return the invitations that were not sent yet and whose user still needs one."""
    users = User.objects.filter(
        WITHOUT_PASSWORD, is_active=True, pk=OuterRef("user_id"), email=OuterRef("email")
    )
    waiting = campaign.invitations.filter(state=InvitationState.WAITING)
    return waiting.filter(Exists(users))


def summarise_recipients(campaign: InvitationCampaign) -> tuple[int, int | None]:
    """Return how many recipients there are, and a number that only the same people give.

    The number does not depend on the order of the rows, so the database does not sort them.
    """
    who = Concat(Cast("user_id", TextField()), Value(" "), "email", output_field=TextField())
    number = Func(who, Value(0), function="hashtextextended", output_field=BigIntegerField())
    folded = Aggregate(number, function="bit_xor", output_field=BigIntegerField())
    found = list_recipients(campaign).aggregate(count=Count("pk"), folded=folded)
    return found["count"], found["folded"]
