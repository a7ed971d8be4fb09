"""Which URLs of other systems may be called: those of an allow-list, over TLS."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

DEFAULT_PORTS = {"https": 443, "http": 80, "ldaps": 636, "ldap": 389}
ENCRYPTED = frozenset({"https", "ldaps"})


@dataclass(frozen=True, slots=True)
class AllowList:
    """The hosts that may be called, each with one port or any, and the setting that names them.

    `*.example.com` is any host below it.
    """

    setting: str
    hosts: Sequence[str]

    def has(self, host: str, port: int) -> bool:
        """Return whether the host is named, with this port or without any."""
        return any(_matches(entry.lower(), host, port) for entry in self.hosts if entry)


def find_url_fault(
    url: str, allowed: AllowList, *, schemes: tuple[str, ...], start_tls: bool = False
) -> str:
    """Return why a URL may not be called and what to do about it, or nothing.

    Without TLS only this machine itself may be called: what is sent would travel in clear.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "This is not a URL."
    if parts.scheme not in schemes or not host:
        return f"The URL must begin with {' or '.join(schemes)} and name a host."
    if parts.username or parts.password:
        return "The URL must not contain a user name or password. It is shown on pages."
    port = port or DEFAULT_PORTS[parts.scheme]
    if not allowed.has(host, port):
        return (
            f"{host}:{port} is not an allowed host. Add “{host}” or “{host}:{port}” to the setting"
            f" {allowed.setting} and restart Userferry."
        )
    if parts.scheme not in ENCRYPTED and not start_tls and not is_loopback(host):
        encrypted = "https" if "https" in schemes else "ldaps or StartTLS"
        return (
            f"The connection would not be encrypted. Use {encrypted}. Only this machine may be"
            " called without."
        )
    return ""


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _matches(entry: str, host: str, port: int) -> bool:
    name, _, wanted = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
    if wanted and wanted != str(port):
        return False
    name = name.strip("[]")
    if name.startswith("*."):
        return host.endswith(name[1:])
    return host == name
