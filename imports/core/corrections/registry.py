"""The table of all kinds of corrections, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from imports.core.corrections import kinds
from imports.core.corrections.contract import CorrectionKind
from imports.core.plugins import load_plugins


def load_kinds() -> dict[str, CorrectionKind]:
    """Return the kinds of every module in `kinds`, by name."""
    found: list[CorrectionKind] = [module.KIND for module in load_plugins(kinds)]
    table = {kind.name: kind for kind in sorted(found, key=lambda kind: (kind.order, kind.name))}
    if len(table) < len(found):
        raise ValueError("two kinds of corrections have one name")
    return table


KINDS: Mapping[str, CorrectionKind] = MappingProxyType(load_kinds())
