"""Propose the mapping of what a program sends, where nobody has written another."""

from __future__ import annotations

from accounts.selectors.attributes import read_rules
from imports.core.column_samples import ColumnSample
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping, build_mapping, suggest_mapping
from imports.core.providers import get_provider
from imports.core.readers import ReaderOptions
from imports.core.records.targets import ATTRIBUTES


def propose_mapping(provider: str) -> Mapping:
    """Return the mapping of everything that a source system is known to send.

    Where it keeps fields of its own in a payload, those named like an attribute go there.
    """
    if get_provider(provider).is_record:
        return Mapping(provider=provider)
    rules = read_rules()
    names = list(get_provider(provider).presets)
    payload = {f"payload.{name}": name for name in rules} if _has_payload(names) else {}
    columns = [ColumnSample(name, (), 0.0, False) for name in [*names, *payload]]
    inspection = Inspection(ReaderOptions("json"), provider, (), tuple(columns))
    suggestions = [
        suggestion
        for suggestion in suggest_mapping(inspection, rules)
        if suggestion.source not in payload
        or suggestion.target == f"{ATTRIBUTES}.{payload[suggestion.source]}"
    ]
    return build_mapping(suggestions, provider, source_name="")


def _has_payload(columns: list[str]) -> bool:
    return any(column.startswith("payload.") for column in columns)
