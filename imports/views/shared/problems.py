"""Say a problem in words: what happened, where, how often, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Group, Role
from imports.core.corrections.memberships import names_membership
from imports.core.dry_run import ErrorGroup, Example
from imports.core.problems import CODES, Problem, Severity, digest_error_group
from imports.core.records.targets import get_label

SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True)
class Missing:
    """A group or role that records name and that does not exist, or may not be given."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class ShownExample:
    """A record that has a problem: whose it is, its value, and whom it collides with."""

    row: int
    who: str = ""
    value: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """All problems of one code, group by group."""

    code: str
    severity: str
    title: str
    advice: str
    error_groups: list[ShownProblem]

    @property
    def count(self) -> int:
        return sum(error_group.count for error_group in self.error_groups)


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """A problem of one record, or with a count that of several with one error group.

    `digest` is the name of that.
    """

    code: str
    severity: str
    title: str
    message: str
    place: str
    advice: str
    count: int = 1
    examples: tuple[ShownExample, ...] = ()
    missing: Missing | None = None
    digest: str = ""

    @property
    def more(self) -> int:
        """Return how many records there are besides the examples."""
        return self.count - len(self.examples)

    @property
    def said(self) -> str:
        """Return the message, or the title where it would leave out what records differ in."""
        return self.message or self.title

    @property
    def named(self) -> str:
        """Return what it is called everywhere, its title, and what is particular to it."""
        return f"{self.title}. {self.message}".strip()


def describe_problem(problem: Problem, *, has_begun: bool) -> ShownProblem:
    """Return what is shown of one record's problem, before or after its import has begun."""
    return ShownProblem(
        code=problem.code,
        severity=problem.severity.value,
        title=problem.kind.title,
        message=_end_sentence(problem.message),
        place=_describe_place(problem),
        advice=problem.kind.advise(has_begun=has_begun),
        missing=_find_missing(problem),
    )


def describe_group(group: ErrorGroup, *, has_begun: bool) -> ShownProblem:
    """Return what is shown of a group of a dry run's report."""
    problem = Problem.from_json(group)
    examples = tuple(_describe_example(example) for example in group["examples"])
    return describe_error_group(problem, group["count"], examples, has_begun=has_begun)


def describe_error_group(
    problem: Problem, count: int, examples: tuple[ShownExample, ...] = (), *, has_begun: bool
) -> ShownProblem:
    """Return what is shown of a problem that several records share."""
    return ShownProblem(
        code=problem.code,
        severity=problem.severity.value,
        title=problem.kind.title,
        message=_end_sentence(problem.message) if problem.is_complete else "",
        place=_describe_place(problem),
        advice=problem.kind.advise(has_begun=has_begun),
        count=count,
        examples=examples,
        missing=_find_missing(problem),
        digest=digest_error_group(problem).hex,
    )


def group_by_code(problems: Iterable[ShownProblem]) -> list[ShownGroup]:
    """Return the problems of each code together: errors first, then the most frequent."""
    error_groups: dict[str, list[ShownProblem]] = {}
    for problem in problems:
        error_groups.setdefault(problem.code, []).append(problem)
    groups = [
        ShownGroup(code, found[0].severity, found[0].title, found[0].advice, found)
        for code, found in error_groups.items()
    ]
    return sorted(groups, key=lambda each: (SEVERITIES.index(Severity(each.severity)), -each.count))


def _describe_example(example: Example) -> ShownExample:
    params = example.get("params", {})
    other = ""
    if "row" in params:
        other = ", ".join(filter(None, [f"row {params['row']}", example.get("other", "")]))
    elif "owner" in params:
        other = f"the user {params['owner']}"
    return ShownExample(example["row"], example.get("who", ""), example.get("value", ""), other)


def get_title(code: str) -> str:
    """Return the title of a problem code, or the code where a later version dropped it."""
    return CODES[code].title if code in CODES else code


def list_missing(problems: Iterable[ShownProblem]) -> list[Missing]:
    """Return the groups and roles that these problems name and that are still missing."""
    named = dict.fromkeys(problem.missing for problem in problems if problem.missing)
    existing = {
        Missing(kind, key)
        for kind, model in (("role", Role), ("group", Group))
        for key in model.objects.filter(
            key__in=[missing.key for missing in named if missing.kind == kind]
        ).values_list("key", flat=True)
    }
    return [missing for missing in named if missing not in existing]


def _find_missing(problem: Problem) -> Missing | None:
    if names_membership(problem):
        return Missing(problem.kind.membership, str(problem.params["key"]))
    return None


def _end_sentence(text: str) -> str:
    """Return the text with a full stop: more follows, and some details come without."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _describe_place(problem: Problem) -> str:
    parts = []
    if problem.column:
        parts.append(f"column {problem.column}")
    if problem.field:
        parts.append(get_label(problem.field))
    return " → ".join(parts)
