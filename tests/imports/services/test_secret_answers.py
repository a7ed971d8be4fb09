"""Answers to a provider's questions: the secret ones are nowhere but encrypted with the job."""

import dataclasses

import pytest
from django.core.files.base import ContentFile

from accounts.models import User
from imports.core.errors import MappingError
from imports.core.mapping import Mapping
from imports.core.providers import PROVIDERS, Question
from imports.engine.answers import read_mapping
from imports.engine.context import load_context
from imports.models import ImportJob
from imports.services.files import uploads
from imports.services.jobs import retention
from imports.services.mapping import templates
from imports.services.mapping.mappings import JobOptions, Mode, save_mapping

KEY = "c2lnbmVyLWtleQ=="
QUESTIONS = (
    Question("signer_key", "Signer key", "From the console.", is_secret=True),
    Question("rounds", "Rounds", "From the console.", choices=("8", "9")),
)


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """The generic provider, with questions."""
    provider = dataclasses.replace(PROVIDERS["generic"], questions=QUESTIONS)
    monkeypatch.setitem(PROVIDERS, "generic", provider)


@pytest.fixture
def job(asking: None, operator: User) -> ImportJob:
    file = ContentFile(b"id,email\n1,a@example.com\n", name="people.csv")
    return uploads.create_job(file, actor=operator)


def save(job: ImportJob, **answers: str) -> None:
    mapping = Mapping.model_validate(job.mapping).model_copy(update={"answers": answers})
    save_mapping(job, mapping, JobOptions(Mode.SKIP, 10), actor=job.created_by)
    job.refresh_from_db()


def test_secret_answer_is_in_no_mapping_and_still_reaches_the_provider(job: ImportJob) -> None:
    save(job, signer_key=KEY, rounds="8", other="x")

    assert job.mapping["answers"] == {"rounds": "8"}
    assert KEY not in job.secret_answers
    assert read_mapping(job).answers == {"rounds": "8", "signer_key": KEY}
    assert load_context(job).mapper._answers["signer_key"] == KEY


def test_secret_answer_that_is_not_given_again_stays(job: ImportJob) -> None:
    save(job, signer_key=KEY)
    kept = job.secret_answers
    save(job, signer_key="", rounds="9")

    assert job.secret_answers == kept
    assert read_mapping(job).answers == {"rounds": "9", "signer_key": KEY}


def test_answer_that_is_no_choice_is_refused(job: ImportJob) -> None:
    with pytest.raises(MappingError, match="“Rounds” has to be one of: 8, 9"):
        save(job, signer_key=KEY, rounds="7")


def test_template_holds_no_secret_answer(job: ImportJob) -> None:
    save(job, signer_key=KEY, rounds="8")
    version = templates.save_template(job, "Old system", actor=job.created_by)
    mapping = read_mapping(job)
    other = templates.add_version("Another", mapping, [], actor=job.created_by)

    assert version.mapping["answers"] == other.mapping["answers"] == {"rounds": "8"}
    assert KEY not in templates.export_template(other).decode()


def test_secret_answers_go_with_the_file_when_its_retention_ends(job: ImportJob) -> None:
    save(job, signer_key=KEY)
    retention.purge(job)

    job.refresh_from_db()
    assert job.secret_answers == ""
