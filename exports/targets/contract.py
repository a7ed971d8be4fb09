"""What a target states of itself: its files, what they take of a user, and how one is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models.expressions import Combinable

from exports.engine.portions import Portion, Tally


@dataclass(frozen=True, slots=True)
class Shape:
    """A form of file. What stands around and between the users, and how the file's name ends."""

    label: str
    content_type: str
    ending: str
    opening: str = ""
    separator: str = "\n"
    closing: str = "\n"
    # Of a file without users.
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What all users of one export are written with; what is excluded is counted in `tally`."""

    with_credentials: bool
    group_keys: Mapping[int, str]
    role_keys: Mapping[int, str]
    tally: Tally


# Returns each user of a portion as the target's files have them.
Write = Callable[[Portion], list[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """A system that users are exported to.

    `shapes` are its files by name, the usual one first. `columns` of a user are read for it and
    those `parts` of a portion; with credentials `credential_columns` and authenticators, too. All
    columns follow the id in the rows of a portion. `lacks` says what its files do not hold, a
    sentence each.
    """

    name: str
    label: str
    help_text: str
    shapes: Mapping[str, Shape]
    columns: Sequence[str | Combinable]
    parts: frozenset[str]
    credential_columns: Sequence[str | Combinable]
    make_writer: Callable[[Context], Write]
    lacks: tuple[str, ...] = ()
