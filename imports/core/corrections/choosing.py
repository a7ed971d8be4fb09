"""What somebody chose for an error group, on a page, by the API or in a file, as changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.corrections.registry import KINDS
from imports.core.errors import CorrectionError
from imports.core.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Choice:
    """The correction that was chosen, by the name of its kind, and what was entered for it.

    `value` is what was chosen or typed; `values` are new values by old ones, empty for none.
    """

    correction: str
    value: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def make_changes(choice: Choice, failure: Failure) -> list[Change]:
    """Return what a choice changes; raise CorrectionError when it is none for the error group."""
    kind = find_kind(choice.correction, failure.problem)
    offered = kind.propose(failure)
    if changes := [change for each in offered for change in _fill_in(kind, each, choice)]:
        return changes
    raise CorrectionError(_explain(kind, choice, offered))


def find_kind(name: str, problem: Problem) -> CorrectionKind:
    """Return the kind of this name; raise CorrectionError unless it can correct the problem."""
    kinds = list_kinds(problem)
    if (kind := next((each for each in kinds if each.name == name), None)) is not None:
        return kind
    known = ", ".join(each.name for each in kinds) or "none"
    if name not in KINDS:
        raise CorrectionError(f"There is no correction “{name}”. For this error group: {known}.")
    title = problem.kind.title
    raise CorrectionError(f"“{name}” is not a correction for “{title}”. Those are: {known}.")


def list_kinds(problem: Problem) -> list[CorrectionKind]:
    """Return the kinds that can correct a problem; none for one that fails no record."""
    if problem.severity is not Severity.ERROR:
        return []
    return [kind for kind in KINDS.values() if kind.applies(problem)]


def _fill_in(kind: CorrectionKind, change: Change, choice: Choice) -> Iterator[Change]:
    match kind.asks:
        case Asks.NOTHING:
            yield change
        case Asks.CHOICE if change.value == choice.value:
            yield change
        case Asks.TEXT | Asks.MEMBERSHIP if value := choice.value.strip():
            yield replace(change, value=value)
        case Asks.VALUES:
            for old, new in choice.values.items():
                yield replace(change, key=old, value=new)


def _explain(kind: CorrectionKind, choice: Choice, offered: list[Change]) -> str:
    if kind.asks is Asks.CHOICE and choice.value:
        return f"“{choice.value}” is not one of the choices of “{kind.name}”."
    if offered:
        return f"Nothing was changed. “{kind.name}” needs {NEEDS[kind.asks]}."
    return f"“{kind.name}” has nothing to correct in these records."


NEEDS = {
    Asks.NOTHING: "nothing",
    Asks.CHOICE: "one of its choices",
    Asks.TEXT: "a value",
    Asks.MEMBERSHIP: "the key of a group or role",
    Asks.VALUES: "a new value, or none, for at least one of the old ones",
}
