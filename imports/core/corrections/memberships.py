"""What the corrections of missing groups and roles have in common."""

from __future__ import annotations

from collections.abc import Callable

from imports.core.corrections.contract import Change
from imports.core.mapping import Mapping
from imports.core.problems import Problem, Severity
from imports.core.readers import ReaderOptions

NAMES = {"memberships.groups": "group", "memberships.roles": "role"}


def names_membership(problem: Problem) -> bool:
    """Return whether a problem names the group or role that records fail for."""
    # Without a key it stands for all that were too many to be listed.
    is_error = problem.severity is Severity.ERROR
    return is_error and bool(problem.kind.membership) and "key" in problem.params


def make_for(name: str) -> Callable[[Problem, ReaderOptions], Change]:
    """Return what makes the change of a kind about the group or role that a problem names."""

    def make(problem: Problem, options: ReaderOptions) -> Change:
        return Change(name, f"memberships.{problem.kind.membership}s", str(problem.params["key"]))

    return make


def say(change: Change) -> str:
    """Return the group or role that a change is about, at the start of a sentence."""
    return f"The {NAMES[change.target]} “{change.key}”"


def rename(mapping: Mapping, change: Change) -> Mapping:
    """Return the mapping in which the group or role becomes another; without a value, none."""
    attribute = f"{NAMES[change.target]}s"
    names = {**getattr(mapping, attribute), change.key: change.value}
    return mapping.model_copy(update={attribute: names})
