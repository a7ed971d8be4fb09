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
    title="The id is of another kind than the others of the file",
    message="The subject id is from “{value}”, and those of the file's first records are not.",
    advice="Export the file again with an id attribute that everybody has: a later export may give"
    " these people another id, and each would become a second user. If no further export will be"
    " imported, use the ids as they are.",
    afterwards="If no further export of this directory will be imported, use the ids as they are,"
    " and retry. Otherwise export again with an id attribute that everybody has.",
    text="People without an id of the kind that the first ones of the file have: {count}. Their id"
    " is from another attribute, and may be a different one in a later export.",
    choices=(Choice(TAKE, "Use these ids"),),
    prepare=prepare,
    apply=apply,
    order=30,
)
