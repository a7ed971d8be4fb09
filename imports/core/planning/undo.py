"""Decide how one record of a job is undone.

The preview and the undo go by the same facts and the same decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.authority import CHANGE_USER, Act, Authority, Obstacle, Person, Refusal, find_refusal


class UndoStatus(StrEnum):
    """The result for a record: its user removed or restored, left as it is, or gone before.

    Or of a user whom the job disabled: they are enabled again, left, or gone.
    """

    REMOVED = "removed"
    RESTORED = "restored"
    ENABLED = "enabled"
    LEFT = "left"
    GONE = "gone"


class Reason(StrEnum):
    """Why a record is left; the first that holds is given."""

    PROTECTED = "protected"
    MORE_POWERFUL = "more_powerful"
    MAY_NOT_DELETE = "may_not_delete"
    MAY_NOT_CHANGE = "may_not_change"
    CREDENTIALS_IN_USE = "credentials_in_use"
    TOUCHED_LATER = "touched_later"
    SIGNED_IN = "signed_in"
    CHANGED = "changed"
    VALUE_TAKEN = "value_taken"
    NO_IMAGE = "no_image"


@dataclass(frozen=True, slots=True)
class UndoFacts:
    """What happened to the user of a record since it was written.

    `later_job` is a later job that changed the user too and was not undone itself.
    `uses_credentials` says that the user has signed in here or chose a password here, ever,
    `restores_credentials` that the record changed some of what they sign in with, and `permissions`
    what the user may do, as names with blanks between. `was_disabled` says that there is no record:
    the job disabled the user, who was missing from its file.
    """

    was_created: bool
    exists: bool = True
    is_protected: bool = False
    has_image: bool = True
    signed_in: bool = False
    changed: bool = False
    later_job: int | None = None
    uses_credentials: bool = False
    restores_credentials: bool = False
    permissions: str = ""
    was_disabled: bool = False

    @property
    def person(self) -> Person:
        """Return what the rule of who may change a person goes by."""
        held = frozenset(self.permissions.split())
        return Person(self.is_protected, held, self.uses_credentials)

    @property
    def act(self) -> Act:
        """Return what undoing the record does to the user."""
        if self.was_created:
            return Act.DELETE
        return Act.OVERWRITE_CREDENTIALS if self.restores_credentials else Act.CHANGE


@dataclass(frozen=True, slots=True)
class UndoOptions:
    """Whom to undo nevertheless: who signed in since, was changed, or was touched by later jobs."""

    signed_in: bool = False
    changed: bool = False
    touched_later: bool = False


# Why those who undo may not, by what they lack.
FORBIDDEN: Mapping[Act, Reason] = {
    Act.DELETE: Reason.MAY_NOT_DELETE,
    Act.CHANGE: Reason.MAY_NOT_CHANGE,
    Act.OVERWRITE_CREDENTIALS: Reason.CREDENTIALS_IN_USE,
}


def decide(
    facts: UndoFacts, options: UndoOptions, authority: Authority
) -> tuple[UndoStatus, Reason | None]:
    """Return what to do with a record, and why it is left if it is."""
    if not facts.exists:
        return UndoStatus.GONE, None
    reason = _find_reason(facts, options, authority)
    if reason is not None:
        return UndoStatus.LEFT, reason
    if facts.was_disabled:
        return UndoStatus.ENABLED, None
    return (UndoStatus.REMOVED if facts.was_created else UndoStatus.RESTORED), None


def _find_reason(facts: UndoFacts, options: UndoOptions, authority: Authority) -> Reason | None:
    if facts.is_protected:
        return Reason.PROTECTED
    if refusal := find_refusal(authority, facts.act, facts.person):
        return _name_refusal(facts.act, refusal)
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


def _name_refusal(act: Act, refusal: Refusal) -> Reason:
    if refusal.obstacle is Obstacle.MORE_POWERFUL:
        return Reason.MORE_POWERFUL
    return Reason.MAY_NOT_CHANGE if CHANGE_USER in refusal.missing else FORBIDDEN[act]
