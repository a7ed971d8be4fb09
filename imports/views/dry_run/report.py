"""Say what the report of a dry run says, for its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from accounts.models import User
from imports.core.decisions import KINDS, count_open
from imports.core.dry_run import DryRunReport, ErrorGroup, describe_disabled, hide_values
from imports.core.problems import Severity
from imports.core.providers import get_provider
from imports.core.records.password_summary import PasswordSummary
from imports.models import ImportJob
from imports.selectors import list_job_findings, list_job_losses, tell_leavers
from imports.views.dry_run.action_required import list_required
from imports.views.dry_run.decisions import list_decisions
from imports.views.dry_run.findings import describe_differences, describe_sign_ins
from imports.views.dry_run.missing_memberships import list_creatable
from imports.views.shared.password_summary import describe_password_summary
from imports.views.shared.problems import ShownProblem, describe_group, group_by_code
from imports.views.shared.stage_words import count_conflicts

# Who arrives disabled stands in the first sentence of the page, who is missing below its figures.
TOLD_APART = frozenset({"arrive_disabled", "users_missing"})
Describe = Callable[[ErrorGroup], ShownProblem]


def describe_report(job: ImportJob, report: DryRunReport, user: User) -> dict[str, Any]:
    """Return what the templates show of a job's report; its values to those who may see them."""
    if not user.has_perm("imports.view_importrecord_values"):
        report = hide_values(report)
    describe = partial(describe_group, has_begun=job.has_begun)
    problems = list(map(describe, report["problems"]))
    summary = PasswordSummary.from_json(report["passwords"])
    return {
        "report": report,
        **_count_records(report),
        "required": list_required(report["decisions"], problems),
        "open_count": count_open(report["decisions"]),
        **_sort_problems(problems, user),
        **_sort_columns(report, describe),
        "differences": describe_differences(report),
        "conflicts": count_conflicts(report),
        "password_summary": describe_password_summary(summary, has_begun=job.has_begun),
        "disabled": describe_disabled(report),
        "sign_ins": describe_sign_ins(report),
        **_describe_file(job),
    }


def _count_records(report: DryRunReport) -> dict[str, Any]:
    """Return how many records will have each status, and how many can be imported."""
    statuses = report["statuses"]
    total = sum(statuses.values())
    return {
        "statuses": {**statuses, "skipped": statuses["skipped"] - report["unchanged"]},
        "total": total,
        "importable": total - statuses["failed"],
        # Then what comes first is to decide and to correct, not to import.
        "is_mostly_failing": statuses["failed"] * 2 > total,
    }


def _sort_problems(problems: Sequence[ShownProblem], user: User) -> dict[str, Any]:
    """Return the problems by what there is to do about them.

    Those that wait for a decision stand under “Action required”, and are none of these.
    """
    decisions = list_decisions(problems, list_creatable(user))
    undecided = {decision.problem for decision in decisions}
    created = [problem for problem in problems if problem.missing and problem not in undecided]
    handled = {*undecided, *created}
    groups = group_by_code(
        problem for problem in problems if problem not in handled and problem.code not in KINDS
    )
    return {
        "decisions": decisions,
        "created": created,
        "errors": [group for group in groups if group.severity == Severity.ERROR],
        "notes": [group for group in groups if group.severity != Severity.ERROR],
    }


def _sort_columns(report: DryRunReport, describe: Describe) -> dict[str, Any]:
    """Return what is wrong with columns: with those that are imported, and harmless elsewhere."""
    lost = {column for column, _ in report["lost"]}
    imported = [each for each in report["columns"] if each.get("column") not in lost]
    unmapped = [each for each in report["columns"] if each.get("column") in lost]
    return {
        "warnings": group_by_code(map(describe, imported)),
        "harmless": group_by_code(map(describe, unmapped)),
    }


def _describe_file(job: ImportJob) -> dict[str, Any]:
    """Return what concerns the file as a whole, and what of it is not imported."""
    findings = list_job_findings(job)
    return {
        "file_findings": [each for each in findings if each.code not in TOLD_APART],
        "leavers": tell_leavers(job),
        "losses": list_job_losses(job),
        "lacks": get_provider(job.provider).lacks,
    }
