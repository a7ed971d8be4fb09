"""The systems that ask: each module in `callers` is one, and found by itself."""

from __future__ import annotations

from collections.abc import Mapping

from imports.core.plugins import load_plugins
from interfaces.hooks import callers
from interfaces.hooks.contract import Caller


def load_callers() -> dict[str, Caller]:
    """Return the callers by name, in the order of their labels; ValueError where two share one."""
    found: list[Caller] = [module.CALLER for module in load_plugins(callers)]
    table = {each.name: each for each in sorted(found, key=lambda each: each.label)}
    if len(table) < len(found):
        raise ValueError("two callers of sign-in hooks have one name")
    return table


CALLERS: Mapping[str, Caller] = load_callers()
