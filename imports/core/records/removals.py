"""What a user is to have no more: the difference of two records of them, before and after.

A record says nothing of what is absent from it. Only where the source also says what it had before,
as a program does that replaces a user or changes one, can something be known to be gone.
"""

from __future__ import annotations

from dataclasses import dataclass

from imports.core.records.records import Profile, UserImportRecord
from imports.core.records.user_columns import CLEARABLE


@dataclass(frozen=True, slots=True)
class Removals:
    """What is gone: `fields` of the profile, names of `attributes`, addresses, keys of the rest."""

    fields: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


NOTHING = Removals()


def find_removals(before: UserImportRecord, after: UserImportRecord) -> Removals:
    """Return what the earlier record has and the later one lacks."""
    old, new = before.profile, after.profile
    return Removals(
        fields=tuple(
            name for name in CLEARABLE if getattr(old, name) and getattr(new, name) is None
        ),
        attributes=tuple(name for name in old.attributes if name not in new.attributes),
        emails=_list_gone(_list_emails(old), _list_emails(new)),
        groups=_list_gone(before.memberships.groups, after.memberships.groups),
        roles=_list_gone(before.memberships.roles, after.memberships.roles),
    )


def _list_emails(profile: Profile) -> list[str]:
    return [*([profile.email] if profile.email else []), *(each.email for each in profile.emails)]


def _list_gone(before: list[str], after: list[str]) -> tuple[str, ...]:
    return tuple(each for each in before if each not in after)
