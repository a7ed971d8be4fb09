"""The kinds of legacy directories, one module each; this is their only register."""

from __future__ import annotations

from collections.abc import Callable

from imports.legacy_signin.clients.auth0 import Auth0Client
from imports.legacy_signin.clients.cognito import CognitoClient
from imports.legacy_signin.clients.http_directory import HttpDirectoryClient
from imports.legacy_signin.clients.kinds import Kind
from imports.legacy_signin.clients.ldap import LdapClient
from imports.legacy_signin.clients.okta import OktaClient
from imports.legacy_signin.clients.openid import OpenIdClient
from imports.legacy_signin.contract import Client, Connection

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
