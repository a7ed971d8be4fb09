"""A record whose id is from another attribute than the ids of the file's first records.

An export of a later day may have the attribute for everybody. The same person would have another
id then, and become a second user.
"""

from __future__ import annotations

from collections.abc import Iterator

from imports.core.decisions.contract import (
    Choice,
    Concern,
    DecisionKind,
    Find,
    Record,
    Setting,
    Source,
)

SUBJECT_ID = "subject_id"
# The column in which a provider says which attribute an id is from.
ID_COLUMN = "(id attribute)"
TAKE = "take"


def prepare(setting: Setting) -> Find | None:
    """Return what finds ids of another kind than the first one of the inspected head."""
    sample = setting.samples.get(ID_COLUMN)
    column = setting.origins.get(SUBJECT_ID, "")
    if sample is None or not sample.samples or column != "(subject id)":
        return None
    usual = sample.samples[0]

    def find(source: Source, record: Record) -> Iterator[Concern]:
        kind = source.get(ID_COLUMN)
        if isinstance(kind, str) and kind and kind != usual:
            yield Concern(column, kind, SUBJECT_ID, (TAKE,), TAKE)

    return find


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Leave the record as it is: it has its id."""


KIND = DecisionKind(
    code="id_of_another_kind",
    title="The id is from a different attribute than the other ids",
    message="The subject id is from “{value}”, unlike those of the first records in the file.",
    advice="Export the file again with an id attribute that every user has. Otherwise, a later "
    "export may give these users a different id and create duplicates. If you will not import "
    "another export, use these ids.",
    afterwards="If you will not import another export of this directory, use these ids and retry. "
    "Otherwise, export again with an id attribute that every user has.",
    text="Users without the id attribute of the first records: {count}. Their id is from another "
    "attribute and may change in a later export.",
    choices=(Choice(TAKE, "Use these ids"),),
    prepare=prepare,
    apply=apply,
    order=30,
)
