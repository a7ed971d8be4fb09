"""Say how each system is set up to ask a connection, with the texts to paste there."""

from __future__ import annotations

from urllib.parse import urljoin

from imports.models import Connection
from imports.services.connections.setups import Setup
from interfaces.hooks.contract import Caller
from interfaces.hooks.document import write_path
from interfaces.hooks.registry import CALLERS


def describe_setup(connection: Connection, site: str) -> list[Setup]:
    return [_describe(caller, connection.tenant, site) for caller in CALLERS.values()]


def _describe(caller: Caller, tenant: str, site: str) -> Setup:
    paths = [write_path(caller, operation, tenant) for operation in caller.operations]
    url = urljoin(site, f"/hooks/{tenant}/{caller.name}")
    return Setup(
        label=caller.label,
        urls=[urljoin(site, path) for path in paths],
        steps=caller.setup,
        scripts={name: text.replace("{url}", url) for name, text in caller.scripts.items()},
    )
