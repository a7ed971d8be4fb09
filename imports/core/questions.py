"""What a file does not say about its source system, and its operator has to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


def need_always(values: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the source system; asked on the mapping page where a record needs it.

    The answer to a secret question is kept encrypted and in no template. `needs` gets the
    normalised values of a record and says whether it needs the answer. Without it, such a record
    cannot have the value of `target`, if that is set and there is no `default`: it waits for a
    decision.
    """

    name: str
    label: str
    help_text: str
    is_secret: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    target: str = ""
    needs: Callable[[Mapping[str, Any]], bool] = need_always

    @property
    def is_required(self) -> bool:
        """Return whether a record that needs the answer cannot be imported as it is without."""
        return bool(self.target)


def list_open(questions: Iterable[Question], answers: Mapping[str, Any]) -> tuple[Question, ...]:
    """Return the questions for want of whose answers records wait."""
    return tuple(
        each
        for each in questions
        if each.is_required and not each.default and not answers.get(each.name)
    )
