"""The rows of a table whose status columns can tell, with what it takes to write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import NamedTuple

from imports.core.columns import Table
from imports.core.planning.plans import ExistingUser, Grant


class Form(NamedTuple):
    """All that the plan of a row of an existing user depends on, but for the values themselves.

    These are the groups and roles that it names; the fields that it has another value for, each
    with whether the user has none; and whether it is newer than the user, if there are any.
    """

    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    changed: tuple[tuple[str, bool], ...] = ()
    is_newer: bool = False


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows that become users of whom nothing is known yet, and the ids of what they belong to."""

    table: Table = field(default_factory=Table)
    group_ids: Sequence[tuple[int, ...]] = ()
    role_ids: Sequence[tuple[int, ...]] = ()


@dataclass(frozen=True, slots=True)
class KnownRows:
    """Rows of existing users, with the user of each.

    Rows of one form have the same plan, but for the user and the values. `met` are the ids of
    everybody who has any of their values.
    """

    table: Table = field(default_factory=Table)
    users: Sequence[ExistingUser] = ()
    forms: Sequence[Form] = ()
    met: frozenset[int] = frozenset()
    groups: Mapping[str, Grant] = field(default_factory=dict)
    roles: Mapping[str, Grant] = field(default_factory=dict)

    def pick(self, is_picked: Callable[[int, Form], bool]) -> KnownRows:
        """Return the rows of which that holds, by their place and form."""
        picked = [is_picked(place, form) for place, form in enumerate(self.forms)]
        if all(picked):
            return self
        leaving = {place for place, stays in enumerate(picked) if not stays}
        return replace(
            self,
            table=self.table.without(leaving),
            users=list(compress(self.users, picked)),
            forms=list(compress(self.forms, picked)),
        )
