"""List how each system is answered, for the documentation and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.sign_in.judging import Verdict
from interfaces.hooks.contract import TOLD, Asked, Operation, Person, Reply

ADA = Person(
    subject_id="u-1",
    email="ada@example.com",
    email_verified=True,
    username="ada",
    given_name="Ada",
    family_name="Lovelace",
    name="Ada Lovelace",
)


def read_example(operation: Operation) -> Asked:
    """Return what the example of an operation asks."""
    return operation.read(operation.example, lambda _: operation.decrypted)


def list_answers(operation: Operation) -> Mapping[Verdict, Reply]:
    """Return the reply to the example for each verdict that the operation knows."""
    asked = read_example(operation)
    verdicts = list(Verdict) if asked.password is not None else [Verdict.RIGHT, Verdict.UNKNOWN]
    return {
        verdict: operation.answer(verdict, asked, ADA if verdict in TOLD else None)
        for verdict in verdicts
    }
