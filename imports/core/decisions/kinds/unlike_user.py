"""A record whose subject id is that of a user from another source, with nothing else in common.

Systems that number their users have the same numbers for different people. No record by itself
shows it: the record is compared with the user who has its id.
"""

from __future__ import annotations

from imports.core.decisions.contract import Choice, Concern, DecisionKind, Find, Record, Setting

SAME, FAIL = "same", "fail"


def prepare(setting: Setting) -> Find | None:
    """Return nothing: no record by itself is concerned."""
    return None


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Leave the record as it is: whether it means the user says its plan."""


KIND = DecisionKind(
    code="unlike_user",
    title="A user from another source has the subject id, but looks like a different person",
    message="The user with this subject id came from another source, and {value}.",
    advice="Systems that number their users use the same ids for different people. If they are"
    " different people, exclude the column that is mapped to the subject id, and give the file a"
    " source name of its own: each user then gets an id made from that name and another unique"
    " value. If they are the same people, match the records with these users.",
    afterwards="If they are different people, edit the record, give it a subject id of its own, and"
    " retry it. If they are one person, match the records with these users.",
    text="Records with the subject id of a user who came from another source and looks like a"
    " different person: {values}.",
    choices=(
        Choice(FAIL, "Different people: let these records fail"),
        Choice(SAME, "The same people: match them with these users"),
    ),
    prepare=prepare,
    apply=apply,
    order=96,
    compares_rows=True,
)
