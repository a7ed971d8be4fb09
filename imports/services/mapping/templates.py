"""Keep mappings as templates, in versions, and apply them to the files of other jobs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from pydantic import ValidationError

from accounts.models import User
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping
from imports.core.mapping.templates import (
    ALIKE_FROM,
    FittedMapping,
    TemplateFile,
    fit_mapping,
    measure_likeness,
)
from imports.engine.answers import part_answers
from imports.models import ImportJob, MappingTemplate, TemplateVersion
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import add_preparer, note_event, take_action
from imports.states import JobAction

NAME_LENGTH = 200
# Larger ones are no mappings: one of 500 columns has about 100 kB.
FILE_LIMIT = 2 << 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A template that fits a file; `share` of the columns it reads are there, from 0 to 1."""

    version: TemplateVersion
    share: float


def save_template(
    job: ImportJob, name: str, *, actor: User, description: str = ""
) -> TemplateVersion:
    """Keep the job's mapping under a name, as a new version where there is one of that name.

    A mapping that is as in the latest version makes no new one. Raises ImporterError.
    """
    columns = [column.name for column in Inspection.from_json(job.inspection).columns]
    mapping = Mapping.model_validate(job.mapping)
    version = add_version(name, mapping, columns, actor=actor, description=description)
    with transaction.atomic():
        ImportJob.objects.filter(pk=job.pk).update(template_version=version)
        note_event(job, "save template", actor=actor, detail={"template": str(version)})
    job.template_version = version
    return version


@transaction.atomic
def add_version(
    name: str, mapping: Mapping, columns: list[str], *, actor: User, description: str = ""
) -> TemplateVersion:
    """Return a new version of the template of that name, or the latest if that is the same.

    Holds no secret: answers that are some are left away. Raises ImporterError for a bad name.
    """
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH:
        raise ImporterError(f"The name of a template must have 1 to {NAME_LENGTH} characters.")
    template, _ = MappingTemplate.objects.get_or_create(name=name)
    # Of two people saving at once, the second gets the next number.
    MappingTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    if description:
        template.description = description
        template.save(update_fields=["description"])
    stored = part_answers(mapping)[0].model_dump(mode="json")
    latest = template.versions.first()
    if latest is not None and latest.mapping == stored:
        return latest
    number = latest.number + 1 if latest else 1
    return TemplateVersion.objects.create(
        template=template, number=number, mapping=stored, columns=columns, created_by=actor
    )


def find_version(name: str) -> TemplateVersion:
    """Return a template's version: the latest, or the one after the last @. Raises ImporterError.

    A template whose own name ends so is found first.
    """
    versions = TemplateVersion.objects.select_related("template")
    if found := versions.filter(template__name=name).first():
        return found
    plain, _, number = name.rpartition("@")
    if plain and number.isdecimal() and len(number) < 9:
        found = versions.filter(template__name=plain, number=int(number)).first()
    if found is None:
        raise ImporterError(f"There is no mapping template “{name}”.")
    return found


def read_template(version: TemplateVersion) -> Mapping:
    """Return the mapping of a version."""
    return Mapping.model_validate(version.mapping)


@transaction.atomic
def apply_template(
    job: ImportJob, version: TemplateVersion, *, actor: User, shown: str | None = None
) -> FittedMapping:
    """Give a job that is still being mapped the mapping of a template, as far as its file has it.

    Nothing is checked yet: the mapping page shows what is missing, and saves it. Raises
    ImporterError, and ChangedMeanwhile when the job is not as it was `shown`.
    """
    lock_as_shown(job, shown, "map", actor=actor)
    columns = [column.name for column in Inspection.from_json(job.inspection).columns]
    fitted = fit_mapping(read_template(version), columns)
    mapping = fitted.mapping.model_copy(update={"provider": job.provider})
    take_action(
        job,
        JobAction.APPLY_TEMPLATE,
        actor=actor,
        detail={"template": str(version)},
        mapping=mapping.model_dump(mode="json"),
        template_version=version,
        dry_run_report={},
        phase="",
        error="",
    )
    if version.created_by_id is not None:
        add_preparer(job, version.created_by_id)
    return fitted


def list_latest() -> list[TemplateVersion]:
    """Return the latest version of every template, by name."""
    latest = (
        TemplateVersion.objects.select_related("template")
        .order_by("template_id", "-number")
        .distinct("template_id")
    )
    return sorted(latest, key=lambda version: version.template.name)


def propose_templates(inspection: Inspection) -> list[Proposal]:
    """Return the templates that fit a file, the best first."""
    columns = [column.name for column in inspection.columns]
    proposals = [
        Proposal(version, measure_likeness(read_template(version), columns))
        for version in list_latest()
    ]
    fitting = [proposal for proposal in proposals if proposal.share >= ALIKE_FROM]
    return sorted(fitting, key=lambda each: (-each.share, each.version.template.name))


def export_template(version: TemplateVersion) -> bytes:
    """Return a version as the JSON file that `import_template` takes."""
    written = TemplateFile(
        name=version.template.name,
        description=version.template.description,
        version=version.number,
        columns=version.columns,
        mapping=read_template(version),
    )
    return written.model_dump_json(indent=2, exclude_defaults=False).encode()


def import_template(content: bytes, *, actor: User, name: str = "") -> TemplateVersion:
    """Return the version that a file makes, under its own name unless another is given.

    The same file imported twice makes one version. Raises ImporterError with what is wrong.
    """
    if len(content) > FILE_LIMIT:
        raise ImporterError("The file is too large to be a mapping template.")
    try:
        given = TemplateFile.model_validate_json(content)
    except ValidationError as error:
        raise ImporterError(f"This is not a mapping template: {list_faults(error)}.") from None
    return add_version(
        name or given.name,
        given.mapping,
        given.columns,
        actor=actor,
        description=given.description,
    )


def list_faults(error: ValidationError) -> str:
    """Return what is wrong with a file in words that quote no value of it."""
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)[:5]
    )
