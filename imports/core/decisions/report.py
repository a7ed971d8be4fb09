"""Counts the decisions of a file by column and value, and says what each is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from imports.core.decisions.answers import OTHERS, write_key
from imports.core.decisions.deciding import Decided
from imports.core.decisions.registry import KINDS

# Of a decision, the values that its sentence names.
VALUES_IN_TEXT = 5


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
        ]
    ).decode()


def find_column_key(key: str) -> str:
    """Return the key under which values of a column beyond those listed are counted together.

    They are called as in answers: what is answered for all others is meant for them.
    """
    code, column, _, choice, _, _ = orjson.loads(key)
    choices = KINDS[code].choice_ids
    return orjson.dumps([code, column, OTHERS, choice, choices, ""]).decode()


def build_decisions(counts: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return the decisions of a file, one for each code and column, the open ones first.

    `open` is how many records wait for an answer; `answer` the name under which it is given. Each
    value has the ids of the choices that fit it, the one proposed, and the one made (“choice”).
    """
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for key, count in counts:
        code, column, value, choice, choices, proposal = orjson.loads(key)
        found.setdefault((code, column), []).append(
            {
                "value": value,
                "count": count,
                "choice": choice,
                "choices": choices,
                "proposal": proposal,
            }
        )
    entries = [_describe(code, column, values) for (code, column), values in found.items()]
    return sorted(entries, key=lambda entry: (not entry["open"], -entry["count"]))


def _list_values(values: list[dict[str, Any]]) -> str:
    """Return the most frequent values with their counts, as a sentence has them."""
    ranked = sorted(values, key=lambda value: -value["count"])
    shown = [f"{value['value']} ({value['count']:,})" for value in ranked[:VALUES_IN_TEXT]]
    return ", ".join([*shown, *(["…"] if len(ranked) > VALUES_IN_TEXT else [])])


def _describe(code: str, column: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    kind = KINDS[code]
    count = sum(value["count"] for value in values)
    return {
        "code": code,
        "column": column,
        "answer": write_key(code, column),
        "title": kind.title,
        "text": kind.text.format(column=column, count=f"{count:,}", values=_list_values(values)),
        "advice": kind.advice,
        "count": count,
        "open": sum(value["count"] for value in values if not value["choice"]),
        "choices": [{"id": choice.id, "label": choice.label} for choice in kind.choices],
        "values": sorted(values, key=lambda value: -value["count"]),
    }


def count_open(report: Mapping[str, Any]) -> int:
    """Return how many decisions of a dry-run report nobody has taken yet."""
    return sum(1 for each in report.get("decisions", ()) if each["open"])
