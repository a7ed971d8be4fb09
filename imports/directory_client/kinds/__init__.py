"""The kinds of legacy directories, one module each; this is their only register."""

from __future__ import annotations

from collections.abc import Callable

from imports.directory_client.contract import Client, Connection
from imports.directory_client.kinds.auth0 import Auth0Client
from imports.directory_client.kinds.cognito import CognitoClient
from imports.directory_client.kinds.http_directory import HttpDirectoryClient
from imports.directory_client.kinds.kinds import Kind
from imports.directory_client.kinds.ldap import LdapClient
from imports.directory_client.kinds.okta import OktaClient
from imports.directory_client.kinds.openid import OpenIdClient

__all__ = ["KINDS", "Kind", "make_client"]

_CLIENTS = (
    HttpDirectoryClient,
    LdapClient,
    OpenIdClient,
    Auth0Client,
    OktaClient,
    CognitoClient,
)
KINDS: dict[str, Kind] = {client.kind.name: client.kind for client in _CLIENTS}
_BY_KIND: dict[str, Callable[[Connection], Client]] = {
    client.kind.name: client for client in _CLIENTS
}


def make_client(connection: Connection) -> Client:
    """Return a client for one question to the directory."""
    return _BY_KIND[connection.kind](connection)
