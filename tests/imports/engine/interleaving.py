"""Whether what imports at once came to is what their records come to in some order.

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
    fields = (person.profile.items(), person.attributes.items())
    return tuple(map(frozenset, (*belongings, *fields)))


@dataclass(frozen=True)
class Course:
    """Imports at once from beginning to end, with the outcomes of each."""

    start: Store
    imports: list[Import]
    outcomes: list[list[str]]
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
            [list(compress(*each)) for each in zip(self.outcomes, kept, strict=True)],
            {name: person for name, person in self.end.items() if is_here(name)},
        )


def is_some_order(course: Course) -> bool:
    """Return whether the records in some order have their outcomes and lead to the last store."""
    imports, outcomes = course.imports, course.outcomes
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
    moments, seen = [Moment(left, course.start, imports)], set[Hashable]()
    while moments:
        moment = moments.pop()
        if not moment.left and moment.store == course.end:
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
