"""Import records without a group or role that does not exist or may not be granted."""

from __future__ import annotations

from imports.core.corrections.contract import CorrectionKind
from imports.core.corrections.memberships import make_for, names_membership, rename, say

KIND = CorrectionKind(
    name="drop_membership",
    order=22,
    button="Drop “{key}”",
    applies=names_membership,
    make=make_for("drop_membership"),
    describe=lambda change: f"{say(change)} is dropped",
    change_mapping=rename,
    is_lossy=True,
    is_for_all=True,
)
