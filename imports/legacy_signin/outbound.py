"""Which addresses legacy directories may have: those of the allow-list, over verified TLS."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

from imports.legacy_signin.contract import NotAllowed

DEFAULT_PORTS = {"https": 443, "http": 80, "ldaps": 636, "ldap": 389}
ENCRYPTED = frozenset({"https", "ldaps"})


def check_address(url: str, *, schemes: tuple[str, ...], start_tls: bool = False) -> None:
    """Raise NotAllowed, with what to do, unless a directory may be asked at this address.

    Without TLS only this machine itself may be asked: a password would travel in clear.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise NotAllowed("The address is not a URL.") from None
    if parts.scheme not in schemes or not host:
        raise NotAllowed(f"The address has to begin with {' or '.join(schemes)}, and name a host.")
    if parts.username or parts.password:
        raise NotAllowed("The address must hold no user name or password; there is a field for it.")
    port = port or DEFAULT_PORTS[parts.scheme]
    if not is_allowed(host, port):
        raise NotAllowed(
            f"{host}:{port} is not among the addresses that directories may have. Add “{host}” or"
            f" “{host}:{port}” to the setting LEGACY_DIRECTORY_HOSTS and restart Userferry."
        )
    if parts.scheme not in ENCRYPTED and not start_tls and not is_loopback(host):
        raise NotAllowed(
            "Passwords would be sent in clear: use https, ldaps, or StartTLS. Only a directory on"
            " this machine may be asked without."
        )


def is_allowed(host: str, port: int) -> bool:
    """Return whether LEGACY_DIRECTORY_HOSTS names the host, with this port or without any."""
    return any(
        _matches(entry.lower(), host, port) for entry in settings.LEGACY_DIRECTORY_HOSTS if entry
    )


def _matches(entry: str, host: str, port: int) -> bool:
    name, _, wanted = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
    if wanted and wanted != str(port):
        return False
    name = name.strip("[]")
    if name.startswith("*."):
        return host.endswith(name[1:])
    return host == name


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
