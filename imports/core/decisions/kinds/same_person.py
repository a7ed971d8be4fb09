"""Two records of one file with one e-mail address, such as a native account and a social one.

Which records share an address only the whole file tells. So nothing is found here: the planner
asks, and carries the answer out, where the search for duplicates has brought two together.
"""

from __future__ import annotations

from imports.core.decisions.contract import Choice, Concern, DecisionKind, Find, Record, Setting

JOIN, APART = "join", "apart"


def prepare(setting: Setting) -> Find | None:
    """Return nothing: no record by itself is concerned."""
    return None


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Leave the record as it is: the two are joined when they are planned."""


KIND = DecisionKind(
    code="same_person",
    title="Two records have the same e-mail address",
    message="An earlier row in the file has the same e-mail address: {value}.",
    advice="Joined, the first row keeps its subject id and gets the sign-ins, attributes, groups"
    " and roles of the other; if one of the two is disabled, the user is. Where an address is not"
    " marked as verified, join only if nobody but the identity provider could set it: otherwise"
    " somebody who entered another person's address gets into their account.",
    afterwards="Undo the import, make the decision, and run it again. Or change one of the two "
    "users "
    "manually.",
    text="Records with the e-mail address of an earlier row: {values}. If you join them, each pair "
    "becomes one user. If you keep them apart, they fail.",
    choices=(
        Choice(JOIN, "Join with the earlier row"),
        Choice(APART, "Keep apart and fail the record"),
    ),
    prepare=prepare,
    apply=apply,
    order=90,
    compares_rows=True,
)
