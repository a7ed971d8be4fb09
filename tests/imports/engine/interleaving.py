"""Whether imports at once have the result of their records in some order.

More than that is not promised of imports at once: each record is done as a whole and meets what was
done before it, the order of the records in a file does not matter, and repeated ones are known.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import compress

from tests.imports.engine.reference import Import, Person, Store


@dataclass(frozen=True)
class Timestamp:
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
    fields = (person.profile.items(), person.attributes.items())
    return tuple(map(frozenset, (*belongings, *fields)))


@dataclass(frozen=True)
class Course:
    """Imports at once from beginning to end, with the statuses of each."""

    start: Store
    imports: list[Import]
    statuses: list[list[str]]
    end: Store

    def narrow(self, place: str) -> Course:
        """Return what there is of it in one place, whose people meet no others."""

        def is_here(subject: str) -> bool:
            return subject.startswith(f"s{place}")

        kept = [[is_here(record["subject_id"]) for record in job.records] for job in self.imports]
        return Course(
            {name: person for name, person in self.start.items() if is_here(name)},
            [
                Import(list(compress(job.records, chosen)), job.rules)
                for job, chosen in zip(self.imports, kept, strict=True)
            ],
            [list(compress(*each)) for each in zip(self.statuses, kept, strict=True)],
            {name: person for name, person in self.end.items() if is_here(name)},
        )


def is_some_order(course: Course) -> bool:
    """Return whether the records in some order have their statuses and lead to the last store."""
    imports, statuses = course.imports, course.statuses
    repeated = [job.find_repeated() for job in imports]
    for found, known in zip(statuses, repeated, strict=True):
        if any(found[position] != status for position, status in known.items()):
            return False
    left = frozenset(
        (number, position)
        for number, found in enumerate(statuses)
        for position in range(len(found))
        if position not in repeated[number]
    )
    timestamps, seen = [Timestamp(left, course.start, imports)], set[Hashable]()
    while timestamps:
        timestamp = timestamps.pop()
        if not timestamp.left and timestamp.store == course.end:
            return True
        if (frozen := timestamp.freeze()) not in seen:
            seen.add(frozen)
            timestamps += list_next(timestamp, statuses)
    return False


def list_next(timestamp: Timestamp, statuses: list[list[str]]) -> list[Timestamp]:
    """Return the moments that can follow: one is enough where a record changes nothing."""
    found = []
    for status, following in _try_each(timestamp):
        number, position = next(iter(timestamp.left - following.left))
        if status != statuses[number][position]:
            continue
        if status in {"failed", "skipped"}:
            return [following]
        found.append(following)
    return found


def _try_each(timestamp: Timestamp) -> Iterator[tuple[str, Timestamp]]:
    for number, position in sorted(timestamp.left):
        following = Timestamp(
            timestamp.left - {(number, position)},
            copy.deepcopy(timestamp.store),
            copy.deepcopy(timestamp.imports),
        )
        job = following.imports[number]
        yield job.take(job.records[position], following.store), following
