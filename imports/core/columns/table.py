"""Rows that were accepted, as columns of equal length."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, compress
from typing import Any, TypeVar

from imports.core.mapping.mapper import IDENTIFIER_LENGTH
from imports.core.records.facts import EXPIRED

PASSWORD = "authenticators.password"  # noqa: S105 - the name of a part
HASH = "authenticators.password.hash"
FORMAT = "authenticators.password.format"
PLAINTEXT = "authenticators.password.plaintext"
MUST_CHANGE = "authenticators.password.must_change"
EXPIRES_AT = "authenticators.password.expires_at"
LOGINS = "authenticators.external_logins"
ROLES, GROUPS = "memberships.roles", "memberships.groups"

Row = TypeVar("Row")


@dataclass(slots=True)
class Table:
    """Rows that were accepted; every list has an item for each of them.

    `places` are those of the rows among all that were read. `values` are by target field, as the
    record would have them, except that a list is a tuple, an external login a tuple of provider,
    subject and name, and that `HASH` is the hash as it is stored. A field that no row has a value
    for may be missing. `given` are user name, address and number as the row had them. `heads` tell
    hashes of one format and cost from others, where that is known; `reasons` are what disables the
    account. `sources` and `raws` are the rows as rules see them, and as they were read.
    """

    places: list[int] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    line_numbers: list[int | None] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict, repr=False)
    given: dict[str, list[Any]] = field(default_factory=dict)
    heads: list[Any] = field(default_factory=list)
    reasons: list[tuple[tuple[str, str], ...]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list, repr=False)
    raws: list[dict[str, Any]] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.places)

    def get(self, target: str) -> Sequence[Any]:
        """Return the values of a field; None for each row where no row has any."""
        return self.values.get(target) or [None] * len(self.places)

    def get_value(self, target: str, place: int) -> Any:
        """Return the value of a field of one row; None for none."""
        column = self.values.get(target)
        return column[place] if column else None

    def pick_left(self, rows: Sequence[Row]) -> list[Row]:
        """Return those of all rows that were read which are not among these, in their order."""
        if not self.places:
            return list(rows)
        taken = set(self.places)
        return [row for place, row in enumerate(rows) if place not in taken]

    def known_as(self, name: str) -> list[str]:
        """Return user names, addresses or numbers as the rows had them, which statuses tell."""
        given = self.given.get(name) or [None] * len(self.places)
        return [
            str(value).strip()[:IDENTIFIER_LENGTH] if isinstance(value, str | int) else ""
            for value in given
        ]

    def expiries(self) -> list[datetime | None]:
        """Return from when on a new password must be chosen; None for never."""
        if MUST_CHANGE not in self.values and EXPIRES_AT not in self.values:
            return [None] * len(self.places)
        columns = self.have_passwords(), self.get(MUST_CHANGE), self.get(EXPIRES_AT)
        return [
            (EXPIRED if must_change else expires_at) if has_password else None
            for has_password, must_change, expires_at in zip(*columns, strict=True)
        ]

    def have_passwords(self) -> list[bool]:
        """Return which of the rows bring a password, hashed or plain."""
        pairs = zip(self.get(HASH), self.get(PLAINTEXT), strict=True)
        return [stored is not None or plain is not None for stored, plain in pairs]

    def without(self, leaving: Collection[int]) -> Table:
        """Return the rows without those at some places of these columns."""
        if not leaving:
            return self
        stays = [place not in leaving for place in range(len(self.places))]

        def keep(column: Iterable[Any]) -> list[Any]:
            return list(compress(column, stays))

        return Table(
            keep(self.places),
            keep(self.row_numbers),
            keep(self.line_numbers),
            {name: keep(column) for name, column in self.values.items()},
            {name: keep(column) for name, column in self.given.items()},
            keep(self.heads),
            keep(self.reasons),
            keep(self.sources),
            keep(self.raws),
        )


def join_tables(tables: Sequence[Table]) -> Table:
    """Return the rows of several tables, one after the other."""
    if len(tables) == 1:
        return tables[0]

    def join(columns: Iterable[Iterable[Any]]) -> list[Any]:
        return list(chain.from_iterable(columns))

    targets = dict.fromkeys(chain.from_iterable(each.values for each in tables))
    given = dict.fromkeys(chain.from_iterable(each.given for each in tables))
    return Table(
        join(each.places for each in tables),
        join(each.row_numbers for each in tables),
        join(each.line_numbers for each in tables),
        {target: join(each.get(target) for each in tables) for target in targets},
        {
            name: join(each.given.get(name) or [None] * len(each) for each in tables)
            for name in given
        },
        join(each.heads for each in tables),
        join(each.reasons for each in tables),
        join(each.sources for each in tables),
        join(each.raws for each in tables),
    )
