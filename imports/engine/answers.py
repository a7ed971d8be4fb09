"""The answers to a provider's questions: those that are secrets are kept encrypted with the job."""

from __future__ import annotations

from collections.abc import Mapping as MappingType

import orjson

from accounts.encryption import decrypt_text, encrypt_text
from imports.core.decisions import pick_decisions, pick_questions
from imports.core.mapping import Mapping
from imports.models import ImportJob

PURPOSE = b"answers to a provider's questions"


def read_mapping(job: ImportJob) -> Mapping:
    """Return the job's mapping with all answers: to map by, and neither to show nor to store."""
    mapping = Mapping.model_validate(job.mapping)
    answers = mapping.answers | read_secret_answers(job)
    return mapping.model_copy(update={"answers": answers})


def read_secret_answers(job: ImportJob) -> dict[str, str]:
    """Return the secret answers of a job by question."""
    if not job.secret_answers:
        return {}
    answers: dict[str, str] = orjson.loads(decrypt_text(job.secret_answers, purpose=PURPOSE))
    return answers


def part_answers(mapping: Mapping) -> tuple[Mapping, dict[str, str]]:
    """Return the mapping as it may be shown and stored, and the secret answers apart from it.

    Answers to what nobody asks are in neither; those to decisions are shown.
    """
    questions = mapping.questions
    answered = pick_questions(mapping.answers)
    given = {each.name: answered.get(each.name, "") for each in questions}
    secret = {each.name: given[each.name] for each in questions if each.is_secret}
    harmless = {name: answer for name, answer in given.items() if answer and name not in secret}
    decisions = pick_decisions(mapping.answers)
    shown = mapping.model_copy(update={"answers": {**harmless, **decisions}})
    return shown, {name: answer for name, answer in secret.items() if answer}


def encrypt_answers(answers: MappingType[str, str]) -> str:
    """Return secret answers as they are stored with a job; empty for none."""
    return encrypt_text(orjson.dumps(dict(answers)).decode(), purpose=PURPOSE) if answers else ""
