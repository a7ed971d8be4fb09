"""Say how the other side of a connection is set up, where its interface has that to say.

Interfaces stand above what they call, so that they are named by a setting instead of imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.module_loading import import_string

from imports.models import Connection


@dataclass(frozen=True, slots=True)
class Setup:
    """What to do in one system: its URLs, steps, and texts to paste."""

    label: str
    urls: Sequence[str]
    steps: Sequence[str]
    scripts: Mapping[str, str] = field(default_factory=dict)


def list_setups(connection: Connection, site: str) -> Sequence[Setup]:
    """Return what to do in each system that the connection can be for; `site` is our own URL."""
    name = settings.CONNECTION_SETUPS.get(connection.kind)
    setups: Sequence[Setup] = import_string(name)(connection, site) if name else ()
    return setups
