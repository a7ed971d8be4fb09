"""Create the definition of an attribute for a column that goes nowhere yet."""

from __future__ import annotations

from django.db import transaction

from accounts.models import AttributeDefinition, User
from imports.core.decisions import pick_questions
from imports.core.mapping.attribute_types import guess_type, name_attribute
from imports.core.mapping.sources import compile_source
from imports.core.providers import get_provider
from imports.engine.answers import read_mapping
from imports.models import ImportJob
from imports.services.jobs.transitions import note_event
from imports.services.mapping.samples import read_job_sample


@transaction.atomic
def create_attribute(job: ImportJob, column: str, *, actor: User) -> AttributeDefinition:
    """Return an attribute named after the column, made with the type of its first values.

    One of that name that exists already is returned as it is.
    """
    answers = pick_questions(read_mapping(job).answers)
    normalise, read = get_provider(job.provider).normalise, compile_source(column)
    values = [
        read(normalise(row.values, answers))
        for row in read_job_sample(job)
        if row.values is not None and not row.problems
    ]
    definition, is_new = AttributeDefinition.objects.get_or_create(
        name=name_attribute(column),
        defaults={"type": guess_type(values).value, "label": column[:200]},
    )
    if is_new:
        note_event(job, "create attribute", actor=actor, detail={"key": definition.name})
    return definition
