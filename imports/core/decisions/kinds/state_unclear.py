"""A value that can mean that an account is disabled, or that says nothing of it."""

from __future__ import annotations

from collections.abc import Iterator

from imports.core.account_states import Standing, State
from imports.core.decisions.contract import (
    Choice,
    Concern,
    DecisionKind,
    Find,
    Record,
    Setting,
    Source,
)

FIELD = "profile.active"
ACTIVE, DISABLED, IGNORE = "active", "disabled", "ignore"
CHOICES = (ACTIVE, DISABLED, IGNORE)
CHOSEN = {ACTIVE: State.ACTIVE, DISABLED: State.DISABLED, IGNORE: State.SILENT}


def prepare(setting: Setting) -> Find:
    """Return what finds the doubts of a record; the mapper puts its standing into the record."""
    return find


def find(source: Source, record: Record) -> Iterator[Concern]:
    """Yield every value of a record that says no, or could."""
    standing = _get_standing(record)
    for doubt in standing.doubts if standing else ():
        proposal = doubt.likely.value if doubt.likely.value in CHOICES else ""
        yield Concern(doubt.column, doubt.value, FIELD, CHOICES, proposal)


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Make the account active or disabled, or go by its other columns; any no disables it."""
    standing = _get_standing(record)
    if standing is not None:
        standing.decide(concern.column, concern.value, CHOSEN[choice])


def _get_standing(record: Record) -> Standing | None:
    profile = record.get("profile")
    active = profile.get("active") if isinstance(profile, dict) else None
    return active if isinstance(active, Standing) else None


KIND = DecisionKind(
    code="state_unclear",
    title="It is unclear who can sign in",
    message="“{value}” can mean that the account is disabled.",
    advice="For each value, decide whether its users are imported as active or disabled. Ignore a "
    "value that does not affect sign-in. Then the other columns determine the state, and a "
    "new user is active by default.",
    afterwards="Decide for each value whether its users become active or disabled, and retry. Or "
    "correct "
    "individual records.",
    text="“{column}” may control who can sign in, and the meaning of some values is unknown. If "
    "any column disables a user, the user is imported as disabled.",
    choices=(
        Choice(ACTIVE, "Import as active"),
        Choice(DISABLED, "Import as disabled"),
        Choice(IGNORE, "Ignore the value"),
    ),
    prepare=prepare,
    apply=apply,
    order=20,
)
