"""The result of a dry run or a run, as programs read it: mapping, problems and decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC
from typing import Any

from django.db.models import Q

from imports.core.dry_run import (
    EarlierImport,
    FileFinding,
    FileReport,
    Loss,
    list_file_findings,
    list_losses,
    list_passwords,
)
from imports.core.inspection.recognition import Rival
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.problems import Problem
from imports.core.problems.of_columns import VALUES_MISSING
from imports.core.providers import get_provider
from imports.core.readers.surroundings import Surroundings
from imports.core.records.password_summary import PasswordSummary
from imports.engine.counting import merge_losses
from imports.models import ImportJob
from imports.selectors.corrections import list_corrected_losses
from imports.selectors.decisions import list_decisions
from imports.selectors.jobs import is_continuous
from imports.selectors.leavers import tell_leavers
from imports.selectors.results import list_error_groups
from imports.states import JobState


def build_summary(job: ImportJob) -> dict[str, Any]:
    """Return the report of a job; once its run has begun, the problems are those of its failures.

    No part of it holds values of people.
    """
    report = read_report(job)
    mapping = ColumnMapping.model_validate(job.mapping)
    return {
        "provider": job.provider,
        "mapping": [{"source": rule.origin, "target": rule.target} for rule in mapping.rules],
        "unmapped": mapping.ignored,
        "problems": list(_list_problems(job, report)),
        "decisions": list_decisions(job),
        **_describe_file(job, report),
    }


def _describe_file(job: ImportJob, report: FileReport | None) -> dict[str, Any]:
    """Return what the dry run or run says of the file, rather than of its records."""
    return {
        "notices": [asdict(each) for each in _list_file_findings(job, report)],
        "not_imported": [loss.to_json() for loss in list_job_losses(job)],
        "passwords": _list_passwords(report),
    }


def _list_passwords(report: FileReport | None) -> list[dict[str, Any]]:
    return list_passwords(PasswordSummary.from_json(report["passwords"] if report else {}))


def read_report(job: ImportJob) -> FileReport | None:
    """Return the report of the dry run; without one, what the run has told of its file so far."""
    if job.dry_run:
        return job.dry_run
    done = job.chunks.filter(attempt=1).exclude(losses={}).order_by("number")
    found = list(done.values_list("losses", flat=True))
    return merge_losses(found) if found else None


def list_job_findings(job: ImportJob) -> list[FileFinding]:
    """Return what is to be known of the job's file as a whole."""
    return _list_file_findings(job, read_report(job))


def _list_file_findings(job: ImportJob, report: FileReport | None) -> list[FileFinding]:
    if report and job.attempt > 1:
        # Corrections have been made since: what most records failed for once says nothing.
        report = {**report, "root_cause": None}
    return list_file_findings(
        report,
        Surroundings.from_json(job.surroundings),
        get_provider(job.provider),
        _list_rivals(job),
        list_earlier_imports(job),
        job.matching_key,
        tell_leavers(job),
    )


def list_earlier_imports(job: ImportJob) -> list[EarlierImport]:
    """Return the completed imports of the same part of the same file, the latest first.

    One that was undone counts no longer; nor does one that was completed only after this job's
    own run began.
    """
    if is_continuous(job):
        return []
    parts = ("member", "tables", "path")
    same = ImportJob.objects.filter(
        ~Q(pk=job.pk),
        file_sha256=job.file_sha256,
        state=JobState.COMPLETED,
        **{f"reader_options__{part}": job.reader_options.get(part) for part in parts},
    )
    if job.started_at is not None:
        same = same.filter(finished_at__lt=job.started_at)
    return [
        EarlierImport(each.pk, each.name, each.finished_at.astimezone(UTC))
        for each in same.order_by("-finished_at")
        if each.finished_at is not None
    ]


def _list_rivals(job: ImportJob) -> list[Rival]:
    """Return the source systems that the file fits equally well, of which none was chosen."""
    inspected = job.inspected
    return list(inspected.rivals) if inspected else []


def list_job_losses(job: ImportJob) -> list[Loss]:
    """Return what the job's file has and the import does not carry."""
    surroundings = Surroundings.from_json(job.surroundings)
    losses = list_losses(read_report(job), surroundings, get_provider(job.provider))
    return [*losses, *list_corrected_losses(job)]


def _list_problems(job: ImportJob, report: FileReport | None) -> Iterator[dict[str, Any]]:
    """Yield code, field and column of the problems, each once, the most frequent first.

    Values of the file that do not arrive are among them.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    for problem, count in (*_count_problems(job), *_count_missing(report)):
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


def _count_missing(report: FileReport | None) -> Iterator[tuple[Problem, int]]:
    for group in report["columns"] if report else ():
        if group["code"] == VALUES_MISSING.code:
            yield Problem.from_json(group), group["count"]


def _count_problems(job: ImportJob) -> Iterator[tuple[Problem, int]]:
    if job.has_begun:
        yield from (
            (error_group.problem, error_group.count) for error_group in list_error_groups(job)
        )
    else:
        for group in job.dry_run["problems"] if job.dry_run else ():
            yield Problem.from_json(group), group["count"]
