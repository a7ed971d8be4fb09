"""`manage.py import_users`: the import of a file without a browser."""

from __future__ import annotations

import json
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from pydantic import TypeAdapter, ValidationError

from accounts.identifiers import normalise_email
from accounts.models import User
from imports.core.conflicts import Mode, PolicyError
from imports.core.errors import FileFormatError, ImporterError, MappingError
from imports.core.mapping import Mapping
from imports.core.mapping.templates import TemplateFile
from imports.core.problems import CODES
from imports.core.reading import read_chosen
from imports.core.wording import describe_drift, describe_halt
from imports.management.import_arguments import AUTO, add_import_arguments
from imports.management.limits import change_limits
from imports.management.progress import ProgressDisplay
from imports.models import ImportJob, Outcome, TemplateVersion
from imports.selectors import count_reasons, get_progress, get_totals
from imports.services import approvals, runs, work
from imports.services.mappings import (
    JobOptions,
    save_mapping,
)
from imports.services.rules import save_rules
from imports.services.templates import apply_template, find_version, read_template
from imports.services.uploads import create_job
from imports.services.worker import ensure_workers
from imports.states import BUSY, JobState

POLL_SECONDS = 0.2
SWEEP_SECONDS = 5.0
GOOD, ERRORED, WRONG_USAGE, SOME_FAILED, UNAPPROVED, INTERRUPTED = 0, 1, 2, 3, 4, 130
DESCRIPTION = """\
Imports the users of a file, as the pages of the admin do, and waits for the end.

Where imports have to be approved, the first call checks the file; a second person approves that
check on its page; and --resume then imports it.

Exit status: 0 all good, 3 finished but some records failed, 1 the job was stopped (by an error or
by somebody), 2 wrong usage, 4 checked and waiting for approval, 130 interrupted: Ctrl-C pauses the
job."""


class Command(BaseCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_import_arguments(parser)

    def handle(self, *, resume: int | None, operator: str | None, **options: Any) -> None:
        signal.signal(signal.SIGTERM, interrupt)
        actor = find_operator(operator)
        started = time.monotonic()
        try:
            job = self.prepare(actor, **options) if resume is None else find_job(resume)
            status = self.carry_out(job, actor, resume=resume is not None, **options)
        except FileFormatError as error:
            raise CommandError(f"{error} {error.problem.kind.advice}") from None
        except ImporterError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            # Before the job began, or once more while its workers were stopping.
            raise CommandError("Interrupted.", returncode=INTERRUPTED) from None
        self.report(job, time.monotonic() - started, as_json=options["json"])
        if status:
            sys.exit(status)

    def prepare(
        self,
        actor: User,
        *,
        file: Path | None,
        read: list[tuple[str, str]],
        provider: str,
        mapping: Path | None,
        template: str | None,
        answers: Path | None,
        mode: str,
        chunk_size: int | None,
        on: list[tuple[str, str]],
        field: list[tuple[str, str]],
        **options: Any,
    ) -> ImportJob:
        """Return a job that is ready to be checked or run."""
        if mapping and template:
            stop_for_usage("Name a mapping file or a template, not both.")
        version = find_version(template) if template else None
        given = read_template(version) if version else read_mapping(mapping) if mapping else None
        if provider == AUTO:
            provider = given.provider if given else ""
        job = upload(file, actor, provider, read)
        if version:
            given = fit_template(job, version, actor)
        chosen = given or Mapping.model_validate(job.mapping)
        if answers:
            chosen = chosen.model_copy(
                update={"answers": {**chosen.answers, **read_answers(answers)}}
            )
        try:
            save_mapping(
                job,
                chosen.model_copy(update={"provider": job.provider}),
                JobOptions(Mode(mode), chunk_size or job.chunk_rows),
                actor=actor,
            )
            save_rules(job, conflicts=dict(on), field_policies=dict(field), actor=actor)
        except PolicyError as error:
            stop_for_usage(str(error))
        except MappingError as error:
            lines = "\n".join(f"  {fault}" for fault in error.faults)
            page = reverse("imports:mapping", args=[job.pk])
            stop_for_usage(
                f"The columns cannot be mapped like this:\n{lines}\n"
                f"Give a mapping file with --mapping, or map job {job.pk} at {page} in the browser."
            )
        return job

    def carry_out(
        self, job: ImportJob, actor: User, *, resume: bool, dry_run: bool, **options: Any
    ) -> int:
        """Check, run or resume the job and wait for its end; return the exit status."""
        change_limits(job, options, actor)
        is_to_be_approved = approvals.is_approval_required() and not resume
        is_check = dry_run or is_to_be_approved
        with ensure_workers() as pool:
            try:
                if is_check:
                    runs.start_check(job, actor=actor)
                elif resume:
                    go_on(job, actor)
                else:
                    runs.start_run(job, actor=actor)
                wait_for_end(job, pool)
            except KeyboardInterrupt:
                self.stop(job, actor)
                return INTERRUPTED
        if job.state != (JobState.CHECKED if is_check else JobState.COMPLETED):
            self.stderr.write(describe_stop(job))
            return ERRORED
        if is_to_be_approved and not dry_run:
            self.stderr.write(describe_approval(job))
            return UNAPPROVED
        return SOME_FAILED if count_outcomes(job)["failed"] else GOOD

    def stop(self, job: ImportJob, actor: User) -> None:
        """Leave an interrupted job in a state from which it can be gone on with."""
        job.refresh_from_db()
        if job.state == JobState.CHECKING:
            runs.stop_check(job, actor=actor)
            self.stderr.write("\nThe check was stopped; nothing was imported.")
        elif job.state == JobState.RUNNING:
            runs.pause(job, actor=actor)
            self.stderr.write(
                f"\nPaused; what was imported stays. Go on with: manage.py import_users"
                f" --resume {job.pk}"
            )

    def report(self, job: ImportJob, seconds: float, *, as_json: bool) -> None:
        outcomes = count_outcomes(job)
        if as_json:
            summary = {"job": job.pk, "state": job.state, **outcomes, "seconds": round(seconds, 3)}
            self.stdout.write(json.dumps(summary))
            return
        lines = [f"Job {job.pk} ({job.name}): {JobState(job.state).label} after {seconds:.1f} s"]
        lines += [f"{count:>10,} {outcome}" for outcome, count in outcomes.items()]
        if reasons := list_failures(job):
            lines += ["Why records failed:", *reasons]
        if job.started_at:
            lines.append(f"Every record: {reverse('imports:results', args=[job.pk])} in the admin")
        self.stdout.write("\n".join(lines))


def describe_stop(job: ImportJob) -> str:
    """Say why a job did not come to its end, and how to go on."""
    if job.state == JobState.PAUSED and job.halted:
        return (
            f"Job {job.pk} has halted itself. {describe_halt(job.halted)} Go on with:"
            f" manage.py import_users --resume {job.pk}"
        )
    if job.state == JobState.CHECKED and (plan := approvals.find_plan(job)):
        drift = " ".join(describe_drift(plan.drift))
        return (
            f"Nothing was imported: the approved plan {plan.pk} does not hold any more. {drift}"
            " Check the file again, and have the new plan approved."
        )
    return job.error or f"Job {job.pk} was stopped: it is {job.state}."


def describe_approval(job: ImportJob) -> str:
    """Say what a checked job still needs before it is imported."""
    return (
        f"Nothing is imported yet: job {job.pk} waits for the approval of a second person at"
        f" {reverse('imports:check', args=[job.pk])} in the admin. Then import it with:"
        f" manage.py import_users --resume {job.pk}"
    )


def stop_for_usage(message: str) -> NoReturn:
    raise CommandError(message, returncode=WRONG_USAGE)


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
    return job or stop_for_usage(f"There is no import job {number}.")


def go_on(job: ImportJob, actor: User) -> None:
    """Have a job run on; one that is left running by workers that died only needs new ones."""
    if job.state == JobState.CHECKED or (job.state == JobState.ERRORED and job.started_at):
        runs.start_run(job, actor=actor)
    elif job.state != JobState.RUNNING:
        runs.resume(job, actor=actor)


def read_mapping(path: Path) -> Mapping:
    """Return the mapping of a file; what is said about a wrong one quotes no values of it."""
    try:
        content = path.read_bytes()
        if b'"userferry-mapping-template"' in content:
            return TemplateFile.model_validate_json(content).mapping
        return Mapping.model_validate_json(content)
    except OSError as error:
        stop_for_usage(f"The mapping file {path} cannot be read: {error.strerror}.")
    except ValidationError as error:
        faults = (
            f"  {'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        stop_for_usage(f"The mapping file {path} is not valid:\n" + "\n".join(faults))


def fit_template(job: ImportJob, version: TemplateVersion, actor: User) -> Mapping:
    """Return the mapping of a template for the job's file, which has to have all it reads."""
    fitted = apply_template(job, version, actor=actor)
    if fitted.missing:
        page = reverse("imports:mapping", args=[job.pk])
        stop_for_usage(
            f"The file has no column {', '.join(fitted.missing)}, which the template {version}"
            f" reads. Map job {job.pk} at {page} in the browser, or name another template."
        )
    return fitted.mapping


def read_answers(path: Path) -> dict[str, str]:
    """Return the answers of a file; what is said about a wrong one quotes none of them."""
    try:
        return TypeAdapter(dict[str, str]).validate_json(path.read_bytes())
    except OSError as error:
        stop_for_usage(f"The file of answers {path} cannot be read: {error.strerror}.")
    except ValidationError:
        stop_for_usage(f'The file of answers {path} has to be like {{"question": "answer"}}.')


def upload(
    path: Path | None, actor: User, provider: str, options: Iterable[tuple[str, str]]
) -> ImportJob:
    if path is None:
        stop_for_usage("Name the file to import, or a job to go on with: --resume JOB.")
    try:
        chosen = read_chosen(dict(options))
    except ValueError as error:
        stop_for_usage(str(error))
    try:
        with path.open("rb") as file:
            named = File(file, name=path.name)
            return create_job(named, actor=actor, chosen=chosen, provider=provider)
    except OSError as error:
        stop_for_usage(f"The file {path} cannot be read: {error.strerror}.")


def wait_for_end(job: ImportJob, pool: Any) -> None:
    """Return when the job is busy no more; meanwhile do what the scheduler does elsewhere."""
    display = ProgressDisplay()
    swept_at = time.monotonic()
    try:
        while True:
            job.refresh_from_db()
            if job.state not in BUSY:
                return
            if pool is not None and pool.poll() is not None:
                raise ImporterError(
                    f"The workers ended unexpectedly (status {pool.returncode}); their messages"
                    f" are above. Go on with: manage.py import_users --resume {job.pk}"
                )
            display.show(get_progress(job))
            if time.monotonic() - swept_at > SWEEP_SECONDS:
                work.sweep()
                swept_at = time.monotonic()
            time.sleep(POLL_SECONDS)
    finally:
        display.close()


def count_outcomes(job: ImportJob) -> dict[str, int]:
    """Return the number of records by outcome: what became of them, or would by the check."""
    counts = get_totals(job) if job.started_at else job.check_report.get("outcomes", {})
    return {outcome.value: counts.get(outcome.value, 0) for outcome in Outcome}


def list_failures(job: ImportJob) -> list[str]:
    """Return why records failed, with how many for each reason and what to do about it."""
    if job.started_at:
        counted = count_reasons(job, Outcome.FAILED)
    else:
        problems = job.check_report.get("problems", [])
        counted = [(problem["code"], problem["count"]) for problem in problems]
    return [
        f"{count:>10,} {CODES[code].title}. {CODES[code].advice}"
        for code, count in counted
        if code in CODES and CODES[code].severity == "error"
    ]


def interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
