"""Find the decisions that a record needs, and carry out those that were answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from imports.core.decisions.answers import Answer, find_choice
from imports.core.decisions.contract import Concern, DecisionKind, Find, Record, Setting, Source
from imports.core.decisions.registry import KINDS

# PostgreSQL cannot store these.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
VALUE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that a record needs, and what was chosen; empty while nobody has decided.

    `is_settled` tells that nobody has chosen it: the value can mean nothing else.
    """

    code: str
    concern: Concern
    choice: str = ""
    is_settled: bool = False

    @property
    def is_open(self) -> bool:
        return not self.choice


class Decider:
    """Asks every kind of decision about records of one mapping; made once, used for every one."""

    def __init__(self, setting: Setting, answers: Mapping[str, Answer]) -> None:
        self._answers = answers
        prepared = ((kind, kind.prepare(setting)) for kind in KINDS.values())
        self._kinds: list[tuple[DecisionKind, Find]] = [
            (kind, find) for kind, find in prepared if find is not None
        ]

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes of the kinds that are asked."""
        return frozenset(kind.code for kind, _ in self._kinds)

    def decide(self, source: Source, record: Record) -> tuple[Decided, ...]:
        """Change the record as the answers say; return every decision that it needs.

        A choice that does not fit the value, such as one given for all values, decides nothing.
        """
        if not self._kinds:
            return ()
        return tuple(self._decide(source, record))

    def _decide(self, source: Source, record: Record) -> Iterator[Decided]:
        for kind, find in self._kinds:
            for found in tuple(find(source, record)):
                concern = replace(found, value=_clean(found.value))
                chosen = find_choice(self._answers, kind.code, concern.column, concern.value)
                choice = chosen if chosen in concern.choices else ""
                is_settled = concern.is_certain and not choice
                if is_settled:
                    choice = concern.proposal
                if choice:
                    kind.apply(record, concern, choice)
                yield Decided(kind.code, concern, choice, is_settled)


def _clean(value: str) -> str:
    """Return a value as it can be stored and answered."""
    return UNSTORABLE.sub("\ufffd", value[:VALUE_LENGTH])
