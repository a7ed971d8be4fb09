"""The rows of a table whose status columns can tell, with what it takes to write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from imports.core.columns import Table
from imports.core.planning.plans import ExistingUser, Grant

# The groups and the roles that a row names.
Form = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows that become users of whom nothing is known yet, and the ids of what they belong to."""

    table: Table = field(default_factory=Table)
    group_ids: Sequence[tuple[int, ...]] = ()
    role_ids: Sequence[tuple[int, ...]] = ()


@dataclass(frozen=True, slots=True)
class KnownRows:
    """Rows of existing users whom they do not change, with the user of each.

    Rows of one form have the same plan, but for the user. `met` are the ids of everybody who has
    any of their values.
    """

    table: Table = field(default_factory=Table)
    users: Sequence[ExistingUser] = ()
    forms: Sequence[Form] = ()
    met: frozenset[int] = frozenset()
    groups: Mapping[str, Grant] = field(default_factory=dict)
    roles: Mapping[str, Grant] = field(default_factory=dict)
