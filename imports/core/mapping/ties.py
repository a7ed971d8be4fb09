"""Say by what records of a mapping can be told to be one person's."""

from __future__ import annotations

from imports.core.mapping.rules import Mapping, list_origins
from imports.core.providers import get_provider
from imports.core.records.keys import PROVEN, TIES, VOUCHED

# The target fields that say that an address is verified, and those of external logins.
VERIFIED = ("profile.email_verified", "profile.emails", "authenticators.verified_addresses")
LOGINS = "authenticators.external_logins"


def list_possible_ties(mapping: Mapping) -> frozenset[str]:
    """Return the ties that records of the mapping can have at all."""
    if get_provider(mapping.provider).is_record:
        return frozenset(TIES)
    targets = [target for target, _ in list_origins(mapping)]
    found = set()
    if any(target.startswith(VERIFIED) for target in targets):
        found.add(PROVEN)
    if any(target.startswith(LOGINS) for target in targets):
        found.add(VOUCHED)
    return frozenset(found)
