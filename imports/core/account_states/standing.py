"""Add up what several sources say of one account: any no disables it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imports.core.account_states.reading import Reading, State


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value of a column that can mean that the account is disabled, or says nothing of it."""

    column: str
    value: str
    likely: State


@dataclass(slots=True)
class Standing:
    """Whether an account is active; None where nothing says so.

    `reasons` are column and value of all that disable it, `doubts` what somebody has to decide
    before it is known.
    """

    active: bool | None = None
    reasons: tuple[tuple[str, str], ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def decide(self, column: str, value: str, state: State) -> None:
        """Take over what was decided about a value; a no is not overruled."""
        if state is State.DISABLED:
            self.active = False
            self.reasons = (*self.reasons, (column, value))
        elif state is State.ACTIVE and self.active is None:
            self.active = True


def add_up(readings: Iterable[tuple[str, Reading]]) -> Standing:
    """Combine the readings of all columns; one that says no leaves no doubts."""
    standing = Standing()
    doubts: list[Doubt] = []
    for column, reading in readings:
        if reading.state is State.UNCLEAR:
            doubts.append(Doubt(column, reading.label, reading.likely))
        else:
            standing.decide(column, reading.label, reading.state)
    if doubts and standing.active is not False:
        standing.doubts = tuple(dict.fromkeys(doubts))
    return standing
