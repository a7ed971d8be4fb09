"""The table of all kinds of decisions, in the order in which they are asked of a record."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from imports.core.decisions import kinds
from imports.core.decisions.contract import DecisionKind


def load_kinds() -> dict[str, DecisionKind]:
    """Return the kinds of every module in `kinds`, by code."""
    found: list[DecisionKind] = []
    for module in pkgutil.iter_modules(kinds.__path__):
        found.append(importlib.import_module(f"{kinds.__name__}.{module.name}").KIND)
    table = {kind.code: kind for kind in sorted(found, key=lambda kind: (kind.order, kind.code))}
    if len(table) < len(found):
        raise ValueError("two kinds of decisions have one code")
    return table


KINDS: Mapping[str, DecisionKind] = MappingProxyType(load_kinds())
