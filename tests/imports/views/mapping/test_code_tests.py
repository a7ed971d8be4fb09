"""The test of a code: what it finds, and that what is typed is kept nowhere."""

import logging
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.authenticators.totp import Parameters, generate_code
from imports.core.mapping import Mapping
from imports.models import ImportJob, JobEvent
from tests.imports.conftest import MakeJob

SECRET = "a raw secret, as Keycloak has it"


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def job(make_job: MakeJob) -> ImportJob:
    """A user whose secret is the text itself, and one without any."""
    lines = f'id,email,totp_secret\n1,a@example.com,"{SECRET}"\n2,b@example.com,\n'
    return make_job(lines.encode(), name="users.csv")


def make_code(parameters: Parameters) -> str:
    return generate_code(SECRET.encode(), int(time.time()) // parameters.period, parameters)


def post(client: Client, job: ImportJob, record: str, code: str) -> str:
    address = reverse("imports:test_sign_in_code", args=[job.pk])
    return client.post(address, {"record": record, "code": code}).content.decode()


def test_a_secret_that_is_text_is_found_out(admin: Client, job: ImportJob) -> None:
    page = post(admin, job, "1", make_code(Parameters("SHA256", 8, 60)))

    assert "is correct, but the mapping reads the secret differently" in page
    assert "plain text" in page
    assert "SHA256, 8 digits, 60 seconds" in page


def test_what_was_found_can_be_set_on_the_mapping(admin: Client, job: ImportJob) -> None:
    reading = {"notation": "text", "algorithm": "SHA256", "digits": 8, "period": 60}
    admin.post(reverse("imports:use_code_reading", args=[job.pk]), reading)

    page = post(admin, job, "1", make_code(Parameters("SHA256", 8, 60)))

    assert "is correct with this mapping" in page
    job.refresh_from_db()
    mapping = Mapping.model_validate(job.mapping)
    assert mapping.constants["authenticators.totp.period"] == 60


def test_a_wrong_code_is_called_wrong(admin: Client, job: ImportJob) -> None:
    code = make_code(Parameters())
    wrong = str((int(code[0]) + 1) % 10) + code[1:]

    assert "The code does not match the secret of row 1" in post(admin, job, "1", wrong)


def test_a_record_without_a_secret_is_named(admin: Client, job: ImportJob) -> None:
    assert "Row 2 has no secret" in post(admin, job, "2", "123456")


def test_what_is_not_a_code_is_refused(admin: Client, job: ImportJob) -> None:
    assert "Enter the digits that the app shows." in post(admin, job, "1", "not digits")


def test_a_reading_that_no_test_finds_is_refused(admin: Client, job: ImportJob) -> None:
    address = reverse("imports:use_code_reading", args=[job.pk])

    page = admin.post(address, {"notation": "rot13"}, follow=True).content.decode()

    assert "Test a code first" in page


def test_the_typed_code_and_the_secret_are_kept_nowhere(
    admin: Client, job: ImportJob, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = make_code(Parameters())

    page = post(admin, job, "1", code)

    job.refresh_from_db()
    events = list(JobEvent.objects.filter(job=job).values_list("detail", flat=True))
    kept = [page, caplog.text, str(job.__dict__), str(events)]
    assert [code in text or SECRET in text for text in kept] == [False] * 4
