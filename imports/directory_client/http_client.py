"""What the kinds of directories that speak HTTP have in common."""

from __future__ import annotations

from imports.directory_client.contract import Client, Connection
from imports.directory_client.transport import Transport


class HttpClient(Client):
    """A client with one conversation over HTTP, in which the directory's secret is masked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._transport = Transport(connection.timeout, [connection.secret])
        self.exchanges = self._transport.exchanges

    def _locate(self, path: str) -> str:
        """Return the URL of a path below the directory's address."""
        return f"{self._connection.url.rstrip('/')}/{path}"
