"""Create the group or role that records name and that does not exist."""

from __future__ import annotations

from imports.core.corrections.contract import CorrectionKind
from imports.core.corrections.memberships import names_membership, propose_for, say
from imports.core.problems.of_permissions import MISSING_MEMBERSHIPS

KIND = CorrectionKind(
    name="create_membership",
    order=20,
    button="Create “{key}”",
    warning="It has no permissions until you give it some in the admin. It stays if you undo the"
    " import.",
    applies=lambda problem: names_membership(problem) and problem.kind in MISSING_MEMBERSHIPS,
    propose=propose_for("create_membership"),
    describe=lambda change: f"{say(change)} is created",
    creates_membership=True,
)
