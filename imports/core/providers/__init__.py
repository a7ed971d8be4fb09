"""Source systems: each module in `systems` is one, and found by itself."""

from __future__ import annotations

from imports.core.plugins import load_plugins
from imports.core.providers import systems
from imports.core.providers.contract import (
    Evidence,
    Preset,
    Provider,
    Question,
    Strength,
    fold_name,
    recognise_nothing,
)

__all__ = [
    "GENERIC",
    "PROVIDERS",
    "Evidence",
    "Preset",
    "Provider",
    "Question",
    "Strength",
    "fold_name",
    "get_provider",
    "label_source",
]


def load_providers() -> dict[str, Provider]:
    """Return the providers by name, in the order of their labels; what recognises nothing last.

    Raise ValueError where two have one name. Nothing but what people read depends on the order.
    """
    found: list[Provider] = [module.PROVIDER for module in load_plugins(systems)]
    ordered = sorted(found, key=lambda each: (each.recognise is recognise_nothing, each.label))
    table = {provider.name: provider for provider in ordered}
    if len(table) < len(found):
        raise ValueError("two source systems have one name")
    return table


PROVIDERS = load_providers()
GENERIC = PROVIDERS["generic"]


def get_provider(name: str) -> Provider:
    """Return the provider of that name; the generic one when there is none."""
    return PROVIDERS.get(name, GENERIC)


def label_source(source: str) -> str:
    """Return what people call a source: the name of a provider is short for its label."""
    return PROVIDERS[source].label if source in PROVIDERS else source
