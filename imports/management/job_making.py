"""Make the job that `import_users` is told to make: its file, its mapping and its policies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from django.core.files import File
from django.core.management.base import CommandError
from django.urls import reverse
from pydantic import TypeAdapter, ValidationError

from accounts.models import User
from imports.core.decisions import Answer
from imports.core.errors import FileFormatError, ImporterError
from imports.core.inspection.inspection import Inspection
from imports.core.inspection.reading import read_chosen
from imports.core.mapping import Mapping, identifies_users
from imports.core.mapping.templates import TemplateFile
from imports.core.planning.conflicts import Mode
from imports.core.problems import Problem
from imports.management.import_arguments import AUTO
from imports.models import ImportJob
from imports.services.files.setup import Setup, set_up
from imports.services.files.uploads import create_job

WRONG_USAGE = 2
# Columns of a refused file that its message names.
COLUMNS_NAMED = 20


def stop_for_usage(message: str) -> NoReturn:
    raise CommandError(message, returncode=WRONG_USAGE)


def make_job(actor: User, *, provider: str, **options: Any) -> ImportJob:
    """Return a job that is ready for a dry run or a run."""
    setup = read_setup(**options)
    try:
        setup.check()
    except ImporterError as error:
        stop_for_usage(str(error))
    chosen = setup.find_provider() if provider == AUTO else provider
    job = upload(options["file"], actor, chosen, options["read"])
    if faults := set_up(job, setup, actor=actor):
        if not (setup.mapping or setup.template):
            refuse_without_users(job)
        lines = "\n".join(f"  {fault}" for fault in faults)
        page = reverse("imports:mapping", args=[job.pk])
        stop_for_usage(
            f"The columns cannot be mapped like this:\n{lines}\n"
            f"Give another --mapping or --template, or map job {job.pk} at {page} in the browser."
        )
    return job


def refuse_without_users(job: ImportJob) -> None:
    """Raise FileFormatError where no column of the file was found to identify users."""
    if identifies_users(Mapping.model_validate(job.mapping)):
        return
    columns = [column.name for column in Inspection.from_json(job.inspection).columns]
    named = ", ".join(columns[:COLUMNS_NAMED])
    more = f" and {len(columns) - COLUMNS_NAMED:,} further ones" * (len(columns) > COLUMNS_NAMED)
    page = reverse("imports:mapping", args=[job.pk])
    detail = (
        "No column was recognised as an id, e-mail address, user name or phone number of a user."
        f" The columns are: {named}{more}. Job {job.pk} keeps the file; its mapping page is {page}."
    )
    raise FileFormatError(Problem("file_no_users", params={"detail": detail}))


def read_setup(
    *,
    mapping: Path | None,
    template: str | None,
    answers: Path | None,
    mode: str,
    match: str,
    chunk_size: int | None,
    on: list[tuple[str, str]],
    field: list[tuple[str, str]],
    **_: Any,
) -> Setup:
    """Return what the arguments say about a job besides its file."""
    return Setup(
        mode=Mode(mode),
        mapping=read_mapping(mapping) if mapping else None,
        template=template or "",
        answers=read_answers(answers) if answers else {},
        chunk_rows=chunk_size,
        conflicts=dict(on),
        field_policies=dict(field),
        matching_key=match,
    )


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


def read_answers(path: Path) -> dict[str, Answer]:
    """Return the answers of a file; what is said about a wrong one quotes none of them."""
    try:
        return TypeAdapter(dict[str, Answer]).validate_json(path.read_bytes())
    except OSError as error:
        stop_for_usage(f"The file of answers {path} cannot be read: {error.strerror}.")
    except ValidationError:
        stop_for_usage(
            f'The file of answers {path} has to be like {{"question": "answer"}}, or for decisions'
            f' like {{"CODE:COLUMN": "choice"}} or {{"CODE:COLUMN": {{"value": "choice"}}}}.'
        )


def upload(
    path: Path | None, actor: User, provider: str, options: Iterable[tuple[str, str]]
) -> ImportJob:
    if path is None:
        stop_for_usage("Give a file to import, or a job to resume: --resume JOB.")
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
