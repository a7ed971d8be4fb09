"""Which source column goes to which target field, and the records that result from it."""

from imports.core.mapping.filters import Condition, Filter, Operator
from imports.core.mapping.mapper import MappedRow, RecordMapper
from imports.core.mapping.rules import Mapping, Rule, check_mapping, identifies_users
from imports.core.mapping.suggestions import Suggestion, build_mapping, suggest_mapping

__all__ = [
    "Condition",
    "Filter",
    "MappedRow",
    "Mapping",
    "Operator",
    "RecordMapper",
    "Rule",
    "Suggestion",
    "build_mapping",
    "check_mapping",
    "identifies_users",
    "suggest_mapping",
]
