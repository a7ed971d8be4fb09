"""Set up a job at once, for a caller who gives all its settings along with the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.models import User
from accounts.selectors.attributes import list_unique_attributes
from imports.core.decisions import Answer
from imports.core.errors import ImporterError, MappingError
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.planning.conflicts import Mode, build_table
from imports.core.planning.field_policies import build_policies
from imports.core.planning.matching import SUBJECT_ID, check_matching_key
from imports.models import ImportJob, TemplateVersion
from imports.services.jobs.policies import save_policies
from imports.services.mapping.mappings import JobOptions, save_mapping
from imports.services.mapping.templates import apply_template, find_version, read_template


@dataclass(frozen=True, slots=True)
class Setup:
    """What is chosen for a job: a mapping or the name of a template, or what is suggested.

    `answers` are to the provider's questions and to decisions, over those of the mapping; None for
    `chunk_rows` leaves what the job has.
    """

    mode: Mode = Mode.SKIP
    mapping: ColumnMapping | None = None
    template: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    chunk_rows: int | None = None
    conflicts: Mapping[str, str] = field(default_factory=dict)
    field_policies: Mapping[str, str] = field(default_factory=dict)
    matching_key: str = SUBJECT_ID

    def check(self) -> TemplateVersion | None:
        """Return the template that is named, if one is; raise ImporterError for what cannot be."""
        build_table(self.mode, self.conflicts)
        build_policies(self.field_policies)
        check_matching_key(self.matching_key, list_unique_attributes())
        if self.mapping and self.template:
            raise ImporterError("Give a mapping or the name of a template, not both.")
        return find_version(self.template) if self.template else None

    def find_provider(self) -> str:
        """Return the provider that the mapping or template is for; nothing without either."""
        if self.mapping:
            return self.mapping.provider
        return read_template(find_version(self.template)).provider if self.template else ""


def map_job(job: ImportJob, setup: Setup, *, actor: User, shown: str | None = None) -> None:
    """Set the mapping and options of a job; raises ImporterError with what is wrong.

    Raises ChangedMeanwhile when the job is not as it was `shown`.
    """
    version = setup.check()
    chosen = setup.mapping or ColumnMapping.model_validate(job.mapping)
    if version:
        fitted = apply_template(job, version, actor=actor, shown=shown)
        if fitted.missing:
            raise MappingError(
                [
                    f"The file has no column “{name}”, which {version} reads."
                    for name in fitted.missing
                ]
            )
        chosen, shown = fitted.mapping, None
    answers = {**chosen.answers, **setup.answers}
    save_mapping(
        job,
        chosen.model_copy(update={"answers": answers, "provider": job.provider}),
        JobOptions(setup.mode, setup.chunk_rows or job.chunk_rows),
        actor=actor,
        shown=shown,
    )


def set_up(job: ImportJob, setup: Setup, *, actor: User) -> list[str]:
    """Set a new job up as far as that can be done; return what has still to be mapped.

    With anything left the job stays a draft. Raises ImporterError for what no file could make
    right.
    """
    setup.check()
    save_policies(
        job,
        conflicts=setup.conflicts,
        field_policies=setup.field_policies,
        matching_key=setup.matching_key,
        actor=actor,
    )
    job.refresh_from_db()
    try:
        map_job(job, setup, actor=actor)
    except MappingError as error:
        return error.faults
    return []
