"""The kinds of legacy directories: each module in `kinds` is one, and found by itself."""

from __future__ import annotations

from typing import Protocol

from imports.core.plugins import load_plugins
from imports.directory_client import kinds
from imports.directory_client.contract import Client, Connection
from imports.directory_client.kind import Kind

__all__ = ["KINDS", "Kind", "make_client"]


class ClientOfKind(Protocol):
    """The class of the clients of one kind."""

    kind: Kind

    def __call__(self, connection: Connection) -> Client: ...


def load_clients() -> dict[str, ClientOfKind]:
    """Return the clients of every module in `kinds` by name, in the order of their labels.

    Our own contract comes first. Raise ValueError where two have one name.
    """
    found: list[ClientOfKind] = [module.CLIENT for module in load_plugins(kinds)]
    found.sort(key=lambda each: (each.kind.mapping.provider != "native", each.kind.label))
    table = {each.kind.name: each for each in found}
    if len(table) < len(found):
        raise ValueError("two kinds of legacy directories have one name")
    return table


_CLIENTS = load_clients()
KINDS = {name: client.kind for name, client in _CLIENTS.items()}


def make_client(connection: Connection) -> Client:
    """Return a client for one question to the directory."""
    return _CLIENTS[connection.kind](connection)
