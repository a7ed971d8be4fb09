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
    mapping = read_mapping(job)
    questions = mapping.questions
    if not questions:
        return []
    answers = pick_questions(mapping.answers)
    if any(KINDS[each["code"]].is_answered_in_mapping for each in list_decisions(job)):
        return list(questions)
    try:
        rows = [row.values for row in read_job_sample(job) if row.values is not None]
    except FileFormatError:
        return list(questions)
    # As if nobody had answered: an answer makes the record one that needs it no more.
    provider = get_provider(job.provider)
    head = [provider.normalise(values, {}) for values in rows]
    return [
        each
        for each in questions
        if each.name in named or answers.get(each.name) or any(map(each.needs, head))
    ]
