"""A problem of one record or file: a kind of the catalogue, and what is particular to it."""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

import orjson

from imports.core.problems.catalogue import CODES
from imports.core.problems.kinds import ProblemKind, Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about one record (or file) that a person should know.

    `field` is a path into the canonical record, such as `profile.email`; `column` the source
    column it came from. `params` never hold a secret: they are shown, stored and exported.
    """

    code: str
    field: str = ""
    column: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def kind(self) -> ProblemKind:
        return CODES[self.code]

    @property
    def severity(self) -> Severity:
        return self.kind.severity

    @property
    def message(self) -> str:
        return self.kind.message.format_map(_Params(self.params))

    @property
    def is_complete(self) -> bool:
        """Return whether it has all that its message speaks of: records of a group differ in it."""
        spoken_of = {name for _, name, _, _ in Formatter().parse(self.kind.message) if name}
        return spoken_of <= self.params.keys()

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with the record."""
        found = {"code": self.code, "field": self.field, "column": self.column}
        return {key: value for key, value in found.items() if value} | (
            {"params": dict(self.params)} if self.params else {}
        )

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Problem:
        """Return the problem that `to_json` wrote."""
        return cls(
            code=stored["code"],
            field=stored.get("field", ""),
            column=stored.get("column", ""),
            params=stored.get("params", {}),
        )


class _Params(dict[str, Any]):
    """Leaves a placeholder visible when a problem came without that parameter."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def group_problem(problem: Problem) -> Problem:
    """Return what this problem has in common with others of the same error group."""
    shared = problem.kind.grouped_by
    params = {shared: problem.params[shared]} if shared in problem.params else {}
    return Problem(problem.code, problem.field, problem.column, params)


def digest_error_group(problem: Problem) -> uuid.UUID:
    """Return the name of what the problem has in common with others of its error group."""
    shared = orjson.dumps(group_problem(problem).to_json(), option=orjson.OPT_SORT_KEYS)
    return uuid.UUID(bytes=hashlib.sha256(shared).digest()[:16])


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether any of the problems fails the record."""
    return any(problem.severity is Severity.ERROR for problem in problems)
