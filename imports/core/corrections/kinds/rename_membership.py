"""Use another group or role instead of one that does not exist or may not be granted."""

from __future__ import annotations

from imports.core.corrections.contract import Asks, CorrectionKind
from imports.core.corrections.memberships import names_membership, propose_for, rename, say

KIND = CorrectionKind(
    name="rename_membership",
    order=21,
    asks=Asks.MEMBERSHIP,
    heading="Replacement for “{key}”",
    label="Use instead",
    button="Replace and retry",
    applies=names_membership,
    propose=propose_for("rename_membership"),
    describe=lambda change: f"{say(change)} becomes “{change.value}”",
    change_mapping=rename,
)
