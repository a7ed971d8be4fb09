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

    Of the objects in which it keeps fields of its own, those named like an attribute go there.
    """
    known = get_provider(provider)
    if known.is_record:
        return Mapping(provider=provider)
    rules = read_rules()
    free = [name for name in rules if f"{ATTRIBUTES}.{name}" not in known.always.values()]
    own = {f"{each}.{name}": name for name in free for each in known.free_objects}
    columns = [ColumnSample(name, (), 0.0, False) for name in [*known.presets, *own]]
    inspection = Inspection(ReaderOptions("json"), provider, (), tuple(columns))
    suggestions = [
        suggestion
        for suggestion in suggest_mapping(inspection, rules)
        if suggestion.source not in own
        or suggestion.target == f"{ATTRIBUTES}.{own[suggestion.source]}"
    ]
    return build_mapping(suggestions, provider, source_name="")
