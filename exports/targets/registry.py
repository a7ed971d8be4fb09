"""The table of all targets: each module in `systems` has one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exports.targets import systems
from exports.targets.contract import Target
from imports.core.plugins import load_plugins


def load_targets() -> dict[str, Target]:
    """Return the targets of every module in `systems`, by name."""
    found: list[Target] = [module.TARGET for module in load_plugins(systems)]
    return {target.name: target for target in found}


TARGETS: Mapping[str, Target] = MappingProxyType(load_targets())
