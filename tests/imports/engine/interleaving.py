"""Whether what imports at once came to is what their records come to in some order.

More than that is not promised of imports at once: each record is done as a whole and meets what was
done before it, the order of the records in a file does not matter, and repeated ones are known.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from tests.imports.engine.reference import Import, Person, Store


@dataclass(frozen=True)
class Moment:
    """What there is after some of the records; `left` has import and position of the others."""

    left: frozenset[tuple[int, int]]
    store: Store
    imports: list[Import]

    def freeze(self) -> Hashable:
        people = frozenset((name, freeze(person)) for name, person in self.store.items())
        released = tuple(frozenset(job.released.items()) for job in self.imports)
        return self.left, people, released


def freeze(person: Person) -> Hashable:
    belongings = (person.emails, person.logins, person.passkeys)
    return frozenset(person.profile.items()), *map(frozenset, belongings), person.badge


def is_some_order(
    start: Store, imports: list[Import], outcomes: list[list[str]], end: Store
) -> bool:
    """Return whether the records in some order have these outcomes and lead to this store."""
    repeated = [job.find_repeated() for job in imports]
    for found, known in zip(outcomes, repeated, strict=True):
        if any(found[position] != outcome for position, outcome in known.items()):
            return False
    left = frozenset(
        (number, position)
        for number, found in enumerate(outcomes)
        for position in range(len(found))
        if position not in repeated[number]
    )
    moments, seen = [Moment(left, start, imports)], set[Hashable]()
    while moments:
        moment = moments.pop()
        if not moment.left and moment.store == end:
            return True
        if (frozen := moment.freeze()) not in seen:
            seen.add(frozen)
            moments += list_next(moment, outcomes)
    return False


def list_next(moment: Moment, outcomes: list[list[str]]) -> list[Moment]:
    """Return the moments that can follow: one is enough where a record changes nothing."""
    found = []
    for outcome, following in _try_each(moment):
        number, position = next(iter(moment.left - following.left))
        if outcome != outcomes[number][position]:
            continue
        if outcome in {"failed", "skipped"}:
            return [following]
        found.append(following)
    return found


def _try_each(moment: Moment) -> Iterator[tuple[str, Moment]]:
    for number, position in sorted(moment.left):
        following = Moment(
            moment.left - {(number, position)},
            copy.deepcopy(moment.store),
            copy.deepcopy(moment.imports),
        )
        job = following.imports[number]
        yield job.take(job.records[position], following.store), following
