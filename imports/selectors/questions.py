"""Which questions about its source system a job's records need answered."""

from __future__ import annotations

from collections.abc import Collection

from imports.core.decisions import KINDS, pick_questions
from imports.core.errors import FileFormatError
from imports.core.providers import get_provider
from imports.core.questions import Question
from imports.engine.answers import read_mapping
from imports.models import ImportJob
from imports.selectors.decisions import list_decisions
from imports.services.mapping.samples import read_job_sample


def list_asked(job: ImportJob, *, named: Collection[str] = ()) -> list[Question]:
    """Return the questions to ask: of records in the head of the file or those the dry run found.

    Those that are answered or `named` are among them. Reads the head of the file.
    """
    provider = get_provider(job.provider)
    if not provider.questions:
        return []
    answers = pick_questions(read_mapping(job).answers)
    if any(KINDS[each["code"]].is_answered_in_mapping for each in list_decisions(job)):
        return list(provider.questions)
    try:
        rows = [row.values for row in read_job_sample(job) if row.values is not None]
    except FileFormatError:
        return list(provider.questions)
    # As if nobody had answered: an answer makes the record one that needs it no more.
    head = [provider.normalise(values, {}) for values in rows]
    return [
        each
        for each in provider.questions
        if each.name in named or answers.get(each.name) or any(map(each.needs, head))
    ]
