"""What a dry run or a run came to, as programs read it: mapping, problems and decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from imports.core.dry_run import Loss, list_losses, list_notices, list_passwords
from imports.core.mapping import Mapping
from imports.core.problems import Problem
from imports.core.providers import get_provider
from imports.core.readers.surroundings import Surroundings
from imports.core.records.password_summary import Census
from imports.models import ImportJob
from imports.selectors.decisions import list_decisions
from imports.selectors.results import list_causes


def build_summary(job: ImportJob) -> dict[str, Any]:
    """Return the report of a job; once its run has begun, the problems are those of its failures.

    No part of it holds values of people. What is known only by a dry run is empty without one.
    """
    mapping = Mapping.model_validate(job.mapping)
    return {
        "provider": job.provider,
        "mapping": [{"source": rule.origin, "target": rule.target} for rule in mapping.rules],
        "unmapped": mapping.ignored,
        "problems": list(_list_problems(job)),
        "decisions": list_decisions(job),
        **_describe_file(job),
    }


def _describe_file(job: ImportJob) -> dict[str, Any]:
    """Return what the dry run says of the file, rather than of its records."""
    census = Census.from_json(job.check_report.get("passwords", {}))
    return {
        "notices": list_job_notices(job),
        "not_imported": [loss.to_json() for loss in list_job_losses(job)],
        "passwords": list_passwords(census),
    }


def list_job_notices(job: ImportJob) -> list[dict[str, str]]:
    """Return code and text of what is to be known of the job's file as a whole."""
    surroundings = Surroundings.from_json(job.surroundings)
    return list_notices(job.check_report, surroundings, get_provider(job.provider))


def list_job_losses(job: ImportJob) -> list[Loss]:
    """Return what the job's file has and the import does not carry."""
    surroundings = Surroundings.from_json(job.surroundings)
    return list_losses(job.check_report, surroundings, get_provider(job.provider))


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
