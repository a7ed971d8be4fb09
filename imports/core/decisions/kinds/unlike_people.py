"""Two records of one file with one subject id that have nothing else in common.

The column may not be an id at all, or a spreadsheet may have cut the ids short; or it is one person
whose address has changed. Like `same_person`, only the whole file tells, so nothing is found here.
"""

from __future__ import annotations

from imports.core.decisions.contract import Choice, Concern, DecisionKind, Find, Record, Setting

SKIP, FAIL = "skip", "fail"


def prepare(setting: Setting) -> Find | None:
    """Return nothing: no record by itself is concerned."""
    return None


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Leave the record as it is: whether it is skipped says its plan."""


KIND = DecisionKind(
    code="unlike_people",
    title="Two records have one subject id, but look like different people",
    message="Row {row} comes first and has the same subject id, but {value}.",
    advice="If they are different people, the column that is mapped to the subject id is not unique"
    " to a person, or its values were damaged: map another one, or export the file again. Records"
    " that fail can be edited and retried with a subject id of their own. If they are one person"
    " whose data has changed, skip the later rows: the first row is imported.",
    afterwards="If they are different people, edit the record, give it a subject id of its own, and"
    " retry it. If they are one person, skip these records.",
    text="Records with the subject id of an earlier row that look like another person: {values}.",
    choices=(
        Choice(FAIL, "Different people: let these records fail"),
        Choice(SKIP, "The same person: skip these records"),
    ),
    prepare=prepare,
    apply=apply,
    order=95,
    compares_rows=True,
)
