"""Users of an export as they are read: a few thousand at a time, with all that belongs to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# Why something of a user is not exported, as it is counted.
UNREADABLE, NO_FORMAT = "unreadable_authenticators", "passwords_without_format"
TO_BE_HASHED = "passwords_to_be_hashed"


class Login(NamedTuple):
    """An external login; `name` is what is shown for it."""

    provider: str
    subject: str
    name: str


@dataclass(frozen=True, slots=True)
class Portion:
    """Some users in the order of their subject ids.

    `users` are rows: the id, then the columns that the target asks for. The others are by the id of
    their user: e-mail addresses with whether they are verified, ids of groups and roles, and the
    type and data of authenticators. `group_keys` and `role_keys` are of the whole export.
    """

    users: Sequence[tuple[Any, ...]]
    emails: Mapping[int, Sequence[tuple[str, bool]]] = field(default_factory=dict)
    logins: Mapping[int, Sequence[Login]] = field(default_factory=dict)
    groups: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    roles: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    authenticators: Mapping[int, Sequence[tuple[str, dict[str, Any]]]] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What was exported, and what was excluded, by reason."""

    users: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
