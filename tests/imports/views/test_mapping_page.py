"""The mapping page: what it shows of a file, what it saves, and what it refuses."""

import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AttributeDefinition, User
from imports.core.conflicts import Mode
from imports.forms import name_column
from imports.models import ImportJob
from imports.services import runs, uploads
from tests.imports.conftest import MakeJob, drain

HASH = "$2b$10$hpMtJEhdKUpCTQx4oaSiLOB2mQ9E8IikzItHnM8cHrQFzzsvH2Vge"


def show(client: Client, job: ImportJob) -> str:
    return client.get(reverse("imports:mapping", args=[job.pk])).content.decode()


def save(client: Client, job: ImportJob, targets: dict[str, str], **fields: Any) -> Any:
    """Post the form as the page has it, with other targets for some columns."""
    sources = {rule["source"]: rule["target"] for rule in job.mapping["rules"]}
    chosen = {
        f"{name_column(column['name'])}-0": {**sources, **targets}.get(column["name"], "")
        for column in job.inspection["columns"]
    }
    usual = {"mode": "skip", "chunk_rows": "500", "source_name": "", "password_format": ""}
    address = reverse("imports:mapping", args=[job.pk])
    return client.post(address, {**usual, **chosen, "save": "", **fields})


@pytest.fixture
def job(operator: User) -> ImportJob:
    content = f"id,email,shoe,pass\n1,ada@example.com,38,{HASH}\n2,bo@example.com,41,{HASH}\n"
    return uploads.create_job(ContentFile(content.encode(), name="people.csv"), actor=operator)


def test_the_page_says_what_was_recognised_and_why(admin: Client, job: ImportJob) -> None:
    page = show(admin, job)

    assert "Another system" in page
    assert "they are mapped by their names" in page
    assert "ada@example.com" in page
    assert "Not carried over:</strong> shoe" in page


def test_secrets_are_masked_in_the_samples(admin: Client, job: ImportJob) -> None:
    page = show(admin, job)

    assert HASH not in page
    assert "$2b$10…" in page


def test_a_column_mapped_to_a_secret_field_is_masked_from_then_on(
    admin: Client, job: ImportJob
) -> None:
    save(admin, job, {"shoe": "authenticators.password.plaintext", "pass": ""})
    job.refresh_from_db()

    assert ">38<" not in show(admin, job).replace("\n", "")
    assert "38<br>" not in show(admin, job)


def test_what_was_chosen_is_saved(admin: Client, job: ImportJob) -> None:
    response = save(
        admin, job, {"shoe": "profile.display_name"}, mode="update", source_name="old shop"
    )

    job.refresh_from_db()
    targets = {rule["source"]: rule["target"] for rule in job.mapping["rules"]}
    assert response.headers["Location"] == reverse("imports:mapping", args=[job.pk])
    assert targets["shoe"] == "profile.display_name"
    assert (job.mode, job.chunk_rows, job.mapping["source_name"]) == (Mode.UPDATE, 500, "old shop")


def test_a_column_that_is_not_wanted_is_left_out(admin: Client, job: ImportJob) -> None:
    save(admin, job, {"pass": ""})

    job.refresh_from_db()
    assert set(job.mapping["ignored"]) == {"shoe", "pass"}


def test_an_attribute_can_be_a_target(admin: Client, job: ImportJob) -> None:
    AttributeDefinition.objects.create(name="shoe_size", type="integer")

    save(admin, job, {"shoe": "profile.attributes.shoe_size"})

    job.refresh_from_db()
    targets = {rule["source"]: rule["target"] for rule in job.mapping["rules"]}
    assert targets["shoe"] == "profile.attributes.shoe_size"


def test_transforms_that_were_suggested_outlast_a_save(admin: Client, operator: User) -> None:
    content = b"id,email,blocked\n1,ada@example.com,true\n2,bo@example.com,false\n"
    job = uploads.create_job(ContentFile(content, name="people.csv"), actor=operator)

    save(admin, job, {})

    job.refresh_from_db()
    rule = next(rule for rule in job.mapping["rules"] if rule["source"] == "blocked")
    assert rule["transforms"][0]["inverted"] is True
    assert "Turns true into false" in show(admin, job)


def test_the_format_of_bare_hashes_can_be_chosen(admin: Client, job: ImportJob) -> None:
    save(admin, job, {}, password_format="bcrypt")

    job.refresh_from_db()
    assert job.mapping["constants"] == {"authenticators.password.format": "bcrypt"}


def test_everybody_can_be_made_to_choose_a_new_password(admin: Client, job: ImportJob) -> None:
    save(admin, job, {}, must_change="on")

    job.refresh_from_db()
    assert job.mapping["constants"] == {"authenticators.password.must_change": True}
    assert re.search(r'name="must_change"[^>]* checked', show(admin, job))
    runs.start_run(job, actor=job.created_by)
    drain(job)
    assert User.objects.filter(password_expires_at__lt=timezone.now()).count() == 2


def test_the_new_password_is_not_asked_for_once_the_box_is_cleared(
    admin: Client, job: ImportJob
) -> None:
    save(admin, job, {}, must_change="on")
    save(admin, job, {})

    job.refresh_from_db()
    assert job.mapping["constants"] == {}


def test_faults_are_said_above_and_at_their_columns(admin: Client, job: ImportJob) -> None:
    response = save(admin, job, {"shoe": "profile.email"})

    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("go to “E-mail”") == 3  # in the list, and at both columns
    job.refresh_from_db()
    assert job.state == "draft"


def test_a_mapping_without_any_identifier_is_refused(admin: Client, job: ImportJob) -> None:
    response = save(admin, job, {"id": "", "email": ""})

    assert "Map a column to one of them" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("chunk_rows", "0"), ("mode", "perhaps"), ("password_format", "rot13")]
)
def test_a_value_that_the_form_does_not_offer_is_refused(
    admin: Client, job: ImportJob, field: str, value: str
) -> None:
    response = save(admin, job, {}, **{field: value})

    assert response.status_code == 422
    assert "errorlist" in response.content.decode()


def test_save_and_check_starts_the_check(admin: Client, job: ImportJob) -> None:
    response = save(admin, job, {}, check="")

    job.refresh_from_db()
    assert response.headers["Location"] == reverse("imports:check", args=[job.pk])
    assert job.state == "checking"


def test_the_mapping_of_an_import_that_began_is_shown_but_not_changed(
    admin: Client, finished_job: ImportJob
) -> None:
    assert "stays as it is" in show(admin, finished_job)

    response = save(admin, finished_job, {}, follow=True)
    page = admin.get(response.headers["Location"]).content.decode()
    assert "cannot change its mapping" in page


def test_the_file_can_be_read_in_another_way(admin: Client, operator: User) -> None:
    content = "id,email,name\n1,ada@example.com,J\u00fcrgen\n".encode("windows-1252")
    job = uploads.create_job(ContentFile(content, name="people.csv"), actor=operator)

    admin.post(
        reverse("imports:read_again", args=[job.pk]),
        {
            "provider": "generic",
            "syntax": "csv",
            "encoding": "windows-1252",
            "delimiter": ",",
            "has_header": "on",
        },
    )

    assert "J\u00fcrgen" in show(admin, job)


def test_a_reading_that_fails_changes_nothing_and_says_why(admin: Client, job: ImportJob) -> None:
    response = admin.post(
        reverse("imports:read_again", args=[job.pk]),
        {"provider": "generic", "syntax": "json", "encoding": "utf-8", "delimiter": ","},
    )

    job.refresh_from_db()
    assert response.status_code == 422
    assert "uf-field__error" in response.content.decode()
    assert job.reader_options["syntax"] == "csv"


def test_a_busy_job_is_not_read_again(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_check(job, actor=job.created_by)

    response = admin.post(
        reverse("imports:read_again", args=[job.pk]),
        {"provider": "native", "syntax": "ndjson", "encoding": "utf-8", "delimiter": ","},
        follow=True,
    )

    assert "cannot be read in another way" in response.content.decode()


def test_the_passwords_of_the_first_records_are_counted_by_format(
    admin: Client, make_job: MakeJob
) -> None:
    hashed = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
    job = make_job(f"id,email,password_hash\n1,a@example.com,{hashed}\n".encode(), name="users.csv")

    page = admin.get(reverse("imports:mapping", args=[job.pk])).content.decode()

    assert "Passwords of the first 1 record<" in page
    assert "cost 10" in page
    assert hashed[-20:] not in str(job.inspection)
