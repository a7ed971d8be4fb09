"""The one rule of who may change a person, for every way in which people are changed.

Knows no database: the admin, imports, undo and sign-ins give it facts that they read set by set.
docs/permissions.md says in a table what takes which permission.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

ADD_USER = "accounts.add_user"
CHANGE_USER = "accounts.change_user"
DELETE_USER = "accounts.delete_user"
OVERWRITE_CREDENTIALS = "accounts.overwrite_credentials"


class Act(StrEnum):
    """What somebody wants to do to a person.

    Credentials are what one proves an identity with: password, authenticators, external logins,
    and the e-mail addresses and phone number that codes and new passwords are sent to.
    """

    CREATE = "create"
    CHANGE = "change"
    OVERWRITE_CREDENTIALS = "overwrite_credentials"
    DELETE = "delete"


_PERMISSIONS: Mapping[Act, tuple[str, ...]] = {
    Act.CREATE: (ADD_USER,),
    Act.CHANGE: (CHANGE_USER,),
    Act.OVERWRITE_CREDENTIALS: (CHANGE_USER, OVERWRITE_CREDENTIALS),
    Act.DELETE: (DELETE_USER,),
}


class Obstacle(StrEnum):
    """Why an act is refused; the first that holds is given."""

    ADMINISTRATOR = "administrator"
    PERMISSION_MISSING = "permission_missing"
    MORE_POWERFUL = "more_powerful"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, and what they may do.

    `permissions` are names as Django writes them: app label, dot, code name. A superuser holds all
    permissions; `withheld` are those that cannot be used nevertheless.
    """

    name: str
    permissions: frozenset[str] = frozenset()
    is_superuser: bool = False
    withheld: frozenset[str] = frozenset()

    def may_use(self, permission: str) -> bool:
        return permission not in self.withheld and not self.find_excess([permission])

    def find_excess(self, permissions: Iterable[str]) -> list[str]:
        """Return those of the permissions that are not held, sorted."""
        return [] if self.is_superuser else sorted(set(permissions) - self.permissions)


@dataclass(frozen=True, slots=True)
class Authority:
    """Those who act together: each of them has to be allowed to do what is done."""

    actors: tuple[Actor, ...]

    @property
    def is_unbounded(self) -> bool:
        """Return whether nobody can be more powerful."""
        return all(actor.is_superuser for actor in self.actors)

    def find_lacking(self, permissions: Iterable[str]) -> str:
        """Return the name of the first who lacks one of the permissions; empty for nobody."""
        needed = set(permissions)
        return next((each.name for each in self.actors if each.find_excess(needed)), "")


@dataclass(frozen=True, slots=True)
class Person:
    """What counts of the person whom an act is about.

    `uses_credentials` says that they have signed in here, or chose a password here.
    """

    is_administrator: bool = False
    permissions: frozenset[str] = frozenset()
    uses_credentials: bool = False


# Somebody who does not exist yet.
NOBODY = Person()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act is refused: who may not do it, and which permissions they lack for it."""

    obstacle: Obstacle
    who: str
    missing: tuple[str, ...] = ()


def authorise_directory(makers: Authority) -> Authority:
    """Return what a legacy directory may do, by who set it up.

    Setting one up takes the permissions to add and to change users, so that people can sign in
    still when a maker has left. It never overwrites credentials that are in use.
    """
    return Authority(
        tuple(
            replace(
                maker,
                permissions=maker.permissions | {ADD_USER, CHANGE_USER},
                withheld=frozenset({OVERWRITE_CREDENTIALS}),
            )
            for maker in makers.actors
        )
    )


def list_required(act: Act, person: Person) -> tuple[str, ...]:
    """Return the permissions that the act takes for this person."""
    if act is Act.OVERWRITE_CREDENTIALS and not person.uses_credentials:
        act = Act.CHANGE
    return _PERMISSIONS[act]


def find_refusal(authority: Authority, act: Act, person: Person = NOBODY) -> Refusal | None:
    """Return why this may not be done to the person, or None if it may."""
    found = (_find_refusal(actor, act, person) for actor in authority.actors)
    return next(filter(None, found), None)


def _find_refusal(actor: Actor, act: Act, person: Person) -> Refusal | None:
    if person.is_administrator and not actor.is_superuser:
        return Refusal(Obstacle.ADMINISTRATOR, actor.name)
    required = list_required(act, person)
    if missing := tuple(each for each in required if not actor.may_use(each)):
        return Refusal(Obstacle.PERMISSION_MISSING, actor.name, missing)
    if excess := actor.find_excess(person.permissions):
        return Refusal(Obstacle.MORE_POWERFUL, actor.name, tuple(excess))
    return None
