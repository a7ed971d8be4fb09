"""Use another group or role instead of one that does not exist or may not be granted."""

from __future__ import annotations

from imports.core.corrections.contract import Asks, CorrectionKind
from imports.core.corrections.memberships import make_for, names_membership, rename, say

KIND = CorrectionKind(
    name="rename_membership",
    order=21,
    asks=Asks.MEMBERSHIP,
    heading="Replacement for “{key}”",
    label="Use instead",
    button="Replace",
    applies=names_membership,
    make=make_for("rename_membership"),
    describe=lambda change: f"{say(change)} becomes “{change.value}”",
    change_mapping=rename,
    is_for_all=True,
)
