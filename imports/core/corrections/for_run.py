"""Which corrections were chosen before the run, by the error group whose records they are for."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from imports.core.corrections.stored import Correction
from imports.core.problems import Problem, digest_error_group


class RunCorrections:
    """The corrections that hold from the run on, except those that were undone; falsy for none.

    What was chosen together for an error group is tried together. What was chosen for it later is
    for the records that still fail for it then.
    """

    def __init__(self, corrections: Iterable[Correction]) -> None:
        self._choices: dict[uuid.UUID, dict[int, list[int]]] = {}
        for each in corrections:
            if each.is_for_run and not each.is_undone:
                group = digest_error_group(Problem.from_json(each.problem))
                chosen = self._choices.setdefault(group, {})
                chosen.setdefault(each.choice, []).append(each.number)

    def __bool__(self) -> bool:
        return bool(self._choices)

    def find_next(self, problem: Problem, applied: Collection[int]) -> tuple[int, ...]:
        """Return the numbers of what to try next on a record that fails for a problem.

        `applied` are those that it has already. Nothing when all that helps has been tried: so a
        record is planned again at most as often as there are choices.
        """
        for numbers in self._choices.get(digest_error_group(problem), {}).values():
            if not set(numbers) <= set(applied):
                return tuple(number for number in numbers if number not in applied)
        return ()
