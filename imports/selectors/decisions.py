"""The decisions of a job: what its dry run asked, or what its records failed for want of."""

from __future__ import annotations

from imports.core.decisions import (
    KINDS,
    Concern,
    Decided,
    Decision,
    build_decisions,
    write_decision,
)
from imports.core.problems import Problem
from imports.models import ImportJob
from imports.selectors.results import list_error_groups


def list_decisions(job: ImportJob) -> list[Decision]:
    """Return the decisions of a job, the open ones first, in the form of a dry-run report.

    Once the run has begun, they are those for want of which records have failed.
    """
    if not job.has_begun:
        return job.dry_run["decisions"] if job.dry_run else []
    return build_decisions(
        (write_decision(_describe(error_group.problem)), error_group.count)
        for code in KINDS
        for error_group in list_error_groups(job, code=code)
    )


def _describe(problem: Problem) -> Decided:
    value = str(problem.params.get("value", ""))
    choices = KINDS[problem.code].choice_ids
    return Decided(problem.code, Concern(problem.column, value, problem.field, choices))
