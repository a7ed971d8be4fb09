"""Find what plugs in: each module of a package, without a list of them anywhere."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType


def load_plugins(package: ModuleType) -> Iterator[ModuleType]:
    """Yield each module of the package, in the order of their names."""
    for module in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{module.name}")
