"""Count the decisions of a file by column and value, and say what each is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

import orjson

from imports.core.decisions.answers import OTHERS, write_key
from imports.core.decisions.contract import DecisionKind
from imports.core.decisions.deciding import Decided
from imports.core.decisions.registry import KINDS

# Of a decision, the values that its sentence names.
VALUES_IN_TEXT = 5


class DecisionValue(TypedDict):
    """A value that a decision is about, with the choices that fit it, the one proposed and made.

    `settled` tells that nobody made it, because the value can mean nothing else.
    """

    value: str
    count: int
    choice: str
    choices: list[str]
    proposal: str
    settled: bool


class LabelledChoice(TypedDict):
    """What can be chosen: its id, and what pages call it."""

    id: str
    label: str


class Decision(TypedDict):
    """All that is to be decided about one column, in a form that JSON can hold.

    `answer` is the name under which the answer is given; `open` is how many of the `count` records
    wait for it.
    """

    code: str
    column: str
    answer: str
    title: str
    text: str
    advice: str
    count: int
    open: int
    choices: list[LabelledChoice]
    values: list[DecisionValue]


def write_decision(decided: Decided) -> str:
    """Return the key under which decisions about one value of a column are counted."""
    concern = decided.concern
    return orjson.dumps(
        [
            decided.code,
            concern.column,
            concern.value,
            decided.choice,
            concern.choices,
            concern.proposal,
            decided.is_settled,
        ]
    ).decode()


def find_column_key(key: str) -> str:
    """Return the key under which values of a column beyond those listed are counted together.

    They are called as in answers: what is answered for all others is meant for them.
    """
    code, column, _, choice, _, _, is_settled = orjson.loads(key)
    choices = KINDS[code].choice_ids
    return orjson.dumps([code, column, OTHERS, choice, choices, "", is_settled]).decode()


def build_decisions(counts: Iterable[tuple[str, int]]) -> list[Decision]:
    """Return the decisions of a file, one for each code and column, the open ones first."""
    found: dict[tuple[str, str], list[DecisionValue]] = {}
    for key, count in counts:
        code, column, value, choice, choices, proposal, is_settled = orjson.loads(key)
        found.setdefault((code, column), []).append(
            {
                "value": value,
                "count": count,
                "choice": choice,
                "choices": choices,
                "proposal": proposal,
                "settled": is_settled,
            }
        )
    entries = [_describe(code, column, values) for (code, column), values in found.items()]
    return sorted(entries, key=lambda entry: (not entry["open"], -entry["count"]))


def _list_values(values: list[DecisionValue]) -> str:
    """Return the most frequent values with their counts, as a sentence has them."""
    ranked = sorted(values, key=lambda value: -value["count"])
    shown = [f"{value['value']} ({value['count']:,})" for value in ranked[:VALUES_IN_TEXT]]
    return ", ".join([*shown, *(["…"] if len(ranked) > VALUES_IN_TEXT else [])])


def _write_text(kind: DecisionKind, column: str, values: list[DecisionValue]) -> str:
    """Return what is said of the values that need no answer, then of those that are asked about."""
    asked = [value for value in values if not value["settled"]]
    settled = [value for value in values if value["settled"]]
    return " ".join(
        text.format(
            column=column,
            count=f"{sum(value['count'] for value in part):,}",
            values=_list_values(part),
        )
        for text, part in ((kind.certain_text, settled), (kind.text, asked))
        if part
    )


def _describe(code: str, column: str, values: list[DecisionValue]) -> Decision:
    kind = KINDS[code]
    count = sum(value["count"] for value in values)
    return {
        "code": code,
        "column": column,
        "answer": write_key(code, column),
        "title": kind.title,
        "text": _write_text(kind, column, values),
        "advice": "" if all(value["settled"] for value in values) else kind.advice,
        "count": count,
        "open": sum(value["count"] for value in values if not value["choice"]),
        "choices": [{"id": choice.id, "label": choice.label} for choice in kind.choices],
        "values": sorted(values, key=lambda value: (value["settled"], -value["count"])),
    }


def count_open(decisions: Iterable[Decision]) -> int:
    """Return how many decisions are still open."""
    return sum(1 for each in decisions if each["open"])
