"""What a dry run or a run came to, as programs read it: mapping, problems and decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from imports.core.mapping import Mapping
from imports.core.problems import Problem
from imports.models import ImportJob
from imports.selectors.decisions import list_decisions
from imports.selectors.results import list_causes


def build_summary(job: ImportJob) -> dict[str, Any]:
    """Return the report of a job; once its run has begun, the problems are those of its failures.

    Neither its problems nor its decisions hold values of people.
    """
    mapping = Mapping.model_validate(job.mapping)
    return {
        "provider": job.provider,
        "mapping": [{"source": rule.origin, "target": rule.target} for rule in mapping.rules],
        "unmapped": mapping.ignored,
        "problems": list(_list_problems(job)),
        "decisions": list_decisions(job),
    }


def _list_problems(job: ImportJob) -> Iterator[dict[str, Any]]:
    """Yield code, field and column of the problems, each once, the most frequent first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for problem, count in _count_problems(job):
        counts[problem.code, problem.field, problem.column] += count
    for (code, field, column), count in counts.most_common():
        kind = Problem(code).kind
        yield {
            "code": code,
            "severity": kind.severity.value,
            "count": count,
            "field": field,
            "column": column,
            "title": kind.title,
        }


def _count_problems(job: ImportJob) -> Iterator[tuple[Problem, int]]:
    if job.has_begun:
        yield from ((cause.problem, cause.count) for cause in list_causes(job))
    else:
        for group in job.check_report.get("problems", ()):
            yield Problem.from_json(group), group["count"]
