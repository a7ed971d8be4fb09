"""Create the group or role that records name and that does not exist."""

from __future__ import annotations

from imports.core.corrections.contract import CorrectionKind
from imports.core.corrections.memberships import make_for, names_membership, say
from imports.core.problems.of_permissions import MISSING_MEMBERSHIPS

KIND = CorrectionKind(
    name="create_membership",
    order=20,
    button="Create “{key}”",
    warning="It has no permissions until you give it some in the admin. It stays if you undo the"
    " import.",
    applies=lambda problem: names_membership(problem) and problem.kind in MISSING_MEMBERSHIPS,
    make=make_for("create_membership"),
    describe=lambda change: f"{say(change)} is created",
    creates_membership=True,
    is_for_all=True,
)
