"""What a kind of legacy directory says about itself."""

from __future__ import annotations

from dataclasses import dataclass

from imports.core.mapping import Mapping, Rule

# The standard claims of OpenID Connect Core §5.1 that are carried.
CLAIMS = {
    "sub": "subject_id",
    "email": "profile.email",
    "email_verified": "profile.email_verified",
    "phone_number": "profile.phone",
    "phone_number_verified": "profile.phone_verified",
    "preferred_username": "profile.username",
    "given_name": "profile.given_name",
    "family_name": "profile.family_name",
    "name": "profile.display_name",
    "locale": "profile.locale",
    "zoneinfo": "profile.zoneinfo",
    "picture": "profile.picture",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of directory: what it needs to be told, and how its profiles are mapped.

    `required` are the fields of Connection that it cannot do without. `mapping` is where a new
    directory's profiles go unless its operator says otherwise.
    """

    name: str
    label: str
    help_text: str
    mapping: Mapping
    schemes: tuple[str, ...] = ("https", "http")
    required: tuple[str, ...] = ()
    can_look_up: bool = False
    can_mark: bool = False


def map_fields(targets: dict[str, str]) -> Mapping:
    """Return the mapping of profiles whose fields go to these target fields as they are."""
    rules = [Rule(source=field, target=target) for field, target in targets.items()]
    return Mapping(provider="generic", rules=rules)
