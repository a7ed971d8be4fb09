"""Try one question on a directory, for its test console; nobody is created or changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import User
from imports.directory_client import breaker, limits
from imports.directory_client.asking import Question
from imports.directory_client.contract import Answer, DirectoryError, Exchange
from imports.directory_client.registry import make_client
from imports.models import LegacyDirectory
from imports.services.directories.directories import get_target
from imports.services.directories.migration import Foreseen, foresee
from imports.services.jobs.transitions import note_event


@dataclass(frozen=True, slots=True)
class Trial:
    """What a directory answered, and what it would lead to; `error` when it did not answer."""

    answer: Answer | None = None
    error: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    foreseen: Foreseen | None = None


def try_out(directory: LegacyDirectory, question: Question, *, actor: User) -> Trial:
    """Ask, in any mode and with the breaker open, and note on the activity log who did.

    The limits hold here, too: this is no way to guess passwords. Raises TooManyAttempts and
    BudgetSpent.
    """
    reservation = limits.reserve(
        directory.pk, question.identifier, question.address, per_minute=directory.per_minute
    )
    detail = {"look_up": question.password is None}
    note_event(directory.job, "try directory", actor=actor, detail=detail)
    client = make_client(get_target(directory).connection)
    try:
        if question.password is None:
            answer = client.look_up(question.identifier)
        else:
            answer = client.verify(question.identifier, question.password)
    except DirectoryError as error:
        return Trial(error=str(error), exchanges=client.exchanges)
    breaker.note_answer(directory.pk)
    if answer.is_proven:
        reservation.release()
    foreseen = foresee(directory, answer.profile) if answer.profile else None
    return Trial(answer, exchanges=client.exchanges, foreseen=foreseen)
