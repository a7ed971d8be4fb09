"""Which URLs legacy directories may have: those of LEGACY_DIRECTORY_HOSTS, over TLS."""

from __future__ import annotations

from django.conf import settings

from imports.core.outbound.allow_list import AllowList, find_url_fault
from imports.directory_client.contract import NotAllowed


def check_url(url: str, *, schemes: tuple[str, ...], start_tls: bool = False) -> None:
    """Raise NotAllowed, with what to do, unless a directory may be queried at this URL."""
    allowed = AllowList("LEGACY_DIRECTORY_HOSTS", settings.LEGACY_DIRECTORY_HOSTS)
    if fault := find_url_fault(url, allowed, schemes=schemes, start_tls=start_tls):
        raise NotAllowed(fault)
