"""Which source column goes to which target field, and the records that result from it."""

from imports.core.corrections.amendments import (
    Amendment,
    Repair,
    amend_mapping,
    amend_row,
    find_target,
    read_amendments,
)
from imports.core.mapping.filters import Condition, Filter, Operator
from imports.core.mapping.mapper import MappedRow, RecordMapper
from imports.core.mapping.rules import Mapping, Rule, check_mapping, identifies_users
from imports.core.mapping.suggestions import Suggestion, build_mapping, suggest_mapping

__all__ = [
    "Amendment",
    "Condition",
    "Filter",
    "MappedRow",
    "Mapping",
    "Operator",
    "RecordMapper",
    "Repair",
    "Rule",
    "Suggestion",
    "amend_mapping",
    "amend_row",
    "build_mapping",
    "check_mapping",
    "find_target",
    "identifies_users",
    "read_amendments",
    "suggest_mapping",
]
