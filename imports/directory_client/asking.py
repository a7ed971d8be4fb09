"""Ask one directory one question, within the limits and past the breaker."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from imports.directory_client import breaker, limits
from imports.directory_client.contract import (
    Answer,
    Connection,
    DirectoryError,
    Exchange,
    FindObjection,
    Verdict,
)
from imports.directory_client.registry import make_client

# Of these the person is in the right, so they count against neither account nor address.
HARMLESS = frozenset({Verdict.MIGRATE, Verdict.REQUIRE_NEW_PASSWORD, Verdict.BLOCKED})


class NoAnswer(Exception):
    """The directory was not asked, or did not answer; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Target:
    """A directory as it is asked; `per_minute` is how often at most."""

    id: int
    connection: Connection
    per_minute: int


@dataclass(frozen=True, slots=True)
class Question:
    """Who wants to sign in, from which network address; without a password it is a look-up.

    `objection` says of an entry that is found why this password must not be tried for it.
    """

    identifier: str
    password: str | None = field(default=None, repr=False)
    address: str = ""
    objection: FindObjection = field(default=lambda profile: "", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a question; `was_asked` is false when the answer was still known."""

    answer: Answer
    milliseconds: int = 0
    was_asked: bool = True
    exchanges: list[Exchange] = field(default_factory=list)


def ask(target: Target, question: Question) -> Reply:
    """Return the directory's answer. Raises TooManyAttempts, or NoAnswer with the reason."""
    if limits.is_known_unknown(target.id, question.identifier):
        return Reply(Answer(Verdict.UNKNOWN_USER), was_asked=False)
    try:
        reservation = limits.reserve(
            target.id, question.identifier, question.address, per_minute=target.per_minute
        )
    except limits.BudgetSpent:
        breaker.note_trouble(target.id, "The budget of questions in a minute is spent.")
        raise NoAnswer("Not asked: the budget of questions in a minute is spent.") from None
    if not breaker.may_ask(target.id):
        reservation.release()
        raise NoAnswer("Not asked: the circuit breaker is open after several failures.")
    try:
        reply = ask_client(target.connection, question)
    except DirectoryError as error:
        breaker.note_failure(target.id, str(error))
        reservation.release()
        raise NoAnswer(str(error)) from None
    breaker.note_answer(target.id)
    if reply.answer.verdict in HARMLESS:
        reservation.release()
    if reply.answer.verdict is Verdict.UNKNOWN_USER:
        limits.note_unknown(target.id, question.identifier)
    return reply


def ask_client(connection: Connection, question: Question) -> Reply:
    """Ask without limits or breaker; raises DirectoryError."""
    client = make_client(connection)
    started = time.monotonic()
    if question.password is None:
        answer = client.look_up(question.identifier)
    else:
        answer = client.verify_person(question.identifier, question.password, question.objection)
    milliseconds = round((time.monotonic() - started) * 1000)
    return Reply(answer, milliseconds, exchanges=client.exchanges)


def mark_migrated(connection: Connection, subject_id: str) -> None:
    """Tell the directory that a user has moved; raises DirectoryError."""
    make_client(connection).mark_migrated(subject_id)
