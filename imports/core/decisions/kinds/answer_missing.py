"""A value that cannot be read without the answer to one of the source system's questions.

Whoever answers the question leaves nothing to decide: the decision is open as long as nobody has.
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

NONE = "none"
# Parts of the record that are nothing without one of their fields.
WHOLE_PARTS = ("authenticators.password",)


def prepare(setting: Setting) -> Find | None:
    """Return what finds values that need an answer nobody gave; None where nothing goes to them."""
    asked = [each for each in setting.open_questions if each.target in setting.origins]
    if not asked:
        return None

    def find(source: Source, record: Record) -> Iterator[Concern]:
        for question in asked:
            if question.needs(source):
                column = setting.origins[question.target]
                value = f"{question.label} ({question.name})"
                yield Concern(column, value, question.target, (NONE,))

    return find


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Take out the value that cannot be read."""
    path = next((each for each in WHOLE_PARTS if concern.field.startswith(each)), concern.field)
    *parents, leaf = path.split(".")
    node: Record = record
    for step in parents:
        node = node.get(step, {})
    node.pop(leaf, None)


KIND = DecisionKind(
    code="answer_missing",
    title="A question about the source system is not answered",
    message="Without the answer to “{value}”, the value cannot be imported.",
    advice="Answer the question on the mapping page. For the command line and the API, the name of "
    "the answer is in parentheses. If nobody knows it, import these users without the value.",
    afterwards="Import these users without the value. If you have the answer, import the file again"
    " with it; in mode “skip”, users already imported are not changed.",
    text="Values in “{column}” cannot be imported without the answer to a question about the source"
    " system: {values}.",
    choices=(Choice(NONE, "Import without the value"),),
    prepare=prepare,
    apply=apply,
    order=5,
    is_answered_in_mapping=True,
)
