"""Decisions: what an operator has to answer about a file before all of its records are imported.

The kinds are files in `kinds/`; `contract` says what each has to say about itself.
"""

from imports.core.decisions.answers import (
    Answer,
    add_choices,
    find_answer_faults,
    is_decision,
    name_value,
    pick_decisions,
    pick_questions,
    split_key,
    spread_answer,
    write_key,
)
from imports.core.decisions.contract import Choice, Concern, DecisionKind, Setting
from imports.core.decisions.deciding import Decided, Decider
from imports.core.decisions.registry import KINDS
from imports.core.decisions.report import (
    Decision,
    DecisionValue,
    build_decisions,
    count_open,
    find_column_key,
    write_decision,
)

__all__ = [
    "KINDS",
    "Answer",
    "Choice",
    "Concern",
    "Decided",
    "Decider",
    "Decision",
    "DecisionKind",
    "DecisionValue",
    "Setting",
    "add_choices",
    "build_decisions",
    "count_open",
    "find_answer_faults",
    "find_column_key",
    "is_decision",
    "name_value",
    "pick_decisions",
    "pick_questions",
    "split_key",
    "spread_answer",
    "write_decision",
    "write_key",
]
