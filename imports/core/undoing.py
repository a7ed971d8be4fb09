"""Decides what becomes of one record of a job that is undone.

The preview and the undo go by the same facts and the same decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class UndoOutcome(StrEnum):
    """What became of a record: its user removed or restored, left as it is, or gone before."""

    REMOVED = "removed"
    RESTORED = "restored"
    LEFT = "left"
    GONE = "gone"


class Reason(StrEnum):
    """Why a record is left; the first that holds is given."""

    PROTECTED = "protected"
    TOUCHED_LATER = "touched_later"
    SIGNED_IN = "signed_in"
    CHANGED = "changed"
    VALUE_TAKEN = "value_taken"
    NO_IMAGE = "no_image"


@dataclass(frozen=True, slots=True)
class UndoFacts:
    """What happened to the user of a record since it was written.

    `later_job` is a later job that changed the user too and was not undone itself.
    """

    was_created: bool
    exists: bool = True
    is_protected: bool = False
    has_image: bool = True
    signed_in: bool = False
    changed: bool = False
    later_job: int | None = None


@dataclass(frozen=True, slots=True)
class UndoOptions:
    """Whom to undo nevertheless: who signed in since, was changed, or was touched by later jobs."""

    signed_in: bool = False
    changed: bool = False
    touched_later: bool = False


def decide(facts: UndoFacts, options: UndoOptions) -> tuple[UndoOutcome, Reason | None]:
    """Return what to do with a record, and why it is left if it is."""
    if not facts.exists:
        return UndoOutcome.GONE, None
    reason = _find_reason(facts, options)
    if reason is not None:
        return UndoOutcome.LEFT, reason
    return (UndoOutcome.REMOVED if facts.was_created else UndoOutcome.RESTORED), None


def _find_reason(facts: UndoFacts, options: UndoOptions) -> Reason | None:
    if facts.is_protected:
        return Reason.PROTECTED
    if not facts.was_created and not facts.has_image:
        return Reason.NO_IMAGE
    if facts.later_job is not None and not options.touched_later:
        return Reason.TOUCHED_LATER
    if facts.signed_in and not options.signed_in:
        return Reason.SIGNED_IN
    # A later job changes the user as well: who undoes in spite of it means that change too.
    if facts.changed and facts.later_job is None and not options.changed:
        return Reason.CHANGED
    return None
