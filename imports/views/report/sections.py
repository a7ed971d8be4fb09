"""Collect what the migration report of a job says; the page and the PDF show the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.template.defaultfilters import filesizeformat

from accounts.models import User
from imports.core.corrections import read_corrections
from imports.core.decisions import pick_decisions, spread_answer
from imports.core.dry_run import FileReport
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.planning.conflicts import Mode
from imports.core.planning.wording import describe_limits, describe_plan_changes, describe_policies
from imports.core.readers import SYNTAX_NAMES
from imports.core.records.password_summary import PasswordSummary
from imports.models import Disabling, ImportJob, ImportPlan, Status, Undo
from imports.selectors import (
    count_reasons,
    get_totals,
    list_error_groups,
    list_grantors,
    list_job_losses,
)
from imports.selectors.activity_log import list_activity_log, list_answers
from imports.selectors.jobs import is_continuous
from imports.services.jobs.rate_limits import read_limits
from imports.services.leavers.disabling import describe_counts
from imports.states import ChunkState, JobState
from imports.views.runs.runs import find_differences, is_as_predicted
from imports.views.shared.password_summary import describe_password_summary
from imports.views.shared.problems import describe_error_group, describe_group, get_title

# Who signs for what.
SIGNATURES = ("Prepared by", "Approved by", "Accepted by the business")
TIMESTAMP = "%d %b %Y, %H:%M:%S UTC"
WHEN_USER_EXISTS = {
    Mode.SKIP: "Existing users do not change (skip)",
    Mode.UPDATE: "Existing users are updated (update)",
    Mode.FAIL: "Records of existing users fail (fail)",
}

# The column of figures in most sections.
FIRST = [0]
PROBLEM_COLUMNS = ["Records", "Problem", "What to do"]
ATTEMPT_COLUMNS = ["Attempt", "Ended", *Status.labels]
PLAN_COLUMNS = ["Plan", "Decision", "By", "Comment"]
PLAN_LEAD = "Decisions of the second person on each import plan."
UNDO_COLUMNS = ["When", "By", "Result"]
DISABLED_COLUMNS = ["When", "By", "Disabled", "Kept"]
DISABLED_LEAD = "Decisions to disable users of the source system who are missing from the file."


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with a table below it.

    Without `columns` the rows are pairs of a label and a value; `numbers` are columns of figures.
    """

    title: str
    rows: list[list[str]]
    columns: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    lead: str = ""

    @property
    def cells(self) -> list[list[tuple[str, str, bool]]]:
        """The rows of a table with, in each cell, the column's name and whether it is a figure."""
        kinds = [(label, at in self.numbers) for at, label in enumerate(self.columns)]
        return [
            [(label, cell, is_number) for (label, is_number), cell in zip(kinds, row, strict=True)]
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report says, in words."""

    title: str
    subtitle: str
    totals: list[list[str]]
    sections: list[Section]
    signatures: list[str]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def build_report(job: ImportJob, reader: User, now: datetime) -> Report:
    """Return the report of a job as it is now, made for a reader; it names no user of the file."""
    return Report(
        title=f"Migration report: {job.name}",
        subtitle=f"Import job {job.pk}, {JobState(job.state).label}."
        f" Made on {_say(now)} for {reader}.",
        totals=_list_totals(job),
        sections=[section for section in _list_sections(job) if section.rows],
        signatures=list(SIGNATURES),
    )


def _list_totals(job: ImportJob) -> list[list[str]]:
    counts = get_totals(job)
    names = {"total": "Records", **{each.value: each.label for each in Status}}
    names["pending"] = "Not imported"
    return [[label, f"{counts[name]:,}"] for name, label in names.items()]


def _list_sections(job: ImportJob) -> Iterator[Section]:
    report = job.dry_run
    if not is_continuous(job):
        yield Section("The file", _list_file(job))
    yield Section("Import options", _list_options(job))
    yield Section(
        "Approval", [_describe_plan(plan) for plan in job.plans.all()], PLAN_COLUMNS, lead=PLAN_LEAD
    )
    yield Section(
        "Dry run and run",
        _list_dry_run(job),
        ["Records", "Predicted status"],
        numbers=FIRST,
    )
    yield Section("Attempts", list(_list_attempts(job)), ATTEMPT_COLUMNS, numbers=[0, 2, 3, 4, 5])
    yield Section("Why records failed", _list_failures(job), PROBLEM_COLUMNS, numbers=FIRST)
    yield Section(
        "Why records were skipped", _list_skipped(job), ["Records", "Reason"], numbers=FIRST
    )
    if report:
        yield Section(
            "Passwords", _list_passwords(report), ["Records", "Kind", "Details"], numbers=FIRST
        )
        yield Section("Not imported", _list_losses(job), ["Records", "What", "Why"], numbers=FIRST)
        remarks = _list_remarks(report, has_begun=job.has_begun)
        yield Section("Findings of the dry run", remarks, PROBLEM_COLUMNS, numbers=FIRST)
    yield Section("Decisions", list(_list_decisions(job)))
    yield Section(
        "Users missing from the file",
        list(map(_describe_disabling, job.disablings.all())),
        DISABLED_COLUMNS,
        [2, 3],
        DISABLED_LEAD,
    )
    yield Section("Undone", list(map(_describe_undo, job.undos.all())), UNDO_COLUMNS)
    yield Section("Activity log", _list_activity_log(job), ["When", "Who", "What"])


def _list_file(job: ImportJob) -> list[list[str]]:
    options = job.reader_options
    syntax = SYNTAX_NAMES.get(options.get("syntax", ""), options.get("syntax", ""))
    rows = [
        ["Name", job.file_name],
        ["Size", _say_size(job.file_size)],
        ["SHA-256", job.file_sha256],
        ["Read as", ", ".join(filter(None, [syntax, options.get("encoding", "")]))],
        ["Source system", job.source_label],
        ["Uploaded", f"{_say(job.created_at)} by {job.created_by}"],
    ]
    return rows if job.file else [*rows, ["Kept", "No, it was deleted."]]


def _list_options(job: ImportJob) -> list[list[str]]:
    names = ("conflicts", "field_policies", "matching_key")
    policies = {name: getattr(job, name) for name in names}
    rows = [
        ["Existing users", WHEN_USER_EXISTS[Mode(job.mode)]],
        ["Custom policies", describe_policies(policies)],
        ["Limits", describe_limits(read_limits(job))],
        ["Batch size", f"{job.chunk_rows:,}"],
        ["Grants limited to", "permissions of " + ", ".join(list_grantors(job))],
    ]
    if not (job.dry_run or is_continuous(job)):
        rows.append(["Dry run before", "no, so neither hashes nor losses were counted"])
    if job.started_at:
        rows.append(["Started", _say(job.started_at)])
    if job.finished_at:
        rows.append(["Ended", _say(job.finished_at)])
    return [*rows, ["Stopped by", job.error]] if job.error else rows


def _describe_plan(plan: ImportPlan) -> list[str]:
    by = f"{plan.decided_by}, {_say(plan.decided_at)}" if plan.decided_at else ""
    said = " ".join(filter(None, [plan.comment, *describe_plan_changes(plan.changes)]))
    return [f"{plan.pk} ({plan.digest[:12]})", plan.get_state_display(), by, said]


def _list_dry_run(job: ImportJob) -> list[list[str]]:
    if job.dry_run is None:
        return []
    predicted = job.dry_run["statuses"]
    rows = [[f"{predicted.get(each.value, 0):,}", each.label] for each in Status]
    if differences := find_differences(job):
        rows.append(["", f"The result differs from the dry run. {differences}"])
    elif is_as_predicted(job):
        rows.append(["", "The result matches the dry run."])
    return rows


def _list_attempts(job: ImportJob) -> Iterator[list[str]]:
    """Yield the result of each attempt, added up over its chunks."""
    sums = ", ".join(f"COALESCE(sum((counts ->> '{each}')::int), 0)" for each in Status.values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT attempt, max(finished_at), {sums} FROM imports_importchunk"  # noqa: S608
            " WHERE job_id = %s AND state = %s AND counts ? 'failed' GROUP BY 1 ORDER BY 1",
            [job.pk, ChunkState.DONE.value],
        )
        for attempt, ended, *counts in cursor.fetchall():
            yield [str(attempt), _say(ended), *(f"{count:,}" for count in counts)]


def _list_failures(job: ImportJob) -> list[list[str]]:
    found = (
        describe_error_group(error_group.problem, error_group.count, has_begun=True)
        for error_group in list_error_groups(job)
    )
    return [[f"{each.count:,}", each.named, each.advice] for each in found]


def _list_skipped(job: ImportJob) -> list[list[str]]:
    reasons = count_reasons(job, Status.SKIPPED)
    return [[f"{count:,}", get_title(code)] for code, count in reasons]


def _list_passwords(report: FileReport) -> list[list[str]]:
    lines = describe_password_summary(
        PasswordSummary.from_json(report["passwords"]), has_begun=True
    ).lines
    return [
        [f"{line.count:,}", line.label, ". ".join(filter(None, details))]
        for line in lines
        for details in [(line.parameters, line.badge, line.reason.removesuffix("."))]
    ]


def _list_losses(job: ImportJob) -> list[list[str]]:
    losses = list_job_losses(job)
    return [[f"{loss.records:,}", loss.label, loss.why] for loss in losses]


def _list_remarks(report: FileReport, *, has_begun: bool) -> list[list[str]]:
    """Return what the dry run found in whole columns, and warned of in records."""
    groups = [
        describe_group(each, has_begun=has_begun)
        for each in [*report["columns"], *report["problems"]]
    ]
    return [
        [f"{each.count:,}", ": ".join(filter(None, [each.place, each.named])), each.advice]
        for each in groups
        if each.severity != "error"
    ]


def _list_decisions(job: ImportJob) -> Iterator[list[str]]:
    mapping = ColumnMapping.model_validate(job.mapping)
    for condition in mapping.exclude:
        yield ["Excluded", condition.sentence]
    for kind, names in (("Group", mapping.groups), ("Role", mapping.roles)):
        for key, name in names.items():
            yield [f"{kind} {key}", f"becomes {name}" if name else "is dropped"]
    decisions = pick_decisions(mapping.answers)
    answers = {key: spread_answer(answer) for key, answer in decisions.items()}
    yield from map(list, list_answers(answers))
    for each in read_corrections(job.corrections):
        ended = " (undone)" if each.is_undone else ""
        since = "Before the run" if each.is_for_run else f"From attempt {each.attempt} on"
        yield [since, f"{each.sentence}{ended}"]


def _describe_disabling(disabling: Disabling) -> list[str]:
    counts = describe_counts(disabling)
    figures = [f"{counts[name]:,}" for name in ("disabled", "kept")]
    return [_say(disabling.started_at), str(disabling.actor), *figures]


def _describe_undo(undo: Undo) -> list[str]:
    done = {name: undo.counts.get(name, 0) for name in ("removed", "restored", "enabled", "gone")}
    left = sum(count for name, count in undo.counts.items() if name.startswith("left:"))
    if not done["enabled"]:
        del done["enabled"]
    counts = [f"{count:,} {name}" for name, count in done.items()] + [f"{left:,} kept"]
    what = f"{undo.total or 0:,} records" if undo.chosen else "the whole job"
    what = "the users it disabled" if undo.only_disabled else what
    return [_say(undo.started_at), str(undo.actor), f"Of {what}: {', '.join(counts)}"]


def _list_activity_log(job: ImportJob) -> list[list[str]]:
    return [
        [
            _say(entry.at),
            entry.actor,
            f"{entry.sentence}: {entry.detail}" if entry.detail else entry.sentence,
        ]
        for entry in reversed(list_activity_log(job))
    ]


def _say_size(size: int) -> str:
    short = f" ({filesizeformat(size)})" if size >= 1024 else ""
    return f"{size:,} bytes{short}"


def _say(timestamp: datetime) -> str:
    return timestamp.strftime(TIMESTAMP)
