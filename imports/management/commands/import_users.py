"""`manage.py import_users`: the import of a file without a browser."""

from __future__ import annotations

import json
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.identifiers import normalise_email
from accounts.models import User
from imports.core.corrections.written import WrittenCorrection
from imports.core.decisions import name_value
from imports.core.dry_run import FileFinding
from imports.core.errors import ChangedMeanwhile, DoubtsOpen, FileFormatError, ImporterError
from imports.core.planning.wording import describe_automatic_pause, describe_plan_changes
from imports.core.problems import CODES, Problem
from imports.core.problems.of_columns import VALUES_MISSING
from imports.management.corrections import (
    add_corrections,
    correct_failed,
    describe_corrections,
    read_corrections,
)
from imports.management.disabling import (
    count_disabled,
    disable_missing,
    find_leavers_page,
    name_counts,
)
from imports.management.import_arguments import add_import_arguments
from imports.management.job_making import make_job, stop_for_usage
from imports.management.limits import change_limits
from imports.management.waiting import wait_for_end
from imports.models import ImportJob, Status
from imports.selectors import (
    build_summary,
    count_reasons,
    find_refusal,
    get_totals,
    list_decisions,
    list_job_findings,
    read_report,
)
from imports.services.approval import approvals
from imports.services.approval.approvals import ApprovalMissing
from imports.services.jobs.shown import find_change_by_others, write_job
from imports.services.leavers.disabling import stop_disabling
from imports.services.runs import runs
from imports.states import JobAction, JobState, may

COMPLETED = frozenset({JobState.COMPLETED, JobState.DISABLING})
GOOD, ERRORED, SOME_FAILED, UNAPPROVED, INTERRUPTED = 0, 1, 3, 4, 130
# Stands for what is to be chosen where nothing is proposed.
CHOICE = "CHOICE"
DESCRIPTION = """\
Imports the users of a file, like the admin does, and waits until the import is finished.

Where imports have to be approved, the first call is a dry run; a second person approves its plan
on its page; and --resume then imports the file.

With --json, a rejected file is reported on the standard output as well, as an object “refused” with
code, title, message and advice.

Exit status: 0 success, 3 finished but some records failed, 1 the job was stopped (by an error or
a person), 2 wrong usage, 4 dry run done and waiting for approval, 130 interrupted: Ctrl-C pauses
the job."""


class Command(BaseCommand):
    help = DESCRIPTION
    # They load every page, which takes as long as all else before the first record is read; `run`
    # and `check` do them.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_import_arguments(parser)

    def handle(self, *, resume: int | None, operator: str | None, **options: Any) -> None:
        signal.signal(signal.SIGTERM, interrupt)
        actor = find_operator(operator)
        started = time.monotonic()
        try:
            written = read_corrections(options["corrections"]) if options["corrections"] else []
            job = make_job(actor, **options) if resume is None else find_job(resume)
            if resume is None:
                add_corrections(job, written, actor)
            elif written and job.state != JobState.COMPLETED:
                stop_for_usage(f"Job {job.pk} is not completed: nothing of it can be corrected.")
            status = self.carry_out(job, actor, written, resume=resume is not None, **options)
        except FileFormatError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"refused": describe_refusal(error)}))
            raise CommandError(f"{error} {error.problem.kind.advice}") from None
        except ImporterError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            # Before the job began, or once more while its workers were stopping.
            raise CommandError("Interrupted.", returncode=INTERRUPTED) from None
        self.report(
            job,
            actor,
            time.monotonic() - started,
            as_json=options["json"],
            with_missing=options["disable_missing"],
        )
        if status:
            sys.exit(status)

    def carry_out(
        self,
        job: ImportJob,
        actor: User,
        written: list[WrittenCorrection],
        *,
        resume: bool,
        dry_run: bool,
        **options: Any,
    ) -> int:
        """Start a dry run or run, or resume, and wait for the end; return the exit status."""
        change_limits(job, options, actor)
        is_to_be_approved = approvals.is_approval_required() and not resume
        is_dry_run = dry_run or is_to_be_approved
        disables = options["disable_missing"] and not is_dry_run
        # A job that is completed already is only gone on with to disable users.
        has_run = resume and disables and job.state in COMPLETED
        status = GOOD
        with import_string(settings.IMPORT_WORKERS)() as pool:
            try:
                if is_dry_run:
                    runs.start_dry_run(job, actor=actor)
                elif resume and written:
                    correct_failed(job, written, actor, lambda: wait_for_end(job, pool))
                elif resume and not has_run:
                    go_on(job, actor, options["digest"])
                elif not has_run:
                    # A file without --dry-run says that it is to be run without one.
                    runs.start_run(job, actor=actor, fails_undecided=True, without_dry_run=True)
                wait_for_end(job, pool)
                if disables and job.state in COMPLETED:
                    status = self.disable(job, actor, pool, options["confirm_missing"])
            except KeyboardInterrupt:
                self.stop(job, actor)
                return INTERRUPTED
        if refusal := find_refusal(job):
            raise FileFormatError(refusal)
        if job.state != (JobState.DRY_RUN_DONE if is_dry_run else JobState.COMPLETED):
            self.stderr.write(describe_stop(job))
            return ERRORED
        if is_to_be_approved and not dry_run:
            self.stderr.write(describe_approval(job))
            return UNAPPROVED
        return status or (SOME_FAILED if count_statuses(job)["failed"] else GOOD)

    def disable(self, job: ImportJob, actor: User, pool: Any, is_confirmed: bool) -> int:
        """Disable who is missing from the file, and return the exit status of that."""
        try:
            disable_missing(job, actor, pool, is_confirmed=is_confirmed)
        except ApprovalMissing as error:
            self.stderr.write(f"{error} Their page: {find_leavers_page(job)} in the admin.")
            return UNAPPROVED
        except ImporterError as error:
            self.stderr.write(
                f"{error} See who is missing at {find_leavers_page(job)} in the admin. Then go on"
                f" with: manage.py import_users --resume {job.pk} --disable-missing"
                + " --confirm-missing"
                * isinstance(error, DoubtsOpen)
            )
            return ERRORED
        return GOOD

    def stop(self, job: ImportJob, actor: User) -> None:
        """Leave an interrupted job in a state from which it can be gone on with."""
        job.refresh_from_db()
        if job.state == JobState.DRY_RUNNING:
            runs.stop_dry_run(job, actor=actor)
            self.stderr.write("\nThe dry run was stopped; nothing was imported.")
        elif job.state == JobState.RUNNING:
            runs.pause(job, actor=actor)
            self.stderr.write(
                "\nPaused. Imported records are kept. Resume with: manage.py import_users --resume "
                f"{job.pk}"
            )
        elif job.state == JobState.DISABLING:
            stop_disabling(job, actor=actor)
            self.stderr.write(
                "\nThe disabling was stopped. Disabled users stay disabled. Disable the rest with:"
                f" manage.py import_users --resume {job.pk} --disable-missing"
            )

    def report(
        self,
        job: ImportJob,
        actor: User,
        seconds: float,
        *,
        as_json: bool,
        with_missing: bool,
    ) -> None:
        statuses = count_statuses(job)
        disabled = count_disabled(job) if with_missing else {}
        if as_json:
            summary = {
                "job": job.pk,
                "state": job.state,
                **statuses,
                **({"missing": disabled} if with_missing else {}),
                "seconds": round(seconds, 3),
                "report": build_summary(job),
            }
            self.stdout.write(json.dumps(summary))
            return
        lines = [f"Job {job.pk} ({job.name}): {JobState(job.state).label} after {seconds:.1f} s"]
        lines[:0] = [write_finding(each) for each in list_job_findings(job)]
        lines += [f"{count:>10,} {status}" for status, count in statuses.items()]
        lines += [f"{count:>10,} {words}" for words, count in name_counts(disabled)]
        if missing := list_missing(job):
            lines += ["Data that is not imported:", *missing]
        if reasons := list_failures(job):
            lines += ["Why records failed:", *reasons]
        lines += describe_decisions(job)
        if may_correct(job):
            lines += describe_corrections(job, actor)
        if job.started_at:
            lines.append(f"Every record: {reverse('imports:results', args=[job.pk])} in the admin")
        self.stdout.write("\n".join(lines))


def write_finding(finding: FileFinding) -> str:
    """Return the text of a finding, with where to find the job that it names."""
    if finding.job is None:
        return finding.text
    page = reverse("imports:job", args=[finding.job])
    return f"{finding.text} Its page is {page} in the admin."


def describe_refusal(error: FileFormatError) -> dict[str, str]:
    """Return why a file is refused, as programs read it."""
    kind = error.problem.kind
    return {
        "code": kind.code,
        "title": kind.title,
        "message": error.problem.message,
        "advice": kind.advice,
    }


def describe_decisions(job: ImportJob) -> list[str]:
    """Say what has to be decided, and what the file of answers for it looks like."""
    waiting = [entry for entry in list_decisions(job) if entry["open"]]
    if not waiting:
        return []
    lines = ["Action required:"]
    for entry in waiting:
        fitting = {choice for value in entry["values"] for choice in value["choices"]}
        named = [each for each in entry["choices"] if each["id"] in fitting]
        choices = ", ".join(f"{each['id']} ({each['label']})" for each in named)
        lines.append(f"{entry['open']:>10,} {entry['text']} Choices: {choices}.")
        for value in entry["values"]:
            proposed = f", proposed: {value['proposal']}" if value["proposal"] else ""
            lines.append(f"{value['count']:>14,} {name_value(value['value'])}{proposed}")
    proposal = {
        entry["answer"]: {each["value"]: each["proposal"] or CHOICE for each in entry["values"]}
        for entry in waiting
    }
    written = json.dumps(proposal, ensure_ascii=False)
    return [*lines, f"Answer them in a file for --answers, such as: {written}"]


def describe_stop(job: ImportJob) -> str:
    """Say why a job did not finish, and how to continue."""
    if job.state == JobState.PAUSED and job.automatic_pause:
        return (
            f"Job {job.pk} was paused automatically. "
            f"{describe_automatic_pause(job.automatic_pause)} Resume with: manage.py import_users "
            f"--resume {job.pk}"
        )
    if job.state == JobState.DRY_RUN_DONE and (plan := approvals.find_plan(job)):
        changes = " ".join(describe_plan_changes(plan.changes))
        return (
            f"Nothing was imported: import plan {plan.pk} has changed since approval. {changes} "
            "Start another dry run, and have the new plan approved."
        )
    return job.error or f"Job {job.pk} was stopped: it is {job.state}."


def describe_approval(job: ImportJob) -> str:
    """Say what a job still needs after its dry run before it is imported."""
    return (
        f"Nothing is imported yet: job {job.pk} is waiting for approval by a second person at"
        f" {reverse('imports:dry_run', args=[job.pk])} in the admin. Then import it with:"
        f" manage.py import_users --resume {job.pk}"
    )


def find_operator(wanted: str | None) -> User:
    """Return the active user who runs the import."""
    users = User.objects.filter(is_active=True)
    if wanted is None:
        first = users.filter(is_superuser=True).order_by("pk").first()
        return first or stop_for_usage(
            "There is no active superuser to run the import as. Create one with"
            " “manage.py createsuperuser”, or name a user with --as."
        )
    by_id = users.filter(subject_id=wanted).first()
    found = by_id or users.filter(email=normalise_email(wanted)).first()
    return found or stop_for_usage(
        f"There is no active user with the subject id or e-mail address “{wanted}”."
    )


def find_job(number: int) -> ImportJob:
    job = ImportJob.objects.filter(pk=number).first()
    return job or stop_for_usage(f"Import job {number} does not exist. Check the number.")


def go_on(job: ImportJob, actor: User, shown: str | None) -> None:
    """Have a job run on; one that is left running by workers that died only needs new ones.

    One that others changed since the actor's last action is started only as it was `shown`.
    """
    if (
        job.state == JobState.DRY_RUN_DONE
        and not shown
        and (said := find_change_by_others(job, actor))
    ):
        raise ChangedMeanwhile(
            f"{said} Nothing was started. Review the dry run at"
            f" {reverse('imports:dry_run', args=[job.pk])} in the admin, then go on with:"
            f' manage.py import_users --resume {job.pk} --digest "{write_job(job)}"',
            [],
        )
    if job.state == JobState.DRY_RUN_DONE or (job.state == JobState.ERRORED and job.started_at):
        runs.start_run(job, actor=actor, fails_undecided=True, shown=shown)
    elif job.state != JobState.RUNNING:
        runs.resume(job, actor=actor, shown=shown)


def count_statuses(job: ImportJob) -> dict[str, int]:
    """Return the number of records by status; by that of the dry run where nothing has run."""
    predicted = job.dry_run["statuses"] if job.dry_run else {}
    counts = get_totals(job) if job.started_at else predicted
    return {status.value: counts.get(status.value, 0) for status in Status}


def list_failures(job: ImportJob) -> list[str]:
    """Return why records failed, with how many for each reason and what to do about it."""
    if job.has_begun:
        counted = count_reasons(job, Status.FAILED)
    else:
        problems = job.dry_run["problems"] if job.dry_run else []
        counted = [(problem["code"], problem["count"]) for problem in problems]
    return [
        f"{count:>10,} {CODES[code].title}. {CODES[code].advise(has_begun=job.has_begun)}"
        for code, count in counted
        if code in CODES and CODES[code].severity == "error"
    ]


def list_missing(job: ImportJob) -> list[str]:
    """Return at which fields fewer values arrive than the file has, and what to do about it."""
    report = read_report(job)
    return [
        f"{group['count']:>10,} {Problem.from_json(group).message} {VALUES_MISSING.advice}"
        for group in (report["columns"] if report else [])
        if group["code"] == VALUES_MISSING.code
    ]


def may_correct(job: ImportJob) -> bool:
    """Return whether corrections of the job can be chosen now."""
    return may(job, JobAction.RETRY if job.has_begun else JobAction.DRY_RUN)


def interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
